-- A sync that is only shown changes nothing for the syncs after it.
{% for side in [sync.a, sync.b] if side.system.value != 'warehouse' %}
{% for object in side.objects %}
delete from {{ ('overlay.' ~ side.system.value ~ '.' ~ object.name) | name }}
where _id in (select id from out_fields where sync = {{ sync.name | literal }});
{% endfor %}
{% endfor %}
