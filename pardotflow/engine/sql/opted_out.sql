-- How many pairs say no on both sides.
insert into out_opted_out
{% for c in mappings %}
{% if not loop.first %}
union all
{% endif %}
select {{ sync.name | literal }}, {{ c.mapping.key | literal }}, count(*)
from live_pairs lp join side_a a on a._obj = lp.a_obj and a._id = lp.a_id join side_b b on b._obj = lp.b_obj and b._id = lp.b_id
where {{ c.applies }} and {{ c.form_a }} = 'true' and {{ c.form_b }} = 'true' and not starts_with(lp.a_id, 'new:') and not starts_with(lp.b_id, 'new:')
{% endfor %};
