-- Every cell of the kept pairs: those that differ as they were decided, and those that agree, for which nothing is.
insert into why_cells by name
select {{ sync.name | literal }} as sync, m, key, a_obj, a_id, b_obj, b_id, ra, rb, ca, cb, base_a, base_b, has_base, found,
  sent_side, sent_at, a_confirmed, b_confirmed, a_stale, b_stale, outcome, told_side, told_field, stored_field,
  -- What the plan lists among the accepted differences has its word there; this names the others.
  case when is_cut_copy then 'cut_copy'
       when found = 'same' then 'stored_differently'
       when side = 'none' or target_field is null then 'not_written_here'
       when (side = 'a' and a_stale) or (side = 'b' and b_stale) then 'not_read_back'
       when into_blank and target_form is not null then 'target_filled'
       else '' end as accepted
from decided c where {{ focus.keeps(sync, 'c') }}
union all by name
select {{ sync.name | literal }} as sync, m, key, a_obj, a_id, b_obj, b_id, ra, rb, ca, cb, base_a, base_b, has_base, found,
  sent_side, sent_at, a_confirmed, b_confirmed, a_stale, b_stale, 'agree' as outcome, '' as accepted
from judged where ca is not distinct from cb;
