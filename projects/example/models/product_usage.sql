-- What marketing wants to know of a customer, under the names that the sync maps.
select
  email,
  plan as product_plan,
  seats as product_seats,
  last_seen as product_last_seen,
  case
    when active_weeks >= 6 then 'healthy'
    when active_weeks >= 3 then 'slowing'
    when active_weeks >= 1 then 'at risk'
    else 'silent'
  end as product_health
from {{ ref('usage_by_person') }}
