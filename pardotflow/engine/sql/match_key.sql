-- One match key. Two candidates are never guessed between; a record whose id the other side names is that record or none.
-- A record that does not take part is a candidate still, and is never linked.
{% macro chosen(role, by_object, last) %}
{% if by_object or role in last %}
rank() over (partition by v order by case when live then 0 else 1 end{{ ', prio' if by_object }}{% if role in last %}, pick {{ 'desc' if last[role] else 'asc' }} nulls last{% endif %}) = 1
{%- else %}
true
{%- endif %}
{% endmacro %}
create or replace temp table ka as
select *, {{ chosen('a', by_object, last) }} as chosen from (
  select a._obj as obj, a._id as id, a._prio as prio, a._live as live, a._deleted or not a._visible or a._closed as deleted,
         {% if key.names == 'a' %}coalesce(f.key, {{ key.form('a') }}){% else %}{{ key.form('a') }}{% endif %} as v,
         a._live and t.id is null and a._out is null as free, a._out as out{% if 'a' in last %}, a._pick as pick{% endif %}

  from side_a a left join taken t on t.role = 'a' and t.obj = a._obj and t.id = a._id
  {% if key.names == 'a' %}left join follow_b f on f.from_key = {{ key.form('a') }}{% endif %}

) where v is not null{% if recreate.a %} and not exists (from recreated r where r.gone = 'a' and r.a_obj = obj and r.a_id = id){% endif %}
{% if key.names == 'a' and recreate.b %} and not exists (from recreated r where r.gone = 'b' and r.a_obj = obj and r.a_id = id and r.gone_key = v){% endif %};

create or replace temp table kb as
select *, {{ chosen('b', false, last) }} as chosen from (
  select b._obj as obj, b._id as id, b._prio as prio, b._live as live, b._deleted or not b._visible or b._closed as deleted,
         {% if key.names == 'b' %}coalesce(f.key, {{ key.form('b') }}){% else %}{{ key.form('b') }}{% endif %} as v,
         b._live and t.id is null and b._out is null as free, b._out as out{% if 'b' in last %}, b._pick as pick{% endif %}

  from side_b b left join taken t on t.role = 'b' and t.obj = b._obj and t.id = b._id
  {% if key.names == 'b' %}left join follow_a f on f.from_key = {{ key.form('b') }}{% endif %}

) where v is not null{% if recreate.b %} and not exists (from recreated r where r.gone = 'b' and r.b_obj = obj and r.b_id = id){% endif %}
{% if key.names == 'b' and recreate.a %} and not exists (from recreated r where r.gone = 'a' and r.b_obj = obj and r.b_id = id and r.gone_key = v){% endif %};

{% for role in ['a', 'b'] %}
create or replace temp table v{{ role }} as
select v, count(*) filter (live and chosen) as n_live, count(*) filter (free and chosen) as n_free,
       count(*) filter (deleted) as n_deleted, count(*) as n_all,
       string_agg(obj || '/' || id || case out when 'do_not_sync' then ' (not to be synced)' when 'outside_selection' then ' (outside the selection)'
                                             when 'person_contact' then ' (the contact of a person account)' when 'business_account' then ' (a business account)'
                                             else '' end, ', ' order by obj, id) filter (live and chosen) as live_names,
       string_agg(obj || '/' || id, ', ' order by obj, id) filter (deleted) as deleted_names
from k{{ role }} group by v;
{% endfor %}

create or replace temp table found as
select ka.obj as a_obj, ka.id as a_id, kb.obj as b_obj, kb.id as b_id
from ka join kb on ka.v = kb.v join va on va.v = ka.v join vb on vb.v = kb.v
where va.n_live = 1 and vb.n_live = 1 and ka.free and ka.chosen and kb.free and kb.chosen;

insert into pairs
select a_obj, a_id, b_obj, b_id, {{ key.number }}, false, true, a_id, b_id, a_obj, b_obj, null from found;

{% for role, other in [('a', 'b'), ('b', 'a')] %}
create or replace temp table mark_{{ role }} as
select '{{ role }}' as role, k.obj, k.id,
  case
    when o.v is null or (o.n_live = 0 and o.n_deleted = 0) then 'dangling'
    when o.n_live = 0 then 'was_deleted'
    when not k.chosen or o.n_free = 0 or (o.n_live = 1 and me.n_live = 1) then 'would_duplicate'
    else 'ambiguous'
  end as kind,
  {{ key.number }} as key_no,
  case when o.n_live = 0 then o.deleted_names when o.n_live is not null and me.n_live > 1
       then coalesce(o.live_names, '') || ' / ' || me.live_names else o.live_names end as others,
  {{ key.name | literal }} as note
from k{{ role }} k
join v{{ role }} me on me.v = k.v
left join v{{ other }} o on o.v = k.v
where k.free
  and not exists (from found f where f.{{ role }}_obj = k.obj and f.{{ role }}_id = k.id)
  and (o.v is not null and (o.n_live > 0 or o.n_deleted > 0){% if key.names == role %} or true{% endif %});
{% endfor %}

insert into marks
select * from (from mark_a union all from mark_b) m
where {% if shared %}kind <> 'would_duplicate' and {% endif %}not exists (from marks x where x.role = m.role and x.obj = m.obj and x.id = m.id);

insert into taken
select 'a', a_obj, a_id from found union all select 'b', b_obj, b_id from found
union all
select role, obj, id from (from mark_a union all from mark_b)
where kind in ('ambiguous', {% if not shared %}'would_duplicate', {% endif %}'dangling') {% if key.names %}or (kind = 'was_deleted' and role = '{{ key.names }}'){% endif %};
