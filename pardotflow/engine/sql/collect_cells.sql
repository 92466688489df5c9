-- The decisions of one sync, with what is told of each.
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
