-- Records that this sync deletes or restores, as later syncs of the plan see them.
{% for t in turned %}
insert into {{ t.overlay }} by name
select * from {{ t.snapshot }}
where _id in (select id from {{ t.changes }} where sync = {{ sync.name | literal }} and system = '{{ t.system }}' and object = {{ t.object | literal }})
  and _id not in (select _id from {{ t.overlay }});
update {{ t.overlay }} set {{ '_visible = false' if t.is_deleted else '_deleted = false' }}
where _id in (select id from {{ t.changes }} where sync = {{ sync.name | literal }} and system = '{{ t.system }}' and object = {{ t.object | literal }});
{% endfor %}
