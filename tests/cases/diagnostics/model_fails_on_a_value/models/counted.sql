select
  email,
  cast(plan as integer) as seats
from {{ source('usage') }}
