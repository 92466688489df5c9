select email, since, strftime(now(), '%Y-%m-%d %H:%M') as checked
from {{ source('usage') }}
where since > current_date - 365
