-- Differences that stay as they are.
insert into out_accepted
select {{ sync.name | literal }},
  case when rewritten and sent_side = 'a' then '{{ sync.a.system.value }}' else '{{ sync.b.system.value }}' end,
  case when rewritten and sent_side = 'a' then a_obj else b_obj end,
  case when rewritten and sent_side = 'a' then a_id else b_id end,
  case when rewritten and sent_side = 'a' then a_name else b_name end,
  stored_field, ra, rb,
  case when (rewritten and rewrites > 0) or (sent_side is not null and rewrites > 1) then 'rewritten_again'
       when rewritten or (sent_side is not null and rewrites > 0) then 'rewritten' else 'stored_differently' end, line, pii
from decided where outcome = 'accept' and found = 'same';

{% if sync.insert_only %}
-- What would be written to a record that was there before, on a side where records are only made.
insert into out_accepted
select {{ sync.name | literal }},
  case target when 'a' then '{{ sync.a.system.value }}' else '{{ sync.b.system.value }}' end,
  case target when 'a' then a_obj else b_obj end, case target when 'a' then a_id else b_id end,
  case target when 'a' then a_name else b_name end,
  told_field, ra, rb, 'insert_only', line, pii
from decided where outcome = 'insert_only';

{% endif %}
