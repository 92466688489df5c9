-- The records of the changes of `left_plan` that were not carried out; for one that was not made, the record that it was
-- to be made from.
create or replace temp table left_records as
with remaining as (from left_plan.changes where sendable and change not in (from carried_out))
select system, object, id from remaining where action <> 'create'
union
select y.b_system, l.b_object, l.b_id
from remaining r join left_plan.links l on l.a_id = r.id join left_plan.syncs y on y.sync = l.sync
where r.action = 'create'
union
select y.a_system, l.a_object, l.a_id
from remaining r join left_plan.links l on l.b_id = r.id join left_plan.syncs y on y.sync = l.sync
where r.action = 'create';
