-- The rows of one side of a sync: every object in one table, raw values as the system stored them, and beside them the
-- values that the project's own expressions compute from the typed row.
create or replace temp table side_{{ side.role }} as
with raw as (
{% for object in side.objects %}
{% set closed = '(_closed or coalesce("IsPersonAccount" = \'true\', false))' if side.person_accounts and object.name == side.person_contacts else '_closed' %}
{% if not loop.first %}
  union all by name
{% endif %}
  select {{ object.name | literal }} as _obj, {{ loop.index0 }} as _prio, _id, _name, _stamp, _writer, _deleted,
         _visible, {{ closed }} as _closed, _follow, _read_at,
         _visible and not _deleted and not {{ closed }} as _live
{%- for field in object.fields %}, cast({{ field | name }} as varchar) as {{ field | name }}{% endfor %}
{%- for column in object.columns %}, {{ column | name }}{% endfor %}

  from {{ object.relation }}
{% endfor %}
)
{% if expressions %}
, typed as (
  select _obj as "_obj of typed", _id as "_id of typed"
{%- for field, cast in typed.items() %}, {{ cast }} as {{ field | name }}{% endfor %}

  from raw
)
, computed as (
  select "_obj of typed" as _obj, "_id of typed" as _id
{%- for column, sql in expressions.items() %}, ({{ sql }}) as {{ column | name }}{% endfor %}

  from typed as {{ side.system.value }}
)
, whole as (
  select raw.*{% for column in expressions %}, computed.{{ column | name }}{% endfor %}

  from raw left join computed on computed._obj = raw._obj and computed._id = raw._id
)
{% else %}
, whole as (from raw)
{% endif %}
{% if users %}
-- The user of the other system for each user that is translated.
, translated as (
  select {{ side.role }}.*{% for u, sql in users %}, {{ sql }} as {{ u.column }}{% endfor %}

  from whole as {{ side.role }}
{% for u, sql in users %}
  left join {{ u.table }} on {{ u.table }}.key = {{ u.key }}
{% endfor %}
)
{% endif %}
-- The form in which each mapped value is compared, once for every row; why a record does not take part, or did not when
-- it was deleted (`_apart`); and the same of live records alone (`_out`).
{% if side.person_accounts %}
-- A person account takes part as the account, which `_told` names to the other system by its contact's id.
{% endif %}
select {{ side.role }}.*,{% if side.person_accounts %} case when _obj = {{ side.person_accounts | literal }} then "PersonContactId" end as _told,{% endif %}

  case {% if side.person_contacts %}when _obj = {{ side.person_contacts | literal }} and "IsPersonAccount" = 'true' then 'person_contact' {% endif %}
{% if side.person_accounts %}when _obj = {{ side.person_accounts | literal }} and "IsPersonAccount" is distinct from 'true' then 'business_account' {% endif %}
{% if '_do_not_sync' in expressions %}when coalesce(_do_not_sync, false) then 'do_not_sync' {% endif %}
{% if '_select' in expressions %}when not coalesce(_select, false) then 'outside_selection' {% endif %}
when false then '' end as _apart, case when _live{% if side.person_accounts %} or _visible and not _deleted and _apart = 'person_contact'{% endif %} then _apart end as _out{% for column, form in forms.items() %}, {{ form }} as {{ column }}{% endfor %}

from {{ 'translated' if users else 'whole' }} as {{ side.role }};
