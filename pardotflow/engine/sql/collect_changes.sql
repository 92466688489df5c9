-- The cells whose value goes to the other side.
insert into out_fields
select {{ sync.name | literal }},
  case target when 'a' then '{{ sync.a.system.value }}' else '{{ sync.b.system.value }}' end,
  case target when 'a' then a_obj else b_obj end,
  case target when 'a' then a_id else b_id end,
  case target when 'a' then a_name else b_name end,
  'update', target_field, target_type,
  -- What stands there, but for the `.0` that Salesforce's JSON writes behind a whole number.
  case when case target when 'a' then stored_a else stored_b end = 'number' and case target when 'a' then '{{ sync.a.system.value }}' else '{{ sync.b.system.value }}' end = 'salesforce'
       then regexp_replace(before_value, '^(-?[0-9]+)\.0$', '\1') else before_value end,
  case when source_form is null then null else after_value end, null, '',
  case when decision is not null then 'conflict' else section end, case found when 'a_moved' then '{{ sync.a.system.value }}_moved' when 'b_moved' then '{{ sync.b.system.value }}_moved' else found end,
  case when consent and is_opt_in then 'an opt-out is taken back; allow: opt_in'
       when consent then 'an opt-out on either side wins'
       when decision is not null then case found when 'new' then 'no base yet' when 'mapping_changed' then 'the mapping changed' else 'both moved' end || '; decided by a person'
       when side <> first_side then 'a blank is refilled'
       when flow = 'connector' then 'the connector''s rule: ' || case
         when source_form is null then 'a blank in Salesforce overwrites'
         -- Beside a checkbox a blank has the form of false.
         when target_form is null or (form = 'checkbox' and nf_text(before_value) is null) then 'a value beats a blank'
         when policy = 'most_recent' then compared
         else policy || ' wins' end
       when found = 'both_moved' and flow = 'two_way' then 'both moved; ' || case when policy = 'most_recent' then compared else 'policy ' || policy end
       when found in ('a_moved', 'b_moved') and section = 'drift' then 'edited on a one-way field; put back'
       when found = 'both_moved' then 'both moved; one-way'
       when found = 'new' and flow = 'two_way' then 'no base yet; on_link ' || case when on_link = 'most_recent' then compared else on_link end
       when found = 'mapping_changed' and digest = digest_now then 'another user stands for it now'
       when found = 'mapping_changed' then 'the mapping changed' || case when on_link = 'most_recent' and flow = 'two_way' then '; on_link ' || compared else '' end
       when found = 'new' then 'one-way'
       when target = 'b' then '{{ sync.a.system.value }} moved'
       else '{{ sync.b.system.value }} moved' end
    || case when is_clear then '; clears' when too_long and cut then '; cut to ' || target_length else '' end
{% if translated %}
    || coalesce((select '; to ' || u.name from user_rows u where u.id = decided.after_value
                   and u.system = case decided.target when 'a' then '{{ sync.a.system.value }}' else '{{ sync.b.system.value }}' end
                   and decided.m in ({{ translated | join(', ') }})), '')
{% endif %}
    ,
  line, pii, a_obj, a_id, b_obj, b_id, key, digest_now,
  case target when 'a' then case when source_form is null then null else after_value end else ra end,
  case target when 'b' then case when source_form is null then null else after_value end else rb end,
  target, nf(form, case when source_form is not null then after_value end) is not distinct from source_form
from decided where {{ condition }};
