select email, plan from {{ source('usage') }} join {{ ref('a') }} using (email)
