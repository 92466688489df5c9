-- Pairs whose two records can be compared, and why the others cannot.
create or replace temp table pair_state as
select p.*, coalesce(a._visible and a._deleted and b._visible and b._deleted, false) as both_gone,
  case when a._out is not null then 'out_a'
       when b._out is not null then 'out_b'
       when a._id is not null and b._id is not null and coalesce(p.restore, '') <> '' then 'live'
       when a._id is null or not a._visible then 'a_not_visible'
{% if recycled %}
       -- A lagging cache may still show as deleted what we took out of the recycle bin.
       when m.system = '{{ sync.a.system.value }}' and a._deleted and a._stamp < m.restored_at - interval 2 second
         and a._read_at < m.restored_at + interval {{ lags.a }} second then 'a_not_visible'
       when m.system = '{{ sync.b.system.value }}' and b._deleted and b._stamp < m.restored_at - interval 2 second
         and b._read_at < m.restored_at + interval {{ lags.b }} second then 'b_not_visible'
{% endif %}
       when a._deleted and a._follow is not null then 'a_not_visible'
       when a._deleted then 'a_gone'
       when a._closed then 'a_converted'
       when b._id is null or not b._visible then 'b_not_visible'
       when b._deleted then 'b_gone'
       when b._closed then 'b_converted'
       else 'live' end as state
from pairs p
left join side_a a on a._obj = p.a_obj and a._id = p.a_id
left join side_b b on b._obj = p.b_obj and b._id = p.b_id
{% if recycled %}
left join mem.recycled m on m.sync = {{ sync.name | literal }} and m.a_object = p.old_a_obj and m.a_id = p.old_a_id
  and m.b_object = p.old_b_obj and m.b_id = p.old_b_id
{% endif %};

{% if replaced %}
-- A record that came back after another one was made in its place: where no key finds it anybody, nothing is made for it.
-- Where the other one is gone in its turn, nothing is made for the counterpart of both either.
{% for role, other in [('a', 'b'), ('b', 'a')] %}
insert into marks
with former as (
  select s._obj as obj, s._id as id, coalesce(g.obj, m.other_object) as other_obj, coalesce(g.id, m.other_id) as other_id
  from mem.replaced m
  left join follow_{{ role }} f on f.from_obj = m.object and f.from_id = m.id
  left join follow_{{ other }} g on g.from_obj = m.other_object and g.from_id = m.other_id
  join side_{{ role }} s on s._obj = coalesce(f.obj, m.object) and s._id = coalesce(f.id, m.id)
  where m.sync = {{ sync.name | literal }} and m.system = '{{ sync.side(role).system.value }}' and s._live
    and not exists (from pairs p where p.{{ role }}_obj = s._obj and p.{{ role }}_id = s._id)
), told as (
  select '{{ role }}' as role, obj, id, other_obj || '/' || other_id as others from former
  union all
  select '{{ other }}', other_obj, other_id, obj || '/' || id from former t
  where not exists (from pairs p where p.{{ other }}_obj = t.other_obj and p.{{ other }}_id = t.other_id)
)
select role, obj, id, 'would_duplicate', -1, min(others), 'its former link'
from told t where not exists (from marks k where k.role = t.role and k.obj = t.obj and k.id = t.id)
group by role, obj, id;
{% endfor %}

{% endif %}
create or replace temp table live_pairs as
select * exclude (state, both_gone) from pair_state where state = 'live';

{% for role in ['a', 'b'] %}
create or replace temp table left_{{ role }} as
select s._obj as obj, s._id as id, s._name as name, m.kind as mark, m.others, m.note, m.key_no
from side_{{ role }} s
left join marks m on m.role = '{{ role }}' and m.obj = s._obj and m.id = s._id
where s._live and s._out is null
  and not exists (from pairs p where p.{{ role }}_obj = s._obj and p.{{ role }}_id = s._id)
  and (m.key_no = -1
       or (not exists (from linked l where l.{{ role }}_obj = s._obj and l.{{ role }}_id = s._id)
           and not exists (from linked l where l.{{ role }}_object = s._obj and l.old_{{ role }}_id = s._id)));
{% endfor %}
