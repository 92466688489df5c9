select email, plan
from {{ source('usgae') }} join {{ ref('people') }} using (email)
