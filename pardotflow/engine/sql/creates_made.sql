-- The new records: every field's value, as far as it can be sent, and where their ids are kept.
{% set r = source %}
create or replace temp table create_cells as
select j.obj, j.id, j.name, unnest(u.c) from (
  select {{ r }}._obj as obj, {{ r }}._id as id, unnest([
{% for item in items %}
    {'field': {{ item.field | literal }}, 'type': '{{ item.type }}', 'value': cast({{ item.value }} as varchar), 'form': {{ item.form_value }},
     'raw': cast({{ item.raw }} as varchar), 'mapping': {{ item.mapping | literal }}, 'digest': {{ item.digest | literal }},
     'length': {{ item.length }}, 'cut': {{ item.cut }}, 'restricted': {% if item.restricted %}[{{ item.restricted | literals }}]{% else %}cast([] as varchar[]){% endif %},
     'applies': {{ item.applies }}, 'line': {{ item.line | literal }}, 'pii': {{ item.pii | literal }}, 'rank': {{ item.rank }},
     'default_value': {{ item.default | literal }} }{{ "," if not loop.last }}
{% endfor %}
  ]) as c
  from side_{{ r }} {{ r }}
  where ({{ r }}._obj, {{ r }}._id) in (select obj, id from judged_creates where verdict = 'create')
) u join judged_creates j on j.obj = u.obj and j.id = u.id
-- False is what a new record holds anyway, unless its default says otherwise.
where u.c.applies and u.c.form is not null and not (u.c.form = 'false' and u.c.default_value is distinct from 'true');

create or replace temp table create_fields as
select *,
  case when is_unreadable(form) then 'unreadable'
       when starts_with(value, chr(2)) then 'unmapped_value'
       when type = 'integer' and not regexp_matches(value, '^[+-]?[0-9]+$') then 'unreadable'
       when len(restricted) > 0 and len(list_filter(case when type = 'multipicklist' then string_split(value, ';') else [value] end, lambda v: not list_contains(restricted, trim(v)))) > 0 then 'unknown_picklist_value'
       when length > 0 and length(value) > length and (not cut or nf_text(left(value, length)) is null) then 'too_long' end as trouble,
  case when length > 0 and cut and length(value) > length then nf_text(left(value, length)) else value end as after_value
from create_cells
qualify row_number() over (partition by obj, id, field order by rank) = 1;

create or replace temp table missing as
select obj, id, string_agg(req, ', ' order by req) as fields from (
  select j.obj, j.id, unnest(cast([{{ required | literals }}] as varchar[])) as req from judged_creates j where verdict = 'create') q
where not exists (from create_fields f where f.obj = q.obj and f.id = q.id and f.field = q.req and f.trouble is null)
group by obj, id;

insert into out_held
select {{ sync.name | literal }}, '{{ source_system }}', j.obj, j.id, j.name, '', null, null, 'required_missing',
       {{ target_object | literal }} || ' needs ' || m.fields, {{ line | literal }}, ''
from judged_creates j join missing m on m.obj = j.obj and m.id = j.id;

{% if unique_address %}
-- In this unit an address belongs to one prospect: the system would refuse a second one.
create or replace temp table address_taken as
select f.* from create_fields f where f.field = 'email' and f.trouble is null
qualify count(*) over (partition by nf_email(f.after_value)) > 1
  or exists (from side_{{ 'b' if r == 'a' else 'a' }} o where o._obj = 'prospect' and o._visible and not o._deleted and nf_email(o.email) = nf_email(f.after_value))
  or exists (from out_fields g where g.system = 'pardot' and g.object = 'prospect' and g.field = 'email' and nf_email(g.after) = nf_email(f.after_value));

insert into out_held
select {{ sync.name | literal }}, '{{ source_system }}', t.obj, t.id, t.name, 'email', null, t.after_value, 'email_taken',
       'addresses are unique in this unit', t.line, t.pii
from address_taken t where not exists (from missing m where m.obj = t.obj and m.id = t.id);

{% endif %}
create or replace temp table creating as
select j.obj, j.id, j.name, 'new:' || j.obj || '/' || j.id as new_id from judged_creates j
where j.verdict = 'create' and not exists (from missing m where m.obj = j.obj and m.id = j.id)
{%- if unique_address %} and not exists (from address_taken t where t.obj = j.obj and t.id = j.id){% endif %};

insert into out_creates
select {{ sync.name | literal }}, '{{ target_system }}', {{ target_object | literal }}, new_id, name, {{ key_field | literal }},
  {% if key_is_id %}id{% else %}(select f.after_value from create_fields f where f.obj = creating.obj and f.id = creating.id and f.field = {{ key_field | literal }} and f.trouble is null){% endif %},
  {% if r == 'a' %}obj, id, {{ target_object | literal }}, new_id{% else %}{{ target_object | literal }}, new_id, obj, id{% endif %}, {{ line | literal }}
from creating;

-- What the source says under every key: by it, apply asks whether somebody made the record meanwhile.
{% for key in asked_keys %}
insert into out_create_keys
select {{ sync.name | literal }}, '{{ target_system }}', {{ target_object | literal }}, k.new_id, {{ key.number }}, {{ key.value }}
from creating k join side_{{ r }} {{ r }} on {{ r }}._obj = k.obj and {{ r }}._id = k.id
where {{ key.value }} is not null;
{% endfor %}

insert into out_fields
select {{ sync.name | literal }}, '{{ target_system }}', {{ target_object | literal }}, k.new_id, k.name, 'create', f.field, f.type,
  null, f.after_value, null, '', 'create', 'new', case when f.mapping = '' then 'set by the create rule' else 'new record' end
    {% if has_owner %}|| coalesce((select '; to ' || u.name from user_rows u where u.system = '{{ target_system }}' and u.id = f.after_value and f.field = 'OwnerId'), ''){% endif %}, f.line, f.pii,
  {% if r == 'a' %}k.obj, k.id, {{ target_object | literal }}, k.new_id{% else %}{{ target_object | literal }}, k.new_id, k.obj, k.id{% endif %},
  nullif(f.mapping, ''), nullif(f.digest, ''),
  {% if r == 'a' %}f.raw, f.after_value, 'b'{% else %}f.after_value, f.raw, 'a'{% endif %}, null

from creating k join create_fields f on f.obj = k.obj and f.id = k.id and f.trouble is null;

-- The new record's id goes back into the record that it was made from.
{% for back in write_backs %}
insert into out_fields
select {{ sync.name | literal }}, '{{ source_system }}', k.obj, k.id, k.name, 'update', {{ back.field | literal }}, '{{ back.type }}',
  s.{{ back.field | name }}, null, k.new_id, 'id of the new ' || {{ target_object | literal }}, 'id', 'new', 'a new record''s id', {{ back.line | literal }}, '',
  {% if r == 'a' %}k.obj, k.id, {{ target_object | literal }}, k.new_id{% else %}{{ target_object | literal }}, k.new_id, k.obj, k.id{% endif %},
  null, null, null, null, null, null
from creating k join side_{{ r }} s on s._obj = k.obj and s._id = k.id
where k.obj = {{ back.object | literal }};
{% endfor %}
