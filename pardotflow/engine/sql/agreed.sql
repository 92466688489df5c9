-- What else the next apply remembers of linked pairs: the base of every cell that agrees, where it is not remembered yet.
insert into out_agreed
with equal as (
  select lp.a_obj, lp.a_id, lp.b_obj, lp.b_id, a._stamp as a_stamp, b._stamp as b_stamp,
         unnest([
{% for c in mappings %}
           {'m': {{ c.number }}, 'ra': cast({{ c.raw_a }} as varchar), 'rb': cast({{ c.raw_b }} as varchar),
            'agree': {{ c.applies }} and {{ c.form_a }} is not distinct from {{ c.form_b }} }{{ "," if not loop.last }}
{% endfor %}
         ]) as c
  from live_pairs lp
  join side_a a on a._obj = lp.a_obj and a._id = lp.a_id
  join side_b b on b._obj = lp.b_obj and b._id = lp.b_id
  where {{ focus }}
)
select {{ sync.name | literal }}, e.a_obj, e.a_id, e.b_obj, e.b_id, mp.key, mp.digest, e.c.ra, e.c.rb, 0
from equal e
join mappings mp on mp.m = e.c.m
left join mem.bases x on x.sync = {{ sync.name | literal }} and x.field = mp.key
  and x.a_object = e.a_obj and x.a_id = e.a_id and x.b_object = e.b_obj and x.b_id = e.b_id
where e.c.agree
  and not starts_with(e.a_id, 'new:') and not starts_with(e.b_id, 'new:')
  and (x.field is null or x.digest is distinct from mp.digest
       or x.a_value is distinct from e.c.ra or x.b_value is distinct from e.c.rb or x.sent_side is not null)
  and not coalesce((x.sent_side = 'a' and e.a_stamp < x.sent_at - interval 2 second)
                or (x.sent_side = 'b' and e.b_stamp < x.sent_at - interval 2 second), false);
{% for c in mappings if c.mapping.users and c.mapping.users.queues.value == 'skip' %}

-- A queue is no user: with queues: skip what its records hold on the other side stays, and that is told.
insert into out_accepted
select {{ sync.name | literal }}, '{{ sync.b.system.value }}', b._obj, b._id, b._name, {{ (c.field_b.values() | first) | literal }},
  {{ c.raw_a }}, {{ c.raw_b }}, 'owned_by_a_queue', {{ c.mapping.span.short | literal }}, {{ c.mapping.pii | literal }}
from live_pairs lp
join side_a a on a._obj = lp.a_obj and a._id = lp.a_id
join side_b b on b._obj = lp.b_obj and b._id = lp.b_id
where {{ focus }} and starts_with({{ c.raw_a }}, '00G') and not starts_with(lp.a_id, 'new:') and not starts_with(lp.b_id, 'new:');
{% endfor %}
