-- Who is left without a counterpart, and why: what a match key found, that none found anybody, or that there was no value
-- to look for.
insert into out_unmatched
{% for role in ['a', 'b'] %}
select {{ sync.name | literal }}, '{{ sync.side(role).system.value }}',
  case when exists (from out_creates c where c.sync = {{ sync.name | literal }} and c.{{ role }}_obj = l.obj and c.{{ role }}_id = l.id) then 'created'
       when l.mark is not null then l.mark
       when coalesce({% for key in sync.keys %}s._k_{{ key.number }}{{ ', ' }}{% endfor %}null) is null then 'no_key_value'
       else 'nobody' end as reason, count(*)
from left_{{ role }} l join side_{{ role }} s on s._obj = l.obj and s._id = l.id
where not starts_with(l.id, 'new:')
group by reason
{{ 'union all' if role == 'a' else ';' }}
{% endfor %}
