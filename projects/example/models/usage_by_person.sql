-- One row for each person: the newest plan and seats, and in how many of the last eight weeks they were active.
-- "Last" is counted from the newest week in the file, not from today: the same file always gives the same rows.
with newest as (
  select max(week) as week from {{ source('usage') }}
)

select
  lower(trim(usage.email)) as email,
  arg_max(usage.plan, usage.week) as plan,
  arg_max(usage.seats, usage.week) as seats,
  max(usage.week) as last_seen,
  count(distinct usage.week) filter (where usage.week > newest.week - 56) as active_weeks
from {{ source('usage') }} as usage
cross join newest
group by lower(trim(usage.email))
