-- A copy of the memory that a plan may change: what the plan touches is copied, the bases of all other pairs stay where
-- they are kept.
create table mem.links as from kept.links;
create table mem.writes as from kept.writes;
create table mem.history as from kept.history limit 0;
create table mem.moments as from kept.moments;
create table mem.recycled as from kept.recycled;
create table mem.replaced as from kept.replaced;
create table mem.bases as
from kept.bases b
where exists (from plan.bases p where p.sync = b.sync and p.a_object = b.a_object and p.a_id = b.a_id and p.b_object = b.b_object and p.b_id = b.b_id)
   or exists (from plan.agreed p where p.sync = b.sync and p.a_object = b.a_object and p.a_id = b.a_id and p.b_object = b.b_object and p.b_id = b.b_id)
   or exists (from plan.links p where p.sync = b.sync and p.old_a_object = b.a_object and p.old_a_id = b.a_id and p.old_b_object = b.b_object and p.old_b_id = b.b_id)
   or exists (from plan.recycled p where p.sync = b.sync and p.a_object = b.a_object and p.a_id = b.a_id and p.b_object = b.b_object and p.b_id = b.b_id);
create or replace temp table copied as select distinct sync, a_object, a_id, b_object, b_id from mem.bases;
