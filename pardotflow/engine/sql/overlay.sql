-- What the sides will hold after this sync: later syncs of the plan see it, so that one apply settles all of them.
-- What a system refuses it will not hold.
{% for t in tables %}
insert into {{ t.overlay }} by name
select * from {{ t.snapshot }} s
where _id in (select id from out_fields where sync = {{ sync.name | literal }} and system = '{{ t.system }}' and object = {{ t.object | literal }})
  and not exists (from refused r where r.system = '{{ t.system }}' and r.object = {{ t.object | literal }} and r.id = s._id)
  and _id not in (select _id from {{ t.overlay }});

insert into {{ t.overlay }} by name
select id as _id, name as _name, false as _deleted, true as _visible, false as _closed
{%- for field, value in t.defaults.items() %}, {{ value | literal }} as {{ field | name }}{% endfor %}

from out_creates where sync = {{ sync.name | literal }} and system = '{{ t.system }}' and object = {{ t.object | literal }}
  and id not in (select _id from {{ t.overlay }})
  and not exists (from refused r where r.system = out_creates.system and r.object = out_creates.object and r.id = out_creates.id);

update {{ t.overlay }} o set
{% for field in t.fields %}
  {{ field | name }} = case when v.{{ ('has ' ~ field) | name }} then v.{{ ('new ' ~ field) | name }} else o.{{ field | name }} end{{ ',' if not loop.last }}
{% endfor %}
from (
  select f.id{% for field in t.fields %},
    bool_or(f.field = {{ field | literal }}) as {{ ('has ' ~ field) | name }},
    max(coalesce(f.after, f.after_ref)) filter (f.field = {{ field | literal }}) as {{ ('new ' ~ field) | name }}{% endfor %}

  from out_fields f
  where f.sync = {{ sync.name | literal }} and f.system = '{{ t.system }}' and f.object = {{ t.object | literal }}
    and not exists (from refused r where r.system = f.system and r.object = f.object and r.id = f.id)
  group by f.id
) v where v.id = o._id;
{% endfor %}
