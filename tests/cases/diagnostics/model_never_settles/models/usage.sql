select email,
  checked,
  age(since) as customer_for,
  random() as drawn
from {{ ref('seen') }}
