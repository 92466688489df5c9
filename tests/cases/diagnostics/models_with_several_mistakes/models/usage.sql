select plans.email, plans.plan, seats.seats
from {{ ref('plans') }} as plans join {{ source('seat') }} as seats using (email)
