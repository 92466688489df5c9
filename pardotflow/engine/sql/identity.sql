-- How records were paired, which links the next apply remembers, and who was left out for which reason.
insert into out_links
select {{ sync.name | literal }}, a_obj, a_id, b_obj, b_id, old_a_obj, old_a_id, old_b_obj, old_b_id,
       case when is_new then 'found' else 'followed' end, null
from live_pairs p where {{ focus_pair }} and (is_new or followed) and not starts_with(a_id, 'new:') and not starts_with(b_id, 'new:');
{% for role, other in [('a', 'b'), ('b', 'a')] %}
{% set system = sync.a.system.value if role == 'a' else sync.b.system.value %}
{% set other_system = sync.b.system.value if role == 'a' else sync.a.system.value %}
{% if unlink[role] %}
insert into out_links
select {{ sync.name | literal }}, a_obj, a_id, b_obj, b_id, old_a_obj, old_a_id, old_b_obj, old_b_id, 'tombstone', '{{ system }}'
from pair_state where state = '{{ role }}_gone';
{% endif %}

insert into out_skipped
select {{ sync.name | literal }}, '{{ other_system }}', p.{{ other }}_obj, p.{{ other }}_id, coalesce(s._name, ''),
  case p.state when '{{ role }}_gone' then 'counterpart_gone' when '{{ role }}_converted' then 'converted' else 'not_visible' end,
  p.{{ role }}_obj || '/' || p.{{ role }}_id{% if unlink[role] %} || case p.state when '{{ role }}_gone' then ': the link ends' else '' end{% endif %}

from pair_state p left join side_{{ other }} s on s._obj = p.{{ other }}_obj and s._id = p.{{ other }}_id
where starts_with(p.state, '{{ role }}_') and {{ focus_role[other].replace('@obj', 'p.' ~ other ~ '_obj').replace('@id', 'p.' ~ other ~ '_id') }};

insert into out_skipped
select {{ sync.name | literal }}, '{{ system }}', obj, id, name, 'dangling', note
from left_{{ role }} l where mark = 'dangling' and {{ focus_role[role].replace('@obj', 'obj').replace('@id', 'id') }};

insert into out_skipped
select {{ sync.name | literal }}, '{{ system }}', l.{{ role }}_obj, l.{{ role }}_id, coalesce(s._name, ''), 'counterpart_gone', 'unlinked'
from linked l join side_{{ role }} s on s._obj = l.{{ role }}_obj and s._id = l.{{ role }}_id
where l.tombstone = '{{ other_system }}' and s._live and {{ focus_role[role].replace('@obj', 'l.' ~ role ~ '_obj').replace('@id', 'l.' ~ role ~ '_id') }};

insert into out_ambiguous
select {{ sync.name | literal }}, '{{ system }}', obj, id, name, case when key_no < 0 then 'link' else note end, others,
       case when key_no < 0 then note else 'several records share ' || note end, coalesce(kn.line, {{ sync.line | literal }})
from left_{{ role }} l left join key_names kn using (key_no) where mark = 'ambiguous' and {{ focus_role[role].replace('@obj', 'obj').replace('@id', 'id') }};
{% endfor %}

insert into out_identity
select {{ sync.name | literal }},
  (select count(*) from pairs where not is_new), (select count(*) from pairs where followed),
  (select count(*) from (select id from left_a where mark = 'ambiguous' union all select id from left_b where mark = 'ambiguous')),
  (select count(*) from left_a where not starts_with(id, 'new:')), (select count(*) from left_b where not starts_with(id, 'new:'));

insert into out_matched
select {{ sync.name | literal }}, key_no, '', count(*) from pairs where is_new group by key_no;
