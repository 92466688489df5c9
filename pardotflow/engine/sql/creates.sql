-- Records that one side lacks. A create is planned only where no match key finds anything on the other side, and where
-- no second record of the same batch would make the same person again.
{% set r = source %}
create or replace temp table wanted as
select l.obj, l.id, l.name, l.mark, l.others, l.note, coalesce(l.key_no, -1) as key_no, coalesce(s._create_when, false) as condition, {{ owner }} as owner
{%- if created %}, nf_instant(s.{{ created | name }}) as created{% endif %}
{%- for key in symmetric_keys %}, {{ key.value }} as key_{{ key.number }}{% endfor %}

from left_{{ r }} l join side_{{ r }} {{ r }} on {{ r }}._obj = l.obj and {{ r }}._id = l.id
join side_{{ r }} s on s._obj = l.obj and s._id = l.id
where not starts_with(l.id, 'new:') and coalesce(l.mark, '') not in ('ambiguous', 'dangling');

create or replace temp table judged_creates as
select *,
  case
    when not condition then 'skipped:create_condition'
{% if created %}
    when coalesce(created < {{ rule_start }}, true) then 'skipped:older_than_rule'
{% endif %}
    when mark = 'was_deleted' then 'held:was_deleted'
    when mark = 'would_duplicate'{% if share_email_keys %} and key_no not in ({{ share_email_keys | join(', ') }}){% endif %} then 'held:would_duplicate'
    when unknown_id is not null then 'held:unknown_outcome'
    when partly is not null then 'held:' || partly
{% for key in symmetric_keys %}
{% if key.number not in share_email_keys %}
    when key_{{ key.number }} is not null and count(*) filter (condition) over (partition by key_{{ key.number }}) > 1 then 'held:twin'
{% for item, field in key.addresses %}
    when exists (from out_fields f where f.sync = {{ sync.name | literal }} and f.system = '{{ target_system }}' and f.object = {{ item | literal }}
                 and f.field = {{ field | literal }} and nf_email(f.after) = key_{{ key.number }}) then 'held:given'
{% endfor %}
{% endif %}
{% endfor %}
    when starts_with(owner, chr(2)) then 'held:unmapped_user'
    else 'create' end as verdict
from wanted left join (select distinct record as unknown_id from unknown_creates where system = '{{ target_system }}') u on u.unknown_id = wanted.id
  cross join (select max(kind) as partly from partly_read where system = '{{ target_system }}' and object in ({{ target_objects | literals }})) p;
delete from judged_creates where not ({{ focus_role.replace('@obj', 'obj').replace('@id', 'id') }});

insert into out_skipped
select {{ sync.name | literal }}, '{{ source_system }}', obj, id, name, 'create_condition', {{ rule_when | literal }}
from judged_creates where verdict = 'skipped:create_condition';
{% if created %}

insert into out_skipped
select {{ sync.name | literal }}, '{{ source_system }}', obj, id, name, 'older_than_rule', coalesce('made on ' || cast(cast(created as date) as varchar), '')
from judged_creates where verdict = 'skipped:older_than_rule';
{% endif %}

insert into out_held
select {{ sync.name | literal }}, '{{ source_system }}', obj, id, name, '', null, null,
  case when verdict in ('held:twin', 'held:given') then 'would_duplicate' else substr(verdict, 6) end,
  case verdict when 'held:was_deleted' then 'its counterpart was deleted or converted: ' || coalesce(others, '')
               when 'held:twin' then 'several records without a counterpart share a match key'
               when 'held:given' then 'this plan gives its address to another record'
               when 'held:incomplete_read' then 'its counterpart may be among the rows of {{ target_system }} that were not read'
               when 'held:filtered_source' then 'its counterpart may be among the records that the filter of its source leaves out'
               when 'held:unmapped_user' then split_part(owner, chr(2), 2) || ': ' || split_part(owner, chr(2), 3)
               when 'held:unknown_outcome' then 'a create was sent and its answer never came; it can be looked up in a minute'
               else note || ' finds ' || coalesce(others, '') end,
  {{ line | literal }}, ''
from judged_creates where starts_with(verdict, 'held:');

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

create or replace temp table creating as
select j.obj, j.id, j.name, 'new:' || j.obj || '/' || j.id as new_id from judged_creates j
where j.verdict = 'create' and not exists (from missing m where m.obj = j.obj and m.id = j.id);

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
  {% if r == 'a' %}f.raw, f.after_value, 'b'{% else %}f.after_value, f.raw, 'a'{% endif %}

from creating k join create_fields f on f.obj = k.obj and f.id = k.id and f.trouble is null;

-- The new record's id goes back into the record that it was made from.
{% for back in write_backs %}
insert into out_fields
select {{ sync.name | literal }}, '{{ source_system }}', k.obj, k.id, k.name, 'update', {{ back.field | literal }}, '{{ back.type }}',
  s.{{ back.field | name }}, null, k.new_id, 'id of the new ' || {{ target_object | literal }}, 'id', 'new', 'a new record''s id', {{ back.line | literal }}, '',
  {% if r == 'a' %}k.obj, k.id, {{ target_object | literal }}, k.new_id{% else %}{{ target_object | literal }}, k.new_id, k.obj, k.id{% endif %},
  null, null, null, null, null
from creating k join side_{{ r }} s on s._obj = k.obj and s._id = k.id
where k.obj = {{ back.object | literal }};
{% endfor %}
