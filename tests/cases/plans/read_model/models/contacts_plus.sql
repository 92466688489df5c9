with people as (
  select * from {{ ref('named_contacts') }}
)
select
  p.Id,
  p.cell as cell_phone,
  upper(a.Industry) as branch
from people as p
left join {{ source('accounts') }} as a on a.Id = p.account
