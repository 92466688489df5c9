-- A change that was refused before and has not changed since is not tried again; it is listed with what the system said.
create or replace temp table refused as
with payloads as (
  select system, object, id, md5(string_agg(field || '=' || coalesce(after, after_ref, ''), chr(31) order by field)) as payload,
         case when starts_with(id, 'new:') then 'create' else 'update' end as action
  from (from out_fields
        where (system, object, id) in (select (system, object, record) from sync_errors)
        qualify row_number() over (partition by system, object, id, field order by action = 'update' desc, sync desc) = 1)
  group by system, object, id
  union all
  -- A record that stays in the recycle bin is not written either.
  select distinct system, object, id, md5('='), 'undelete' from out_undeletes
)
select p.system, p.object, p.id, e.action, e.code, e.message, e.state
from payloads p join sync_errors e
  on e.system = p.system and e.object = p.object and e.record = p.id and e.action = p.action and e.payload = p.payload;
