-- The decisions of one sync as planned changes, conflicts, held items, accepted differences and agreed bases.
create or replace temp table named_cells as
select d.*, a._name as a_name, b._name as b_name,
  -- Where nothing is written, the cell is told from the side that the direction points at.
  coalesce(d.target, case d.flow when 'b_to_a' then 'a' else 'b' end) as told_side,
  coalesce(d.target_field, t.field, d.key) as told_field,
  coalesce(u.field, d.key) as stored_field
from decided d
left join targets t on t.m = d.m and t.role = case d.flow when 'b_to_a' then 'a' else 'b' end
  and t.obj = case d.flow when 'b_to_a' then d.a_obj else d.b_obj end
-- What a system rewrote is told from the side that rewrote it.
left join targets u on u.m = d.m and u.role = case when d.rewritten and d.sent_side = 'a' then 'a' else 'b' end
  and u.obj = case when d.rewritten and d.sent_side = 'a' then d.a_obj else d.b_obj end
join side_a a on a._obj = d.a_obj and a._id = d.a_id
join side_b b on b._obj = d.b_obj and b._id = d.b_id
where {{ focus }};

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
         when source_form is null then 'a blank in Salesforce overwrites' when target_form is null then 'a value beats a blank'
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
    || coalesce((select '; to ' || u.name from user_rows u where u.id = named_cells.after_value
                   and u.system = case named_cells.target when 'a' then '{{ sync.a.system.value }}' else '{{ sync.b.system.value }}' end
                   and named_cells.m in ({{ translated | join(', ') }})), '')
{% endif %}
    ,
  line, pii, a_obj, a_id, b_obj, b_id, key, digest_now,
  case target when 'a' then case when source_form is null then null else after_value end else ra end,
  case target when 'b' then case when source_form is null then null else after_value end else rb end,
  target, nf(form, case when source_form is not null then after_value end) is not distinct from source_form
from named_cells where outcome = 'send';

insert into out_conflicts
select {{ sync.name | literal }}, a_obj, a_id, a_name, b_obj, b_id, b_name, key, ra, rb,
  -- The base of another mapping says nothing of this one.
  case when found <> 'mapping_changed' then base_a end, case when found <> 'mapping_changed' then base_b end,
  case when outcome = 'held:open_conflict' then 'open' when outcome = 'held:kept_by_decision' then 'kept' when outcome <> 'send' then 'held'
       when target = 'b' then '{{ sync.a.system.value }}' else '{{ sync.b.system.value }}' end,
  case when found = 'both_moved' and policy = 'most_recent' and outcome = 'held:open_conflict' and flow = 'two_way'
         then 'both moved; most_recent by ' || clock || ' cannot tell: ' || untold
       when found = 'both_moved' and decision is not null then 'both moved; decided by a person'
       when flow = 'connector' and (outcome = 'held:open_conflict' or decision is not null) then 'the connector''s rule: most_recent by ' || clock || ' cannot tell: ' || untold
       when flow = 'connector' then 'the connector''s rule overwrites an edit'
       when found = 'both_moved' then 'both moved; ' || case when policy = 'most_recent' then compared else 'policy ' || policy end
       else case when found = 'mapping_changed' then 'the mapping changed and both sides are filled'
                 else 'both sides are filled and there is no base' end
         || case when on_link = 'most_recent' and outcome = 'held:open_conflict' then '; most_recent by ' || clock || ' cannot tell: ' || untold else '' end end
    || case when decision is not null and found <> 'both_moved' then '; decided by a person' else '' end,
  line, pii, a_stamp, b_stamp, decision is not null
from named_cells
where not consent and outcome not in ('accept', 'insert_only') and (outcome = 'held:open_conflict' or decision is not null or section = 'conflict');

insert into out_held
select {{ sync.name | literal }},
  case told_side when 'a' then '{{ sync.a.system.value }}' else '{{ sync.b.system.value }}' end,
  case told_side when 'a' then a_obj else b_obj end,
  case told_side when 'a' then a_id else b_id end,
  case told_side when 'a' then a_name else b_name end,
  told_field,
  case when target is not null then before_value when told_side = 'a' then ra else rb end,
  case when target is null then case told_side when 'a' then rb else ra end
       when starts_with(after_value, chr(2)) then split_part(after_value, chr(2), 2)
       when source_form is null then null else ltrim(out_value, chr(1)) end,
  substr(outcome, 6),
  case substr(outcome, 6)
    when 'blank' then 'a blank would replace a value'
    when 'opt_in' then case when target is null then 'the opt-out may not flow against the direction'
                            else 'a move to false needs allow: opt_in' end
    when 'too_long' then 'takes ' || target_length || ' characters'
    when 'unreadable' then case when chr(1) || 'not read' in (ra, rb) then 'not read yet, record by record'
                                when form = 'set' then 'a semicolon stands in one of its values' else 'cannot be read as ' || form end
    when 'unknown_picklist_value' then 'not a value of the restricted picklist'
    when 'unmapped_value' then 'not in the value map'
    when 'unmapped_user' then split_part(after_value, chr(2), 3)
    when 'kept_by_decision' then 'until one of them changes'
    when 'email_taken' then 'addresses are unique in this unit'
    else 'both sides differ' end,
  line, pii
from named_cells where starts_with(outcome, 'held:') and outcome <> 'held:open_conflict';

insert into out_accepted
select {{ sync.name | literal }},
  case when rewritten and sent_side = 'a' then '{{ sync.a.system.value }}' else '{{ sync.b.system.value }}' end,
  case when rewritten and sent_side = 'a' then a_obj else b_obj end,
  case when rewritten and sent_side = 'a' then a_id else b_id end,
  case when rewritten and sent_side = 'a' then a_name else b_name end,
  stored_field, ra, rb,
  case when (rewritten and rewrites > 0) or (sent_side is not null and rewrites > 1) then 'rewritten_again'
       when rewritten or (sent_side is not null and rewrites > 0) then 'rewritten' else 'stored_differently' end, line, pii
from named_cells where outcome = 'accept' and found = 'same';

{% if sync.insert_only %}
-- What would be written to a record that was there before, on a side where records are only made.
insert into out_accepted
select {{ sync.name | literal }},
  case target when 'a' then '{{ sync.a.system.value }}' else '{{ sync.b.system.value }}' end,
  case target when 'a' then a_obj else b_obj end, case target when 'a' then a_id else b_id end,
  case target when 'a' then a_name else b_name end,
  told_field, ra, rb, 'insert_only', line, pii
from named_cells where outcome = 'insert_only';

{% endif %}
-- Bases that the next apply records: cells that agree, and what a target stores of what it was sent.
insert into out_agreed
select {{ sync.name | literal }}, a_obj, a_id, b_obj, b_id, key, digest_now, ra, rb, rewrites + cast(rewritten as integer)
from named_cells where outcome = 'accept' and found = 'same' and (a_confirmed or b_confirmed);

-- A value and its cut copy agree.
insert into out_agreed
select {{ sync.name | literal }}, a_obj, a_id, b_obj, b_id, key, digest_now, ra, rb, rewrites
from named_cells
where is_cut_copy and found <> 'same' and not a_stale and not b_stale
  and not starts_with(a_id, 'new:') and not starts_with(b_id, 'new:');
