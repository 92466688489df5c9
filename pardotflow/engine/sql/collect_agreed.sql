-- Bases that the next apply records: cells that agree, and what a target stores of what it was sent.
insert into out_agreed
select {{ sync.name | literal }}, a_obj, a_id, b_obj, b_id, key, digest_now, ra, rb, rewrites + cast(rewritten as integer)
from decided where outcome = 'accept' and found = 'same' and (a_confirmed or b_confirmed);

-- A value and its cut copy agree.
insert into out_agreed
select {{ sync.name | literal }}, a_obj, a_id, b_obj, b_id, key, digest_now, ra, rb, rewrites
from decided
where is_cut_copy and found <> 'same' and not a_stale and not b_stale
  and not starts_with(a_id, 'new:') and not starts_with(b_id, 'new:');
