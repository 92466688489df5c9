with active as (
  select u.email, u.plann, u.week from {{ source('usage') }} as u
)
select email, plann as plan from active
