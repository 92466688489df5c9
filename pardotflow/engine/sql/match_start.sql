-- What is linked already, and what is left to be matched.
-- A converted lead or a merged loser is followed to the record that it became. One API gives all these ids, in one form.
{# A lagging cache may still show what we deleted. #}
{% macro still_shown() %}
(m.restored_at is null and ({% for role in ['a', 'b'] %}{{ ' or ' if role == 'b' }}m.system = '{{ sync.side(role).system.value }}' and {{ role }}._stamp < m.deleted_at - interval 2 second
  and {{ role }}._read_at < m.deleted_at + interval {{ lags[role] }} second{% endfor %}))
{%- endmacro %}
{% for role in ['a', 'b'] %}
create or replace temp table follow_{{ role }} (from_obj varchar, from_id varchar, from_key varchar, obj varchar, id varchar, key varchar, merged boolean);
{% endfor %}
{% for role in ['a', 'b'] if (sync.a if role == 'a' else sync.b).system.value == 'salesforce' %}
{% set accounts = sync.side(role).person_accounts %}
{% set node = 'node' if accounts else 'side_' ~ role %}
insert into follow_{{ role }}
with recursive {% if accounts %}node as (
  select _obj, _id, _key, _deleted, _follow from side_{{ role }} where _apart is distinct from 'person_contact'
  union all
  -- The contact of a person account became the account.
  select {{ (sync.side(role).person_contacts or 'Contact') | literal }}, "PersonContactId", nf_id("PersonContactId"), _deleted and _follow is not null, _id
  from side_{{ role }} where _obj = {{ accounts | literal }} and "IsPersonAccount" = 'true' and "PersonContactId" is not null
), {% endif %}step (from_obj, from_id, from_key, merged, obj, id, key, next, depth) as (
  select _obj, _id, _key, _deleted, _obj, _id, _key, _follow, 0 from {{ node }} where _follow is not null
  union all
  select step.from_obj, step.from_id, step.from_key, step.merged, n._obj, n._id, n._key, n._follow, step.depth + 1
  from step join {{ node }} n on n._id = step.next
  where step.next is not null and step.depth < 20
)
select from_obj, from_id, from_key, arg_max(obj, depth), arg_max(id, depth), arg_max(key, depth), merged
from step where depth > 0 group by from_obj, from_id, from_key, merged;
{% endfor %}

{% for role in ['a', 'b'] if (sync.a if role == 'a' else sync.b).system.value == 'warehouse' %}
-- A row whose key is written in another way is the same row.
insert into follow_{{ role }}
select l.{{ role }}_object, l.{{ role }}_id, l.{{ role }}_id, min(s._obj), min(s._id), min(s._key), false
from mem.links l join side_{{ role }} s on lower(trim(s._id)) = lower(trim(l.{{ role }}_id))
where l.sync = {{ sync.name | literal }} and l.{{ role }}_id not in (select _id from side_{{ role }})
group by l.{{ role }}_object, l.{{ role }}_id having count(distinct s._id) = 1;
{% endfor %}

-- A link whose record came out of the recycle bin. Where both records are there it is live again; where the other one was
-- deleted by us, and because of this one, it comes back too (`restore` is its role); what a person deleted stays.
create or replace temp table come_back as
select l.a_object, l.a_id, l.b_object, l.b_id,
       {% if recycled %}case when a._live and b._live then '' when a._live then 'b' else 'a' end{% else %}''{% endif %} as restore
from mem.links l
left join follow_a fa on fa.from_obj = l.a_object and fa.from_id = l.a_id
left join follow_b fb on fb.from_obj = l.b_object and fb.from_id = l.b_id
join side_a a on a._obj = coalesce(fa.obj, l.a_object) and a._id = coalesce(fa.id, l.a_id)
join side_b b on b._obj = coalesce(fb.obj, l.b_object) and b._id = coalesce(fb.id, l.b_id)
{% if recycled %}
left join mem.recycled m on m.sync = l.sync and m.a_object = l.a_object and m.a_id = l.a_id and m.b_object = l.b_object and m.b_id = l.b_id
{% endif %}
where l.sync = {{ sync.name | literal }} and l.tombstone in ('{{ sync.a.system.value }}', '{{ sync.b.system.value }}', 'both')
  and (a._live and b._live
{% if recycled %}
    and not coalesce({{ still_shown() }}, false)
    -- What was deleted again after us, a person deleted.
    or a._live and b._visible and b._deleted and m.system = '{{ sync.b.system.value }}' and m.restored_at is null and b._stamp <= m.deleted_at + interval 2 second
    or b._live and a._visible and a._deleted and m.system = '{{ sync.a.system.value }}' and m.restored_at is null and a._stamp <= m.deleted_at + interval 2 second
{% endif %}
  );

{% if recycled %}
-- What we deleted and a lagging cache still shows: once it is seen to be gone the link counts again, and until then nobody
-- takes its place beside the counterpart that is there.
create or replace temp table waiting as
select a._obj as a_obj, a._id as a_id, b._obj as b_obj, b._id as b_id
from mem.links l join mem.recycled m on m.sync = l.sync and m.a_object = l.a_object and m.a_id = l.a_id and m.b_object = l.b_object and m.b_id = l.b_id
left join follow_a fa on fa.from_obj = l.a_object and fa.from_id = l.a_id
left join follow_b fb on fb.from_obj = l.b_object and fb.from_id = l.b_id
join side_a a on a._obj = coalesce(fa.obj, l.a_object) and a._id = coalesce(fa.id, l.a_id)
join side_b b on b._obj = coalesce(fb.obj, l.b_object) and b._id = coalesce(fb.id, l.b_id)
where l.sync = {{ sync.name | literal }} and l.tombstone is not null and a._live and b._live and {{ still_shown() }};
{% endif %}

create or replace temp table linked as
select l.a_object, l.a_id as old_a_id, l.b_object, l.b_id as old_b_id,
       -- The API of Salesforce takes nothing out of its recycle bin.
       case when c.a_id is null or c.restore in ({{ unrestorable | literals }}) then l.tombstone end as tombstone,
       c.restore,
       coalesce(fa.obj, l.a_object) as a_obj, coalesce(fa.id, l.a_id) as a_id,
       coalesce(fb.obj, l.b_object) as b_obj, coalesce(fb.id, l.b_id) as b_id,
       fa.id is not null or fb.id is not null as followed,
       -- Who has a better claim to the record that two links lead to: its own link, one by conversion, one by a merge.
       case when fa.merged or fb.merged then 2 when fa.id is not null or fb.id is not null then 1 else 0 end as claim
from mem.links l
left join follow_a fa on fa.from_obj = l.a_object and fa.from_id = l.a_id
left join follow_b fb on fb.from_obj = l.b_object and fb.from_id = l.b_id
left join come_back c on c.a_object = l.a_object and c.a_id = l.a_id and c.b_object = l.b_object and c.b_id = l.b_id
where l.sync = {{ sync.name | literal }};
{% for role, other in [('a', 'b'), ('b', 'a')] if recreate[role] %}

-- A record that is gone is made again from its counterpart, which is matched anew as if it had never had one.
{{ 'create or replace temp table' if loop.first else 'insert into' }} recreated {{ 'as' if loop.first }}
select '{{ role }}' as gone, l.a_object as old_a_obj, l.old_a_id, l.b_object as old_b_obj, l.old_b_id,
       l.a_obj, l.a_id, l.b_obj, l.b_id, g._key as gone_key
from linked l
join side_{{ role }} g on g._obj = l.{{ role }}_obj and g._id = l.{{ role }}_id
join side_{{ other }} o on o._obj = l.{{ other }}_obj and o._id = l.{{ other }}_id
where l.tombstone is null and coalesce(l.restore, '') = '' and g._visible and g._deleted and g._follow is null and g._apart is null and o._live and o._out is null;
{% endfor %}
{% if recreate.a or recreate.b %}
delete from linked l using recreated r
where l.a_object = r.old_a_obj and l.old_a_id = r.old_a_id and l.b_object = r.old_b_obj and l.old_b_id = r.old_b_id;
{% endif %}

-- One record has one counterpart: a link that follows a merge onto a record with a link of its own is not taken, and of
-- two that follow onto one record neither is.
create or replace temp table pairs as
select a_obj, a_id, b_obj, b_id, -1 as key_no, followed, false as is_new, old_a_id, old_b_id, a_object as old_a_obj, b_object as old_b_obj,
       restore
from linked l where tombstone is null
{% if recycled %}
  and not exists (from waiting w where w.a_obj = l.a_obj and w.a_id = l.a_id)
  and not exists (from waiting w where w.b_obj = l.b_obj and w.b_id = l.b_id)
{% endif %}
qualify row_number() over (partition by a_obj, a_id order by claim, b_obj, b_id) = 1
    and min(b_id) over (partition by a_obj, a_id, claim) = max(b_id) over (partition by a_obj, a_id, claim)
    and row_number() over (partition by b_obj, b_id order by claim, a_obj, a_id) = 1
    and min(a_id) over (partition by b_obj, b_id, claim) = max(a_id) over (partition by b_obj, b_id, claim);

create or replace temp table marks as
select 'b' as role, b_obj as obj, b_id as id, 'ambiguous' as kind, -1 as key_no,
       a_obj || '/' || a_id as others, 'a merge in Salesforce put two records on one' as note
from linked l where tombstone is null and not exists (
  from pairs p where p.a_obj = l.a_obj and p.a_id = l.a_id and p.b_obj = l.b_obj and p.b_id = l.b_id);
{% if archive_losers %}

-- The prospect of a record that a merge took away, where the surviving record has a prospect of its own.
create or replace temp table losers as
select l.a_object, l.old_a_id, l.b_object, l.old_b_id, l.a_obj, l.a_id, l.b_obj, l.b_id, o._name as name,
       p.b_obj || '/' || p.b_id as winner, p.b_obj as winner_obj, p.b_id as winner_id
from linked l
join pairs p on p.a_obj = l.a_obj and p.a_id = l.a_id
join side_a s on s._obj = l.a_obj and s._id = l.a_id
join side_b w on w._obj = p.b_obj and w._id = p.b_id
join side_b o on o._obj = l.b_obj and o._id = l.b_id
join side_a x on x._obj = l.a_object and x._id = l.old_a_id
where l.tombstone is null and l.claim = 2 and l.b_id <> p.b_id and s._live and w._live and o._live and o._out is null
  and s._out is null and w._out is null and x._apart is null;
delete from marks where role = 'b' and exists (from losers l where l.b_obj = marks.obj and l.b_id = marks.id);
{% endif %}

create or replace temp table taken as
select 'a' as role, a_obj as obj, a_id as id from linked
union select 'b', b_obj, b_id from linked
union select 'a', a_object, old_a_id from linked
union select 'b', b_object, old_b_id from linked;
