-- What follows for the counterpart of a record that is gone, where the configuration says `archive` or `recreate`, and of
-- one that came back after we had deleted its counterpart. Links change when the requests have been confirmed.
{% for role, other in [('a', 'b'), ('b', 'a')] %}
{% set system = sync.side(role).system.value %}
{% set other_system = sync.side(other).system.value %}
{% if archive[role] %}
insert into out_deletes
select {{ sync.name | literal }}, '{{ other_system }}', p.{{ other }}_obj, p.{{ other }}_id, o._name,
  p.{{ role }}_obj || '/' || p.{{ role }}_id || ' was deleted in {{ system }}', {{ line | literal }},
  p.a_obj, p.a_id, p.b_obj, p.b_id, '{{ system }}'
from pair_state p join side_{{ other }} o on o._obj = p.{{ other }}_obj and o._id = p.{{ other }}_id
join side_{{ role }} s on s._obj = p.{{ role }}_obj and s._id = p.{{ role }}_id
where p.state = '{{ role }}_gone' and o._live and s._apart is null and {{ focus_pair }};

{% endif %}
{% if archive_out[role] %}
insert into out_deletes
select {{ sync.name | literal }}, '{{ other_system }}', o._obj, o._id, o._name,
  p.{{ role }}_obj || '/' || p.{{ role }}_id || ' left the selection in {{ system }}', {{ sync.side(role).config.at('on_leave').short | literal }},
  p.old_a_obj, p.old_a_id, p.old_b_obj, p.old_b_id, '{{ system }}'
from pair_state p join side_{{ role }} s on s._obj = p.{{ role }}_obj and s._id = p.{{ role }}_id
join side_{{ other }} o on o._obj = p.{{ other }}_obj and o._id = p.{{ other }}_id
where p.state = 'out_{{ role }}' and s._out = 'outside_selection' and o._live and o._out is null and {{ focus_pair }};

{% endif %}
{% if recreate[role] %}
insert into out_recreated
select {{ sync.name | literal }}, c.system, c.object, c.id, r.old_a_obj, r.old_a_id, r.old_b_obj, r.old_b_id
from out_creates c join recreated r on r.gone = '{{ role }}' and r.{{ other }}_obj = c.{{ other }}_obj and r.{{ other }}_id = c.{{ other }}_id
where c.sync = {{ sync.name | literal }} and c.system = '{{ system }}';

{% endif %}
{% if recycled and role not in unrestorable %}
insert into out_undeletes
select {{ sync.name | literal }}, '{{ system }}', s._obj, s._id, s._name,
  p.{{ other }}_obj || '/' || p.{{ other }}_id || ' came back in {{ other_system }}', {{ line | literal }},
  p.old_a_obj, p.old_a_id, p.old_b_obj, p.old_b_id, null
from live_pairs p join side_{{ role }} s on s._obj = p.{{ role }}_obj and s._id = p.{{ role }}_id
where p.restore = '{{ role }}' and {{ focus_pair }};

{% elif recycled %}
insert into out_held
select {{ sync.name | literal }}, '{{ system }}', s._obj, s._id, s._name, '', null, null, 'cannot_undelete',
  l.{{ other }}_object || '/' || l.old_{{ other }}_id || ' came back in {{ other_system }}', {{ line | literal }}, ''
from linked l join side_{{ role }} s on s._obj = l.{{ role }}_object and s._id = l.old_{{ role }}_id
where l.restore = '{{ role }}' and {{ focus_role[role].replace('@obj', 's._obj').replace('@id', 's._id') }};

{% endif %}
{% endfor %}
{% if archive_losers %}
insert into out_deletes
select {{ sync.name | literal }}, '{{ sync.b.system.value }}', l.b_obj, l.b_id, l.name,
  'merged into ' || l.a_obj || '/' || l.a_id || ', which has ' || l.winner, {{ line | literal }},
  l.a_object, l.old_a_id, l.b_object, l.old_b_id, '{{ sync.a.system.value }}'
from losers l
where {{ focus_loser }};

-- One of two prospects goes only while the other one stays.
insert into out_survivors
select {{ sync.name | literal }}, '{{ sync.b.system.value }}', l.b_obj, l.b_id, l.a_obj, l.a_id, l.winner_obj, l.winner_id
from losers l
where {{ focus_loser }};
{% endif %}
