-- When fields that differ were changed last in Salesforce, by the history that it keeps of each, or why that cannot be
-- told. An entry that a write of ours made says nothing about when a person changed the field.
create or replace temp table field_times as
with asked as (
  select distinct m, a_obj, a_id from judged where found in ('both_moved', 'mapping_changed', 'new') or flow = 'connector'
),
entries as (
{% for h in histories %}
{% if not loop.first %}
  union all
{% endif %}
  select {{ h.m }} as m, {{ h.object | literal }} as a_obj, e.{{ h.history.parent | name }} as a_id, {{ h.history.names[0] | literal }} as field, e._stamp, e._writer
  from {{ h.history.relation }} e join asked q on q.m = {{ h.m }} and q.a_obj = {{ h.object | literal }} and q.a_id = e.{{ h.history.parent | name }}
  where e._visible and e."Field" in ({{ h.history.names | literals }})
{% endfor %}
),
ours as (
  select null as field, object, id, writer, from_at - interval 2 second as began,
         case when is_open then timestamp 'infinity' else to_at + interval 2 second end as ended
  from mem.writes where system = '{{ sync.a.system.value }}'
  union all
  -- Of an earlier write, the moment of its answer is what is remembered.
  select h.field, h.object, h.id, w.writer, h.written_at - interval 10 minute, h.written_at + interval 2 second
  from mem.history h join mem.writes w on w.system = h.system and w.object = h.object and w.id = h.id
  where h.system = '{{ sync.a.system.value }}'
),
newest as (
  select e.*, exists (from ours o where o.object = e.a_obj and o.id = e.a_id and o.writer = e._writer
      and (o.field is null or o.field = e.field) and e._stamp between o.began and o.ended) as is_ours
  from entries e
  qualify rank() over (partition by m, a_obj, a_id order by _stamp desc) = 1
),
told as (
  select m, a_obj, a_id, max(_stamp) as changed_at, bool_and(is_ours) as is_ours from newest group by all
),
kept (m, a_obj, field, is_whole) as (values
{% for h in histories %}
  ({{ h.m }}, {{ h.object | literal }}, {{ h.history.names[0] | literal }},
   not exists (from partly_read where system = '{{ sync.a.system.value }}' and object = {{ h.history.object | literal }})){{ "," if not loop.last }}
{% endfor %}
)
select q.m, q.a_obj, q.a_id, case when k.is_whole and not t.is_ours then t.changed_at end as changed_at,
  case when not k.is_whole then 'the history of ' || k.field || ' was not read whole'
       when t.m is null then 'no history of ' || k.field
       when t.is_ours then 'our own write of ' || k.field || ' was the last in Salesforce' end as doubt
from asked q join kept k on k.m = q.m and k.a_obj = q.a_obj
left join told t on t.m = q.m and t.a_obj = q.a_obj and t.a_id = q.a_id;
