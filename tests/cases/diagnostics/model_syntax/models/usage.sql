select email,
  plan,
from {{ source('usage') }}
where plan in ('a', 'b'
