select email, plan from {{ source('plans') }}
