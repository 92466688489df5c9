-- Where somebody says no: every difference of such a field, whether it is sent or not, with the side that it comes from,
-- and who changed that record last. What is written comes from the other side; what may not be written, from the no.
insert into out_consent
with spoken as (
  select *, case when ca = 'true' then 'a' when cb = 'true' then 'b' end as no_side, coalesce(source_form, '') = 'true' as is_out
  from decided where m in ({{ numbers | join(', ') }}) and (outcome = 'send' or starts_with(outcome, 'held:'))
),
traced as (
  select *, case when target is null then coalesce(no_side, case told_side when 'a' then 'b' else 'a' end) else side end as origin
  from spoken
)
select {{ sync.name | literal }}, d.key, d.outcome, case when d.side = 'ask' then 'undecided' when d.target is null or d.is_out then 'out' else 'in' end,
  case d.told_side when 'a' then '{{ sync.a.system.value }}' else '{{ sync.b.system.value }}' end,
  case d.told_side when 'a' then d.a_obj else d.b_obj end, case d.told_side when 'a' then d.a_id else d.b_id end,
  case d.told_side when 'a' then d.a_name else d.b_name end, d.told_field,
  coalesce(case d.no_side when 'a' then '{{ sync.a.system.value }}' when 'b' then '{{ sync.b.system.value }}' end, ''),
  case d.origin when 'a' then '{{ sync.a.system.value }}' else '{{ sync.b.system.value }}' end,
  case d.origin when 'a' then d.a_obj else d.b_obj end, case d.origin when 'a' then d.a_id else d.b_id end,
  coalesce(t.field, ''), case d.origin when 'a' then d.a_stamp else d.b_stamp end,
  coalesce(case d.origin when 'a' then d.a_writer else d.b_writer end, ''),
  -- Only who said no before can take it back. Without a base nobody knows, and that of another mapping says nothing.
  case when not d.has_base or d.found = 'mapping_changed' then '' when case d.origin when 'a' then d.nba else d.nbb end = 'true' then 'no' else 'yes' end,
  '', d.line
from traced d
left join targets t on t.m = d.m and t.role = d.origin and t.obj = case d.origin when 'a' then d.a_obj else d.b_obj end;
