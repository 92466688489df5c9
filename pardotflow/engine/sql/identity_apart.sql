-- Pairs of which a record is gone, converted or not visible.
{% for role, other in [('a', 'b'), ('b', 'a')] %}
{% set system = sync.a.system.value if role == 'a' else sync.b.system.value %}
{% set other_system = sync.b.system.value if role == 'a' else sync.a.system.value %}
insert into out_skipped
select {{ sync.name | literal }}, '{{ other_system }}', p.{{ other }}_obj, p.{{ other }}_id, coalesce(s._name, ''),
  case p.state when '{{ role }}_gone' then 'counterpart_gone' when '{{ role }}_converted' then 'converted' else 'not_visible' end,
  p.{{ role }}_obj || '/' || p.{{ role }}_id{% if unlink[role] %} || case p.state when '{{ role }}_gone' then ': the link ends' else '' end{% endif %}
{%- if narrowed[role] and (archive[role] or recreate[role]) %}
 || case when p.state <> '{{ role }}_gone' or g._apart is null or g._apart in ('person_contact', 'business_account') then '' when g._apart = 'do_not_sync' then ', which was not to be synced' else ', which was outside the selection' end
{%- endif %}

from pair_state p left join side_{{ other }} s on s._obj = p.{{ other }}_obj and s._id = p.{{ other }}_id
left join side_{{ role }} g on g._obj = p.{{ role }}_obj and g._id = p.{{ role }}_id
where starts_with(p.state, '{{ role }}_') and not p.both_gone
{%- if archive[role] %} and not (p.state = '{{ role }}_gone' and coalesce(s._live, false) and g._apart is null){% endif %} and {{ focus_role[other].replace('@obj', 'p.' ~ other ~ '_obj').replace('@id', 'p.' ~ other ~ '_id') }};

{% endfor %}
