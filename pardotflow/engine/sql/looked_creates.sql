-- Creates whose answer never came: records of the side {{ side.system.value }} that a match key finds, and that were
-- written since the request left. Ours is what our own user wrote last, before it could have come to nothing; of what
-- somebody else edited or deleted since, its maker will tell.
{% for number, value in keys %}
insert into made_now
select k.change, c.system, c.object, {{ side.role }}._id,
       not {{ side.role }}._deleted and (u.writer = '' or {{ side.role }}._writer = u.writer) and {{ side.role }}._stamp <= l.until
from side_{{ side.role }} {{ side.role }}
join plan.create_keys k on k.sync = {{ sync.name | literal }} and k.key_no = {{ number }} and k.value = {{ value }}
join plan.changes c on c.change = k.change and c.system = '{{ side.system.value }}' and c.object = {{ side.role }}._obj
join looked l on l.change = k.change and starts_with(l.id, 'new:')
join our_users u on u.system = c.system
where {{ side.role }}._visible and {{ side.role }}._stamp >= l.sent_at
  and not exists (from plan.seen s where s.system = c.system and s.object = {{ side.role }}._obj and s.id = {{ side.role }}._id);
{% endfor %}
