-- Links of one sync that the run found and that no match key speaks for any more: they end. A key that the run wrote
-- itself, and that is taken back here, says nothing.
create or replace temp table ended as
select p.sync, p.a_object, p.a_id, p.b_object, p.b_id
from pairs_of p
join mem.links l on l.sync = p.sync and l.a_object = p.a_object and l.a_id = p.a_id and l.b_object = p.b_object and l.b_id = p.b_id
join side_a a on a._obj = p.a_object and a._id = p.a_id
join side_b b on b._obj = p.b_object and b._id = p.b_id
where p.kind = 'link' and p.tombstone = 'found' and p.sync = {{ sync.name | literal }}
  and l.run_id = {{ run_id | literal }} and l.origin = 'found' and l.tombstone is null
{% for key in sync.keys %}
  and not coalesce({{ key.form('a') }} = {{ key.form('b') }}{% if key.names %}
    and not exists (from plan.changes c join plan.field_changes f using (change)
      where c.system = '{{ sync.side(key.names).system.value }}' and c.object = {{ key.names }}._obj and c.id = {{ key.names }}._id
        and (false{% for object, field in key.id_fields.items() %} or (c.object = {{ object | literal }} and f.field = {{ field | literal }}){% endfor %})){% endif %}, false)
{% endfor %};
insert into plan.links
select sync, a_object, a_id, b_object, b_id, a_object, a_id, b_object, b_id, 'forgotten', null from ended;
delete from plan.bases b using ended e
where b.sync = e.sync and b.a_object = e.a_object and b.a_id = e.a_id and b.b_object = e.b_object and b.b_id = e.b_id;
