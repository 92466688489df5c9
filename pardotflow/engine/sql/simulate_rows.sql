-- One object as it is once the plan is carried out: the changed and the new rows, over what was there.
create or replace temp table planned_values as
select c.id, bool_or(c.action = 'create') as is_new, bool_or(c.action = 'delete') as goes, bool_or(c.action = 'undelete') as returns,
       o.record_id, min(c.name) as name
{%- for field in fields %},
  coalesce(bool_or(f.field = {{ field | literal }}), false) as {{ ('has ' ~ field) | name }},
  max(coalesce(n.record_id, f.after)) filter (f.field = {{ field | literal }}) as {{ ('new ' ~ field) | name }}{% endfor %}

from plan.changes c join outcomes o using (change)
left join plan.field_changes f on f.change = c.change and f.sendable
left join simulated n on n.planned_id = f.after_ref
where c.system = '{{ system }}' and c.object = {{ object | literal }}
group by c.id, o.record_id;

create or replace temp table changed_rows as
select s.* replace (
    timestamp '{{ moment }}' as _stamp, '{{ writer }}' as _writer, timestamp '{{ moment }}' + interval 1 day as _read_at,
    case when v.goes then true when v.returns then false else s._deleted end as _deleted
{%- for field in fields %},
    case when {{ ('has ' ~ field) | name }} then {{ ('new ' ~ field) | name }} else s.{{ field | name }} end as {{ field | name }}{% endfor %})
from planned_values v join {{ view }} s on s._id = v.id
where not v.is_new;
delete from {{ overlay }} where _id in (select _id from changed_rows);
insert into {{ overlay }} by name from changed_rows;

insert into {{ overlay }} by name
select record_id as _id, name as _name, timestamp '{{ moment }}' as _stamp, '{{ writer }}' as _writer,
       timestamp '{{ moment }}' + interval 1 day as _read_at, false as _deleted, true as _visible, false as _closed
{%- if id_field %}, record_id as {{ id_field | name }}{% endif %}
{%- for field in fields if field != id_field %},
       {% if field in defaults %}case when {{ ('has ' ~ field) | name }} then {{ ('new ' ~ field) | name }} else {{ defaults[field] | literal }} end{% else %}{{ ('new ' ~ field) | name }}{% endif %} as {{ field | name }}{% endfor %}
{%- for field, value in defaults.items() if field not in fields %},
       {{ value | literal }} as {{ field | name }}{% endfor %}

from planned_values where is_new;
