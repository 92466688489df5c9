-- Creates whose match key finds a record of the side {{ side.system.value }} by now. No key found one when it was planned.
{% for number, value in keys %}
insert into moved
select k.change, 'its counterpart exists now: ' || {{ side.role }}._obj || '/' || {{ side.role }}._id
from side_{{ side.role }} {{ side.role }}
join plan.create_keys k on k.sync = {{ sync.name | literal }} and k.key_no = {{ number }} and k.value = {{ value }}
join plan.changes c on c.change = k.change and c.system = '{{ side.system.value }}'
where {{ side.role }}._visible and not {{ side.role }}._deleted
  and not exists (from plan.seen s where s.system = c.system and s.object = {{ side.role }}._obj and s.id = {{ side.role }}._id)
  and k.change not in (select change from moved)
qualify row_number() over (partition by k.change order by {{ side.role }}._obj, {{ side.role }}._id) = 1;
{% endfor %}
