-- Each side stores the other side's id where a match key says so: written back where it is blank, and where a link
-- follows a conversion or a merge. An id that names another record is never overwritten; it is listed.
{% for key in keys %}
{% for object, field in key.id_fields.items() %}
{% set role = key.names %}
{% set other = 'b' if role == 'a' else 'a' %}
{% set system = sync.a.system.value if role == 'a' else sync.b.system.value %}
{% set form = 'id' if (sync.b if role == 'a' else sync.a).system.value == 'salesforce' else 'number' %}
insert into out_fields
select {{ sync.name | literal }}, '{{ system }}', s._obj, s._id, s._name, 'update', {{ field | literal }}, {{ id_types[key.number] | literal }},
  s.{{ field | name }}, p.{{ other }}_id,
  case when starts_with(p.{{ other }}_id, 'new:') then p.{{ other }}_id end, '',
  'id', 'same', case when p.followed or s.{{ field | name }} is not null then 'the link follows a conversion or a merge' else 'linked by ' || coalesce(kn.key, 'memory') end,
  {{ key.line | literal }}, '', p.a_obj, p.a_id, p.b_obj, p.b_id, null, null, null, null, null
from live_pairs p
join side_{{ role }} s on s._obj = p.{{ role }}_obj and s._id = p.{{ role }}_id
left join key_names kn on kn.key_no = p.key_no
where s._obj = {{ object | literal }} and {{ focus_pair }}
  -- A row from before our own last write to it, which a lagging cache may still show, proves no blank.
  and not exists (from mem.writes w where w.system = '{{ system }}' and w.object = s._obj and w.id = s._id
    and s._stamp < w.from_at - interval 2 second and s._read_at < w.to_at + interval {{ lags[role] }} second)
  and (nf_text(s.{{ field | name }}) is null
       or exists (from follow_{{ other }} f where nf_{{ form }}(f.from_id) = nf_{{ form }}(s.{{ field | name }}) and f.id = p.{{ other }}_id));

insert into out_ambiguous
select {{ sync.name | literal }}, '{{ system }}', s._obj, s._id, s._name, {{ key.name | literal }},
  s.{{ field | name }} || ' / ' || p.{{ other }}_id, {{ (field ~ ' names another record than the link') | literal }}, {{ key.line | literal }}
from live_pairs p
join side_{{ role }} s on s._obj = p.{{ role }}_obj and s._id = p.{{ role }}_id
where s._obj = {{ object | literal }} and {{ focus_pair }}
  and nf_text(s.{{ field | name }}) is not null and not starts_with(p.{{ other }}_id, 'new:')
  and nf_{{ form }}(s.{{ field | name }}) is distinct from nf_{{ form }}(p.{{ other }}_id)
  and not exists (from follow_{{ other }} f where nf_{{ form }}(f.from_id) = nf_{{ form }}(s.{{ field | name }}) and f.id = p.{{ other }}_id);
{% endfor %}
{% endfor %}
