select email, {{ var('plan' }} as plan from {{ source('usage') }}
