-- What becomes of each of them.
create or replace temp table judged_creates as
select *,
  case
    when not condition then 'skipped:create_condition'
{% if created %}
    when coalesce(created < {{ rule_start }}, true) then 'skipped:older_than_rule'
{% endif %}
    when mark = 'was_deleted' then 'held:was_deleted'
    when mark = 'would_duplicate'{% if share_email_keys %} and key_no not in ({{ share_email_keys | join(', ') }}){% endif %} then 'held:would_duplicate'
    when unknown_id is not null then 'held:unknown_outcome'
    when partly is not null then 'held:' || partly
{% for key in symmetric_keys %}
{% if key.number not in share_email_keys %}
    when key_{{ key.number }} is not null and count(*) filter (condition) over (partition by key_{{ key.number }}) > 1 then 'held:twin'
{% for item, field in key.addresses %}
    when exists (from out_fields f where f.sync = {{ sync.name | literal }} and f.system = '{{ target_system }}' and f.object = {{ item | literal }}
                 and f.field = {{ field | literal }} and nf_email(f.after) = key_{{ key.number }}) then 'held:given'
{% endfor %}
{% endif %}
{% endfor %}
    when starts_with(owner, chr(2)) then 'held:unmapped_user'
    else 'create' end as verdict
from wanted left join (select record as unknown_id, bool_or(unseen) as is_unseen from unknown_creates where system = '{{ target_system }}' group by record) u on u.unknown_id = wanted.id
  cross join (select max(kind) as partly from partly_read where system = '{{ target_system }}' and object in ({{ target_objects | literals }})) p;
delete from judged_creates where not ({{ focus_role.replace('@obj', 'obj').replace('@id', 'id') }});

insert into out_skipped
select {{ sync.name | literal }}, '{{ source_system }}', obj, id, name, 'create_condition', {{ rule_when | literal }}
from judged_creates where verdict = 'skipped:create_condition';
{% if created %}

insert into out_skipped
select {{ sync.name | literal }}, '{{ source_system }}', obj, id, name, 'older_than_rule', coalesce('made on ' || cast(cast(created as date) as varchar), '')
from judged_creates where verdict = 'skipped:older_than_rule';
{% endif %}

insert into out_held
select {{ sync.name | literal }}, '{{ source_system }}', obj, id, name, '', null, null,
  case when verdict in ('held:twin', 'held:given') then 'would_duplicate' else substr(verdict, 6) end,
  case verdict when 'held:was_deleted' then 'its counterpart was deleted or converted: ' || coalesce(others, '')
               when 'held:twin' then 'several records without a counterpart share a match key'
               when 'held:given' then 'this plan gives its address to another record'
               when 'held:incomplete_read' then 'its counterpart may be among the rows of {{ target_system }} that were not read'
               when 'held:filtered_source' then 'its counterpart may be among the records that the filter of its source leaves out'
               when 'held:unmapped_user' then split_part(owner, chr(2), 2) || ': ' || split_part(owner, chr(2), 3)
               when 'held:unknown_outcome' then case when is_unseen then 'it was made, and the connected user may not see it: grant the right to see it'
                 else 'a create was sent and its answer never came; it can be looked up in a minute' end
               else note || ' finds ' || coalesce(others, '') end,
  {{ line | literal }}, ''
from judged_creates where starts_with(verdict, 'held:');
