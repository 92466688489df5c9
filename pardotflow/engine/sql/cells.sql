-- One row for each mapped field of each linked pair in which the two sides differ. Cells that agree are not looked at:
-- nothing is written for them, whatever moved. Only `why` looks at them too, of the pairs that it keeps.
create or replace temp table cells as
select p.* exclude (c), c.m, c.ra, c.rb, c.ca, c.cb, c.oa, c.ob
from (
  select lp.a_obj, lp.a_id, lp.b_obj, lp.b_id, lp.old_a_obj, lp.old_a_id, lp.old_b_obj, lp.old_b_id, lp.is_new,
         a._name as a_name, b._name as b_name, a._stamp as a_stamp, a._writer as a_writer, a._read_at as a_read_at,
         b._stamp as b_stamp, b._writer as b_writer, b._read_at as b_read_at,
         unnest([
{% for c in mappings %}
           {'m': {{ c.number }}, 'ra': cast({{ c.raw_a }} as varchar), 'rb': cast({{ c.raw_b }} as varchar),
            'ca': {{ c.form_a }}, 'cb': {{ c.form_b }}, 'oa': cast({{ c.out_a }} as varchar), 'ob': cast({{ c.out_b }} as varchar),
            'applies': {{ c.applies }} }{{ "," if not loop.last }}
{% endfor %}
         ]) as c
  from live_pairs lp
  join side_a a on a._obj = lp.a_obj and a._id = lp.a_id
  join side_b b on b._obj = lp.b_obj and b._id = lp.b_id
  where {{ kept or 'false' }}
{% for c in mappings if not kept %}
     or ({{ c.applies }} and {{ c.form_a }} is distinct from {{ c.form_b }})
{% endfor %}
) p
where c.applies{{ '' if kept else ' and (c.ca is distinct from c.cb)' }};
