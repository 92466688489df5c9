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
{% for role, other in [('a', 'b'), ('b', 'a')] %}
  select b.change, 'its counterpart changed in ' || m.system || ' since the plan was made'
  from plan.bases b join plan.syncs y on y.sync = b.sync
  join moved_records m on m.system = y.{{ role }}_system and m.object = b.{{ role }}_object and m.id = b.{{ role }}_id
  union
  -- An id that is written back is right only for the pair that was seen.
{% for written in ['a', 'b'] %}
  select c.change, 'its counterpart changed in ' || m.system || ' since the plan was made'
  from plan.links l join plan.syncs y on y.sync = l.sync
  join moved_records m on m.system = y.{{ role }}_system and m.object = l.{{ role }}_object and m.id = l.{{ role }}_id
  join plan.changes c on c.system = y.{{ written }}_system and c.object = l.{{ written }}_object and c.id = l.{{ written }}_id
  union
{% endfor %}
  -- What takes a record away, or brings it back, is right only while its counterpart is as it was seen.
  select r.change, 'its counterpart changed in ' || m.system || ' since the plan was made'
  from plan.recycled r join plan.syncs y on y.sync = r.sync
  join moved_records m on m.system = y.{{ role }}_system and m.object = r.{{ role }}_object and m.id = r.{{ role }}_id
  union
  -- And only while the pair that takes its place is.
  select v.change, 'what takes its place changed in ' || m.system || ' since the plan was made'
  from plan.survivors v join plan.syncs y on y.sync = v.sync
  join moved_records m on m.system = y.{{ role }}_system and m.object = v.{{ role }}_object and m.id = v.{{ role }}_id
  union
  select c.change, 'another run created it since the plan was made'
  from plan.changes c join plan.links l on l.{{ role }}_id = c.id and l.kind = 'created:' || c.system
  join mem.links k on k.sync = l.sync and k.{{ other }}_object = l.{{ other }}_object and k.{{ other }}_id = l.{{ other }}_id
  where c.action = 'create'
    -- What is made again has had a link all the time.
    and not exists (from plan.recycled r where r.change = c.change and r.sync = k.sync
      and r.a_object = k.a_object and r.a_id = k.a_id and r.b_object = k.b_object and r.b_id = k.b_id)
  union
  select c.change, case when u.unseen then 'it was made, and the connected user may not see it' else 'a create of it was sent and its answer never came' end
  from plan.changes c join plan.links l on l.{{ role }}_id = c.id and l.kind = 'created:' || c.system
  join unknown_creates u on u.system = c.system and u.record = l.{{ other }}_id
  where c.action = 'create'
  union
{% endfor %}
  select c.change, 'another run wrote it since the plan was made'
  from plan.changes c join mem.writes w on w.system = c.system and w.object = c.object and w.id = c.id
  join newer_runs n using (run_id)
)
select change, min(reason) as reason from direct group by change;
