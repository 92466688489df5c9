-- The kept records of one sync, their pairs, and their counterparts.
insert into why_pairs
select {{ sync.name | literal }}, p.a_obj, p.a_id, p.b_obj, p.b_id, p.old_a_obj, p.old_a_id, p.old_b_obj, p.old_b_id,
  p.state, p.is_new, p.followed, kn.key, kn.line,
  -- By which keys the two would find each other now, whatever linked them.
  list_filter([{% for key in sync.keys %}case when {{ key.form('a') }} = {{ key.form('b') }} then {{ key.name | literal }} end{{ ", " if not loop.last }}{% endfor %}], lambda k: k is not null)
from pair_state p
left join key_names kn on kn.key_no = p.key_no
left join side_a a on a._obj = p.a_obj and a._id = p.a_id
left join side_b b on b._obj = p.b_obj and b._id = p.b_id
where {{ focus.keeps(sync, 'p') }};

{% for side in [sync.a, sync.b] %}
insert into why_records
select {{ sync.name | literal }}, '{{ side.role }}', s._obj, s._id, s._name,
  case when not s._visible then 'not_visible' when s._deleted then 'deleted' when s._closed then 'converted' else 'live' end,
  s._stamp, s._writer, s._read_at
from side_{{ side.role }} s
where {{ focus.keeps_record(side.system).replace('@obj', 's._obj').replace('@id', 's._id') }}
   or exists (from why_pairs p where p.sync = {{ sync.name | literal }}
              and (s._obj, s._id) in ((p.{{ side.role }}_obj, p.{{ side.role }}_id), (p.old_{{ side.role }}_obj, p.old_{{ side.role }}_id)));
{% endfor %}
