-- Who was found by a key and is linked with nobody all the same.
{% for role, other in [('a', 'b'), ('b', 'a')] %}
{% set system = sync.a.system.value if role == 'a' else sync.b.system.value %}
{% set other_system = sync.b.system.value if role == 'a' else sync.a.system.value %}
insert into out_skipped
select {{ sync.name | literal }}, '{{ system }}', obj, id, name, 'dangling', note
from left_{{ role }} l where mark = 'dangling' and {{ focus_role[role].replace('@obj', 'obj').replace('@id', 'id') }};

insert into out_ambiguous
select {{ sync.name | literal }}, '{{ system }}', obj, id, name, case when key_no < 0 then 'link' else note end, others,
       case when key_no < 0 then note else 'several records share ' || note end, coalesce(kn.line, {{ sync.line | literal }})
from left_{{ role }} l left join key_names kn using (key_no) where mark = 'ambiguous' and {{ focus_role[role].replace('@obj', 'obj').replace('@id', 'id') }};

{% endfor %}
