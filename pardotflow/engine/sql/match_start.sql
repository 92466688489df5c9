-- What is linked already, and what is left to be matched.
-- A converted lead or a merged loser is followed to the record that it became. One API gives all these ids, in one form.
{% for role in ['a', 'b'] %}
create or replace temp table follow_{{ role }} (from_obj varchar, from_id varchar, from_key varchar, obj varchar, id varchar, key varchar);
{% endfor %}
{% for role in ['a', 'b'] if (sync.a if role == 'a' else sync.b).system.value == 'salesforce' %}
insert into follow_{{ role }}
with recursive step (from_obj, from_id, from_key, obj, id, key, next, depth) as (
  select _obj, _id, _key, _obj, _id, _key, _follow, 0 from side_{{ role }} where _follow is not null
  union all
  select step.from_obj, step.from_id, step.from_key, n._obj, n._id, n._key, n._follow, step.depth + 1
  from step join side_{{ role }} n on n._id = step.next
  where step.next is not null and step.depth < 20
)
select from_obj, from_id, from_key, arg_max(obj, depth), arg_max(id, depth), arg_max(key, depth)
from step where depth > 0 group by from_obj, from_id, from_key;
{% endfor %}

{% for role in ['a', 'b'] if (sync.a if role == 'a' else sync.b).system.value == 'warehouse' %}
-- A row whose key is written in another way is the same row.
insert into follow_{{ role }}
select l.{{ role }}_object, l.{{ role }}_id, l.{{ role }}_id, min(s._obj), min(s._id), min(s._key)
from mem.links l join side_{{ role }} s on lower(trim(s._id)) = lower(trim(l.{{ role }}_id))
where l.sync = {{ sync.name | literal }} and l.{{ role }}_id not in (select _id from side_{{ role }})
group by l.{{ role }}_object, l.{{ role }}_id having count(distinct s._id) = 1;
{% endfor %}

create or replace temp table linked as
select l.a_object, l.a_id as old_a_id, l.b_object, l.b_id as old_b_id, l.tombstone,
       coalesce(fa.obj, l.a_object) as a_obj, coalesce(fa.id, l.a_id) as a_id,
       coalesce(fb.obj, l.b_object) as b_obj, coalesce(fb.id, l.b_id) as b_id,
       fa.id is not null or fb.id is not null as followed
from mem.links l
left join follow_a fa on fa.from_obj = l.a_object and fa.from_id = l.a_id
left join follow_b fb on fb.from_obj = l.b_object and fb.from_id = l.b_id
where l.sync = {{ sync.name | literal }};

-- One record has one counterpart: a link that follows a merge onto a record with a link of its own is not taken.
create or replace temp table pairs as
select a_obj, a_id, b_obj, b_id, -1 as key_no, followed, false as is_new, old_a_id, old_b_id, a_object as old_a_obj, b_object as old_b_obj
from linked where tombstone is null
qualify row_number() over (partition by a_obj, a_id order by followed, b_id) = 1
    and row_number() over (partition by b_obj, b_id order by followed, a_id) = 1;

create or replace temp table marks as
select 'b' as role, b_obj as obj, b_id as id, 'ambiguous' as kind, -1 as key_no,
       a_obj || '/' || a_id as others, 'a merge in Salesforce put two records on one' as note
from linked l where tombstone is null and not exists (
  from pairs p where p.a_obj = l.a_obj and p.a_id = l.a_id and p.b_obj = l.b_obj and p.b_id = l.b_id);

create or replace temp table taken as
select 'a' as role, a_obj as obj, a_id as id from linked
union select 'b', b_obj, b_id from linked
union select 'a', a_object, old_a_id from linked
union select 'b', b_object, old_b_id from linked;
