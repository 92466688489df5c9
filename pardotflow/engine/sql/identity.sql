-- How records were paired, and who was left out for which reason.
{% for role, other in [('a', 'b'), ('b', 'a')] %}
{% set system = sync.a.system.value if role == 'a' else sync.b.system.value %}
{% set other_system = sync.b.system.value if role == 'a' else sync.a.system.value %}
{% if narrowed[role] %}
-- Pairs of which a record does not take part any more: link and bases stay, unless the side lets the link end. It ends
-- only where a match key finds the pair: else one of the two would be made again.
{% set found_again %}(false{% for key in sync.keys %} or a._k_{{ key.number }} = b._k_{{ key.number }}{% endfor %}){% endset %}
insert into out_skipped
select {{ sync.name | literal }}, '{{ system }}', s._obj, s._id, s._name,
  case s._out when 'outside_selection' then 'left_selection' else s._out end,
  'linked with ' || p.{{ other }}_obj || '/' || p.{{ other }}_id{% if forget[role] %}
    || case when s._out <> 'outside_selection' then '' when {{ found_again }} then ': the link ends' else ': no match key would find it again, so the link stays' end{% endif %}

from pair_state p join side_{{ role }} s on s._obj = p.{{ role }}_obj and s._id = p.{{ role }}_id
{% if forget[role] %}
left join side_a a on a._obj = p.a_obj and a._id = p.a_id left join side_b b on b._obj = p.b_obj and b._id = p.b_id
{% endif %}
where p.state = 'out_{{ role }}' and {{ focus_pair }}
{%- if archive_out[role] %} and not (s._out = 'outside_selection' and exists (from side_{{ other }} o where o._obj = p.{{ other }}_obj and o._id = p.{{ other }}_id
    and o._live and o._out is null)){% endif %};
{% if forget[role] %}

insert into out_links
select {{ sync.name | literal }}, a_obj, a_id, b_obj, b_id, old_a_obj, old_a_id, old_b_obj, old_b_id, 'forgotten', null
from pair_state p join side_a a on a._obj = p.a_obj and a._id = p.a_id join side_b b on b._obj = p.b_obj and b._id = p.b_id
where p.state = 'out_{{ role }}' and {{ role }}._out = 'outside_selection' and not is_new and {{ found_again }} and {{ focus_pair }};
{% endif %}

insert into out_left_out
select {{ sync.name | literal }}, '{{ system }}', s._out, count(*), {{ sync.side(role).config.span.short | literal }}
from side_{{ role }} s
where s._out is not null and not exists (from pairs p where p.{{ role }}_obj = s._obj and p.{{ role }}_id = s._id)
group by s._out;
{% if focus_role[role] != 'true' %}

-- A record that was asked for by name is named where it does not take part.
insert into out_skipped
select {{ sync.name | literal }}, '{{ system }}', s._obj, s._id, s._name, s._out, 'without a counterpart'
from side_{{ role }} s
where s._out is not null and {{ focus_role[role].replace('@obj', 's._obj').replace('@id', 's._id') }}
  and not exists (from pairs p where p.{{ role }}_obj = s._obj and p.{{ role }}_id = s._id);
{% endif %}
{% endif %}
{% endfor %}

insert into out_identity
select {{ sync.name | literal }},
  (select count(*) from pairs where not is_new), (select count(*) from pairs where followed),
  (select count(*) from (select id from left_a where mark = 'ambiguous' union all select id from left_b where mark = 'ambiguous')),
  (select count(*) from left_a where not starts_with(id, 'new:')), (select count(*) from left_b where not starts_with(id, 'new:'));

insert into out_matched
select {{ sync.name | literal }}, key_no, '', count(*) from pairs where is_new group by key_no;
