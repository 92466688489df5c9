-- Creates whose answer never came: records of the side {{ side.system.value }} that a match key finds, and that our own
-- user wrote last, after the request left and before it could have come to nothing.
{% for number, value in keys %}
insert into made_now
select k.change, {{ side.role }}._id
from side_{{ side.role }} {{ side.role }}
join plan.create_keys k on k.sync = {{ sync.name | literal }} and k.key_no = {{ number }} and k.value = {{ value }}
join plan.changes c on c.change = k.change and c.system = '{{ side.system.value }}' and c.object = {{ side.role }}._obj
join looked l on l.change = k.change and starts_with(l.id, 'new:')
join our_users u on u.system = c.system
where {{ side.role }}._visible and not {{ side.role }}._deleted
  and (u.writer = '' or {{ side.role }}._writer = u.writer) and {{ side.role }}._stamp between l.sent_at and l.until
  and not exists (from plan.seen s where s.system = c.system and s.object = {{ side.role }}._obj and s.id = {{ side.role }}._id);
{% endfor %}
