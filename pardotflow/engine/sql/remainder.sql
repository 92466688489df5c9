-- The records of the changes of `left_plan` that were not carried out; for one that was not made, the record that it was
-- to be made from.
create or replace temp table left_records as
with remaining as (from left_plan.changes where sendable and change not in (from carried_out))
select system, object, id from remaining where action <> 'create'
union
select case when l.a_id = r.id then y.b_system else y.a_system end,
       case when l.a_id = r.id then l.b_object else l.a_object end,
       case when l.a_id = r.id then l.b_id else l.a_id end
from remaining r
join left_plan.links l on r.id in (l.a_id, l.b_id)
join left_plan.syncs y on y.sync = l.sync
where r.action = 'create';
