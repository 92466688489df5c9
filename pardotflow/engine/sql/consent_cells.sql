-- Where somebody says no: every difference of such a field, whether it is sent or not, with the side that it comes from,
-- and who changed that record last. What is written comes from the other side; what may not be written, from the no.
insert into out_consent
with spoken as (
  select *, case when ca = 'true' then 'a' when cb = 'true' then 'b' end as no_side, coalesce(source_form, '') = 'true' as is_out
  from named_cells where m in ({{ numbers | join(', ') }}) and (outcome = 'send' or starts_with(outcome, 'held:'))
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
  coalesce(case d.origin when 'a' then d.a_writer else d.b_writer end, ''), '', d.line
from traced d
left join targets t on t.m = d.m and t.role = d.origin and t.obj = case d.origin when 'a' then d.a_obj else d.b_obj end;

insert into out_opted_out
{% for c in mappings %}
{% if not loop.first %}
union all
{% endif %}
select {{ sync.name | literal }}, {{ c.mapping.key | literal }}, count(*)
from live_pairs lp join side_a a on a._obj = lp.a_obj and a._id = lp.a_id join side_b b on b._obj = lp.b_obj and b._id = lp.b_id
where {{ c.applies }} and {{ c.form_a }} = 'true' and {{ c.form_b }} = 'true' and not starts_with(lp.a_id, 'new:') and not starts_with(lp.b_id, 'new:')
{% endfor %};
