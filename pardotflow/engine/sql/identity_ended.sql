-- Who is there again after the link ended.
{% for role, other in [('a', 'b'), ('b', 'a')] %}
{% set system = sync.a.system.value if role == 'a' else sync.b.system.value %}
{% set other_system = sync.b.system.value if role == 'a' else sync.a.system.value %}
insert into out_skipped
select {{ sync.name | literal }}, '{{ system }}', l.{{ role }}_object, l.old_{{ role }}_id, s._name, 'counterpart_gone',
  case l.tombstone when '{{ other_system }}' then 'unlinked' when 'reverted' then 'what a run made is taken back, and not made again' else 'it came back, and ' || l.{{ other }}_object || '/' || l.old_{{ other }}_id || ' did not' end
from linked l join side_{{ role }} s on s._obj = l.{{ role }}_object and s._id = l.old_{{ role }}_id
where l.tombstone in ('{{ system }}', '{{ other_system }}', 'both', 'reverted') and s._live
{%- if recycled %} and coalesce(l.restore, '') = ''{% endif %} and {{ focus_role[role].replace('@obj', 'l.' ~ role ~ '_obj').replace('@id', 'l.' ~ role ~ '_id') }};

{% endfor %}
