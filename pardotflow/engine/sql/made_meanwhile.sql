-- Creates whose match key finds a record of the side {{ side.system.value }} that the plan has not seen: somebody made it.
{% for number, value in keys %}
insert into moved
select k.change, 'its counterpart exists now: ' || {{ side.role }}._obj || '/' || {{ side.role }}._id
from side_{{ side.role }} {{ side.role }}
join plan.create_keys k on k.sync = {{ sync.name | literal }} and k.key_no = {{ number }} and k.value = {{ value }}
join plan.changes c on c.change = k.change and c.system = '{{ side.system.value }}'
join plan.meta m on m.key = 'cursor.{{ side.system.value }}.' || {{ side.role }}._obj
where {{ side.role }}._visible and not {{ side.role }}._deleted
  and {{ side.role }}._stamp >= try_cast(m.value as timestamp) - interval {{ slack }} second
  and not exists (from plan.seen s where s.system = c.system and s.object = {{ side.role }}._obj and s.id = {{ side.role }}._id)
  and k.change not in (select change from moved)
qualify row_number() over (partition by k.change order by {{ side.role }}._obj, {{ side.role }}._id) = 1;
{% endfor %}
