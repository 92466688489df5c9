-- Records that one side lacks. A create is planned only where no match key finds anything on the other side, and where
-- no second record of the same batch would make the same person again.
{% set r = source %}
create or replace temp table wanted as
select l.obj, l.id, l.name, l.mark, l.others, l.note, coalesce(l.key_no, -1) as key_no, coalesce(s._create_when, false) as condition, {{ owner }} as owner
{%- if created %}, nf_instant(s.{{ created | name }}) as created{% endif %}
{%- for key in symmetric_keys %}, {{ key.value }} as key_{{ key.number }}{% endfor %}

from left_{{ r }} l join side_{{ r }} {{ r }} on {{ r }}._obj = l.obj and {{ r }}._id = l.id
join side_{{ r }} s on s._obj = l.obj and s._id = l.id
where not starts_with(l.id, 'new:') and coalesce(l.mark, '') not in ('ambiguous', 'dangling');
