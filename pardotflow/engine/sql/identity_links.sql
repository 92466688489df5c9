-- Links that the next apply remembers, and those that it ends.
-- A pair of which both records are gone is over in any case; a link that followed a merge stays where it led, though that
-- record is gone too.
insert into out_links
select {{ sync.name | literal }}, a_obj, a_id, b_obj, b_id, old_a_obj, old_a_id, old_b_obj, old_b_id,
       case when ends is not null then 'tombstone' when is_new then 'found' else 'followed' end, ends
from (
  select *, case when is_new then null when both_gone then 'both'
                 when state = 'a_gone' and {{ unlink.a }} then '{{ sync.a.system.value }}'
                 when state = 'b_gone' and {{ unlink.b }} then '{{ sync.b.system.value }}' end as ends
  from pair_state
) p
where {{ focus_pair }} and not starts_with(a_id, 'new:') and not starts_with(b_id, 'new:')
  and (ends is not null
    or (state in ('live', 'a_gone', 'b_gone') and (is_new or followed) and coalesce(restore, '') = '')
    or (state = 'live' and restore = ''));
