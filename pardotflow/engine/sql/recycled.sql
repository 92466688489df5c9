-- Links that ended, or came back to life, because a record went to the recycle bin or came out of it.
-- A delete whose answer never came counts as ours: where it took no effect, both records are there and the link lives on.
create or replace temp table turned as
select r.*, c.action, c.system, o.answered_at, w.writer
from plan.recycled r join plan.changes c using (change)
join (select change, answered_at from outcomes union all
      select change, given_up_at from lost semi join (from plan.changes where action = 'delete') using (change)) o using (change)
left join writers w on w.system = c.system;

-- The record that was made again has a link of its own. The one that is gone may come back some day: it had a counterpart.
delete from mem.replaced where run_id = {{ run_id | literal }};
insert into mem.replaced
select distinct t.sync, t.system, case when t.system = y.a_system then t.a_object else t.b_object end,
  case when t.system = y.a_system then t.a_id else t.b_id end,
  case when t.system = y.a_system then t.b_object else t.a_object end,
  case when t.system = y.a_system then t.b_id else t.a_id end, {{ run_id | literal }}
from turned t join plan.syncs y using (sync) where t.action = 'create';
delete from mem.links l using turned t
where t.action = 'create' and l.sync = t.sync and l.a_object = t.a_object and l.a_id = t.a_id and l.b_object = t.b_object and l.b_id = t.b_id;
delete from mem.bases b using turned t
where t.action = 'create' and b.sync = t.sync and b.a_object = t.a_object and b.a_id = t.a_id and b.b_object = t.b_object and b.b_id = t.b_id;

update mem.links l set tombstone = t.tombstone
from turned t
where t.action <> 'create' and l.sync = t.sync and l.a_object = t.a_object and l.a_id = t.a_id and l.b_object = t.b_object and l.b_id = t.b_id;

-- A pair that was never remembered is remembered as ended, so that nothing is made for it again.
insert into mem.links
select distinct t.sync, t.a_object, t.a_id, t.b_object, t.b_id, 'found', {{ run_id | literal }}, timestamp '{{ now }}', t.tombstone
from turned t
where t.action = 'delete' and t.a_id is not null and t.b_id is not null and not exists (from mem.links l
  where l.sync = t.sync and l.a_object = t.a_object and l.a_id = t.a_id and l.b_object = t.b_object and l.b_id = t.b_id);

delete from mem.recycled m using turned t
where m.sync = t.sync and m.a_object = t.a_object and m.a_id = t.a_id and m.b_object = t.b_object and m.b_id = t.b_id
  and t.action = 'delete';
insert into mem.recycled
select sync, a_object, a_id, b_object, b_id, system, {{ run_id | literal }}, max(answered_at), null, min(writer)
from turned where action = 'delete' group by sync, a_object, a_id, b_object, b_id, system;
update mem.recycled m set restored_at = t.answered_at
from turned t
where t.action = 'undelete' and m.sync = t.sync and m.a_object = t.a_object and m.a_id = t.a_id
  and m.b_object = t.b_object and m.b_id = t.b_id;
