select email, plan from {{ source('usage') }}
