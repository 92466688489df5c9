-- Changes whose records are not what they were when the plan was made: they go to the remainder.
create or replace temp table moved_records as
select s.system, s.object, s.id, n.id is null as vanished
from plan.seen s left join seen_now n on n.system = s.system and n.object = s.object and n.id = s.id
where n.digest is distinct from s.digest;

create or replace temp table moved as
with direct as (
  select c.change, 'it changed in ' || m.system || ' since the plan was made' as reason
  from plan.changes c join moved_records m on m.system = c.system and m.object = c.object and m.id = c.id
  union
  select b.change, 'its counterpart changed in ' || m.system || ' since the plan was made'
  from plan.bases b join plan.syncs y on y.sync = b.sync
  join moved_records m on (m.system = y.a_system and m.object = b.a_object and m.id = b.a_id)
                       or (m.system = y.b_system and m.object = b.b_object and m.id = b.b_id)
  union
  -- An id that is written back is right only for the pair that was seen.
  select c.change, 'its counterpart changed in ' || m.system || ' since the plan was made'
  from plan.links l join plan.syncs y on y.sync = l.sync
  join moved_records m on (m.system = y.a_system and m.object = l.a_object and m.id = l.a_id)
                       or (m.system = y.b_system and m.object = l.b_object and m.id = l.b_id)
  join plan.changes c on (c.system = y.a_system and c.object = l.a_object and c.id = l.a_id)
                      or (c.system = y.b_system and c.object = l.b_object and c.id = l.b_id)
  union
  -- What takes a record away, or brings it back, is right only while its counterpart is as it was seen.
  select r.change, 'its counterpart changed in ' || m.system || ' since the plan was made'
  from plan.recycled r join plan.syncs y on y.sync = r.sync
  join moved_records m on (m.system = y.a_system and m.object = r.a_object and m.id = r.a_id)
                       or (m.system = y.b_system and m.object = r.b_object and m.id = r.b_id)
  union
  -- And only while the pair that takes its place is.
  select v.change, 'what takes its place changed in ' || m.system || ' since the plan was made'
  from plan.survivors v join plan.syncs y on y.sync = v.sync
  join moved_records m on (m.system = y.a_system and m.object = v.a_object and m.id = v.a_id)
                       or (m.system = y.b_system and m.object = v.b_object and m.id = v.b_id)
  union
  select c.change, 'another run wrote it since the plan was made'
  from plan.changes c join mem.writes w on w.system = c.system and w.object = c.object and w.id = c.id
  join newer_runs n using (run_id)
  union
  select c.change, 'another run created it since the plan was made'
  from plan.changes c join plan.links l on c.id in (l.a_id, l.b_id) and l.kind = 'created:' || c.system
  join mem.links k on k.sync = l.sync and ((c.id = l.b_id and k.a_object = l.a_object and k.a_id = l.a_id)
                                        or (c.id = l.a_id and k.b_object = l.b_object and k.b_id = l.b_id))
  where c.action = 'create'
    -- What is made again has had a link all the time.
    and not exists (from plan.recycled r where r.change = c.change and r.sync = k.sync
      and r.a_object = k.a_object and r.a_id = k.a_id and r.b_object = k.b_object and r.b_id = k.b_id)
  union
  select c.change, case when u.unseen then 'it was made, and the connected user may not see it' else 'a create of it was sent and its answer never came' end
  from plan.changes c join plan.links l on c.id in (l.a_id, l.b_id) and l.kind = 'created:' || c.system
  join unknown_creates u on u.system = c.system and u.record = case when c.id = l.b_id then l.a_id else l.b_id end
  where c.action = 'create'
)
select change, min(reason) as reason from direct group by change;
