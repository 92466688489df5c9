-- Everything that the plan would send is taken, at a moment after all that was read, and new records get ids.
create or replace temp table outcomes as
select change, case when action <> 'create' then id
                    when system = 'salesforce' then 'SIM' || '{{ round }}' || lpad(cast(change as varchar), 11, '0')
                    else cast({{ round }} * 1000000000000 + change as varchar) end as record_id,
       timestamp '{{ moment }}' as sent_at, timestamp '{{ moment }}' as answered_at
from plan.changes where sendable;
insert into simulated
select c.system, c.object, o.record_id, c.id from plan.changes c join outcomes o using (change) where c.action = 'create';
create or replace temp table writers as select distinct system, '{{ writer }}' as writer from plan.changes;
create or replace temp table stored (change integer, field varchar, value varchar);
create or replace temp table lost (change integer, sent_at timestamp, given_up_at timestamp);
create or replace temp table moved_records (system varchar, object varchar, id varchar);
create or replace temp table made_before (change integer, record_id varchar);
