-- Records that go to the recycle bin, or come out of it, as changes of the plan. They come after all others.
create or replace temp table turned as
select o.*, s.sendable,
  (select min(e.code || ': ' || e.message) from sync_errors e
   where e.system = o.system and e.object = o.object and e.record = o.id and e.action = o.action and e.payload = md5('=')) as refusal,
  exists (from sync_errors e where e.state = 'ignored'
    and e.system = o.system and e.object = o.object and e.record = o.id and e.action = o.action) as is_ignored
from (select 'delete' as action, * from out_deletes union all select 'undelete', * from out_undeletes) o
join strengths s using (sync);

insert into plan.held
select sync, system, object, id, min(name), '', null, null, 'refused', min(refusal), {{ 'line' | first_place }}, ''
from turned t
where refusal is not null and not is_ignored and not exists (from plan.held h
  where h.sync = t.sync and h.system = t.system and h.object = t.object and h.id = t.id and h.kind = 'refused')
group by sync, system, object, id;

insert into plan.refused
select distinct system, object, id, action, case when is_ignored then 'ignored' else 'open' end from turned t
where refusal is not null and not exists (from plan.refused r
  where r.system = t.system and r.object = t.object and r.record = t.id and r.action = t.action);

create or replace temp table turning as
select action, system, object, id, min(name) as name, {{ 'line' | first_place }} as line, bool_or(sendable) as sendable,
       row_number() over (order by action desc, system desc, object, id)
         + (select coalesce(max(change), 0) from plan.changes) as change
from turned where refusal is null group by action, system, object, id;

insert into plan.changes
select change, system, object, id, name, action, '', '', '', null, sendable, line from turning;

-- Such a change has one row without a field: why it is made.
insert into plan.field_changes
select n.change, t.sync, '', 'text', null, null, null, '', t.action, 'gone', t.reason, t.line, '', t.sendable
from turned t join turning n on n.action = t.action and n.system = t.system and n.object = t.object and n.id = t.id
qualify row_number() over (partition by n.change order by t.sendable desc, t.sync, t.reason) = 1;

insert into plan.recycled
select distinct n.change, t.sync, t.a_obj, t.a_id, t.b_obj, t.b_id, t.tombstone
from turned t join turning n on n.action = t.action and n.system = t.system and n.object = t.object and n.id = t.id
where t.sendable;

insert into plan.recycled
select distinct c.change, r.sync, r.a_obj, r.a_id, r.b_obj, r.b_id, cast(null as varchar)
from out_recreated r join plan.changes c on c.system = r.system and c.object = r.object and c.id = r.id
where c.sendable;

insert into plan.survivors
select distinct n.change, s.sync, s.a_obj, s.a_id, s.b_obj, s.b_id
from out_survivors s join turning n on n.action = 'delete' and n.system = s.system and n.object = s.object and n.id = s.id
join strengths x on x.sync = s.sync and x.sendable;

-- What is taken away is kept in the plan.
{% for item in kept %}
insert into plan.kept
select n.change, unnest([
{% for field in item.fields %}
    {'field': {{ field.name | literal }}, 'type': '{{ field.type }}', 'value': s.{{ field.name | name }}, 'pii': {{ field.pii | literal }} }{{ "," if not loop.last }}
{% endfor %}
  ], max_depth := 2)
from turning n join {{ item.snapshot }} s on s._id = n.id
where n.action = 'delete' and n.system = '{{ item.system }}' and n.object = {{ item.object | literal }};
{% endfor %}
delete from plan.kept where value is null;
