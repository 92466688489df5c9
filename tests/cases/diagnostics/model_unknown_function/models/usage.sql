select email, date_difference('day', plan, plan) as plan from {{ source('usage') }}
