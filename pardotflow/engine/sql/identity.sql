-- How records were paired, which links the next apply remembers, and who was left out for which reason.
-- A pair of which both records are gone is over in any case.
insert into out_links
select {{ sync.name | literal }}, a_obj, a_id, b_obj, b_id, old_a_obj, old_a_id, old_b_obj, old_b_id,
       case when state <> 'live' then 'tombstone' when is_new then 'found' else 'followed' end,
       case when state = 'live' then null when both_gone then 'both'
            when state = 'a_gone' then '{{ sync.a.system.value }}' else '{{ sync.b.system.value }}' end
from pair_state p
where {{ focus_pair }} and not starts_with(a_id, 'new:') and not starts_with(b_id, 'new:')
  and ((state = 'live' and (is_new or followed or restore = ''))
    or (not is_new and (both_gone or (state = 'a_gone' and {{ unlink.a }}) or (state = 'b_gone' and {{ unlink.b }}))));
{% for role, other in [('a', 'b'), ('b', 'a')] %}
{% set system = sync.a.system.value if role == 'a' else sync.b.system.value %}
{% set other_system = sync.b.system.value if role == 'a' else sync.a.system.value %}

insert into out_skipped
select {{ sync.name | literal }}, '{{ other_system }}', p.{{ other }}_obj, p.{{ other }}_id, coalesce(s._name, ''),
  case p.state when '{{ role }}_gone' then 'counterpart_gone' when '{{ role }}_converted' then 'converted' else 'not_visible' end,
  p.{{ role }}_obj || '/' || p.{{ role }}_id{% if unlink[role] %} || case p.state when '{{ role }}_gone' then ': the link ends' else '' end{% endif %}

from pair_state p left join side_{{ other }} s on s._obj = p.{{ other }}_obj and s._id = p.{{ other }}_id
where starts_with(p.state, '{{ role }}_') and not p.both_gone
{%- if archive[role] %} and not (p.state = '{{ role }}_gone' and coalesce(s._live, false)){% endif %} and {{ focus_role[other].replace('@obj', 'p.' ~ other ~ '_obj').replace('@id', 'p.' ~ other ~ '_id') }};

insert into out_skipped
select {{ sync.name | literal }}, '{{ system }}', obj, id, name, 'dangling', note
from left_{{ role }} l where mark = 'dangling' and {{ focus_role[role].replace('@obj', 'obj').replace('@id', 'id') }};

insert into out_skipped
select {{ sync.name | literal }}, '{{ system }}', l.{{ role }}_object, l.old_{{ role }}_id, s._name, 'counterpart_gone',
  case l.tombstone when '{{ other_system }}' then 'unlinked' else 'it came back, and ' || l.{{ other }}_object || '/' || l.old_{{ other }}_id || ' did not' end
from linked l join side_{{ role }} s on s._obj = l.{{ role }}_object and s._id = l.old_{{ role }}_id
where l.tombstone in ('{{ system }}', '{{ other_system }}', 'both') and s._live
{%- if recycled %} and coalesce(l.restore, '') = ''{% endif %} and {{ focus_role[role].replace('@obj', 'l.' ~ role ~ '_obj').replace('@id', 'l.' ~ role ~ '_id') }};

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
