-- The cells that are not written, and why.
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
from decided where {{ condition }};
