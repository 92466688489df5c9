-- Each side stores the other side's id where a match key says so: written back where it is blank, and where a link
-- follows a conversion or a merge. An id that names another record is never overwritten; it is listed.
{% for key in keys %}
{% for object, field in key.id_fields.items() %}
{% set role = key.names %}
{% set other = 'b' if role == 'a' else 'a' %}
{% set system = sync.a.system.value if role == 'a' else sync.b.system.value %}
{% set value = 's._k_' ~ key.number %}
{% set persons = sync.side(other).person_accounts %}
{% set told = 'coalesce(o._told, p.' ~ other ~ '_id)' if persons else 'p.' ~ other ~ '_id' %}
insert into out_fields
select {{ sync.name | literal }}, '{{ system }}', s._obj, s._id, s._name, 'update', {{ field | literal }}, {{ id_types[key.number][object] | literal }},
  s.{{ field | name }}, {{ told }},
  case when starts_with(p.{{ other }}_id, 'new:') then p.{{ other }}_id end, '',
  'id', 'same', case when p.followed or s.{{ field | name }} is not null then 'the link follows a conversion or a merge' else 'linked by ' || coalesce(kn.key, 'memory') end,
  {{ key.line | literal }}, '', p.a_obj, p.a_id, p.b_obj, p.b_id, null, null, null, null, null, null
from live_pairs p
join side_{{ role }} s on s._obj = p.{{ role }}_obj and s._id = p.{{ role }}_id
left join key_names kn on kn.key_no = p.key_no
{% if persons %}
left join side_{{ other }} o on o._obj = p.{{ other }}_obj and o._id = p.{{ other }}_id
{% endif %}
where s._obj = {{ object | literal }} and {{ focus_pair }}
  -- A row from before our own last write to it, which a lagging cache may still show, proves no blank.
  and not exists (from mem.writes w where w.system = '{{ system }}' and w.object = s._obj and w.id = s._id
    and s._stamp < w.from_at - interval 2 second and s._read_at < w.to_at + interval {{ lags[role] }} second)
  and ({{ value }} is null or exists (from follow_{{ other }} f where f.from_key = {{ value }} and f.id = p.{{ other }}_id)
{%- if persons %} and {{ value }} <> nf_id({{ told }}){% endif %});

insert into out_ambiguous
select {{ sync.name | literal }}, '{{ system }}', s._obj, s._id, s._name, {{ key.name | literal }},
  s.{{ field | name }} || ' / ' || p.{{ other }}_id, {{ (field ~ ' names another record than the link') | literal }}, {{ key.line | literal }}
from live_pairs p
join side_{{ role }} s on s._obj = p.{{ role }}_obj and s._id = p.{{ role }}_id
join side_{{ other }} o on o._obj = p.{{ other }}_obj and o._id = p.{{ other }}_id
where s._obj = {{ object | literal }} and {{ focus_pair }}
  and not starts_with(p.{{ other }}_id, 'new:') and {{ value }} <> o._key
  and not exists (from follow_{{ other }} f where f.from_key = {{ value }} and f.id = p.{{ other }}_id);
{% endfor %}
{% endfor %}
