select email, max(seats) as seats
from {{ source('usage') }}
group by email
