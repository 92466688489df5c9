select *
from {{ ref('usage') }}
