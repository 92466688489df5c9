-- What it takes to bring a run's records back to what they held before it. `old` is the plan that the run carried out,
-- `journal` what became of its changes, `seen_rows` and `seen_values` what the records hold now.

-- The ids that new records got, from whichever run of the plan.
create or replace temp table made as
select c.system, c.object, c.id as planned_id, j.record_id
from old.changes c join made_by_plan j using (change) where c.action = 'create' and j.record_id <> '';

create or replace temp table pairs_of as
select p.kind, p.change, p.sync, p.field, p.mapping, p.sent_side, p.digest, p.a_value, p.b_value, p.tombstone,
       p.a_object, coalesce(na.record_id, p.a_id) as a_id, p.b_object, coalesce(nb.record_id, p.b_id) as b_id
from (
  select 'base' as kind, change, sync, field, mapping, sent_side, digest, a_value, b_value, a_object, a_id, b_object, b_id, null as tombstone from old.bases
  union all
  select 'turned', change, sync, null, null, null, null, null, null, a_object, a_id, b_object, b_id, tombstone from old.recycled
  union all
  select 'made', c.change, l.sync, null, null, null, null, null, null, l.a_object, l.a_id, l.b_object, l.b_id, null
  from old.changes c join old.links l on l.a_id = c.id where c.action = 'create'
  union all
  select 'made', c.change, l.sync, null, null, null, null, null, null, l.a_object, l.a_id, l.b_object, l.b_id, null
  from old.changes c join old.links l on l.b_id = c.id where c.action = 'create'
  union all
  select 'link', null, sync, null, null, null, null, null, null, a_object, a_id, b_object, b_id, kind from old.links where kind in ('found', 'forgotten')
) p
left join old.syncs y using (sync)
left join made na on na.planned_id = p.a_id and na.object = p.a_object and na.system = y.a_system
left join made nb on nb.planned_id = p.b_id and nb.object = p.b_object and nb.system = y.b_system;

-- What the run sent, field by field. An update without an answer counts: the record tells whether it took effect.
create or replace temp table wrote as
select c.change, c.action, c.system, c.object, coalesce(m.record_id, c.id) as id, c.name, j.status, f.sync, f.field, f.type,
       f.before, coalesce(r.record_id, f.after) as after, f.pii, f.line
from old.changes c join journal j using (change)
join old.field_changes f on f.change = c.change and f.sendable
left join made m on m.planned_id = c.id and m.system = c.system and m.object = c.object
left join made r on r.planned_id = f.after_ref
where c.sendable and (not exists (from selections) or exists (from selections s
  where (s.object = '' or s.object = lower(c.object)) and (s.id = '' or s.id in (coalesce(m.record_id, c.id), left(coalesce(m.record_id, c.id), 15)))
    and (s.field = '' or (s.field = lower(f.field) and c.action = 'update'))));

-- The records as they are now. What a lagging cache shows from before the run is not believed: they hold what was sent.
-- `plan_runs` are all runs that worked at the plan: what one of them sent, another may have found and remembered.
create or replace temp table record_now as
select r.system, r.object, r.id, s.id is not null and s.visible as visible, coalesce(s.deleted, false) as deleted, coalesce(s.closed, false) as closed,
       s.follow, s.stamp, s.writer, m.run_id as last_run, m.to_at,
       coalesce(o.run_id is not null and s.stamp < m.from_at - interval 2 second and s.read_at < m.to_at + l.lag * interval 1 second, false) as stale,
       coalesce(o.run_id is not null and (s.writer = m.writer or coalesce(m.writer, '') = '')
         and s.stamp between m.from_at - interval 2 second and m.to_at + interval 2 second, false) or stale as untouched
from (select distinct system, object, id from wrote) r
join lags l using (system)
left join seen_rows s using (system, object, id)
left join mem.writes m using (system, object, id)
left join plan_runs o on o.run_id = m.run_id;

-- Updated fields. The run's own value stands there still where it is what was sent, or what the system made of it.
create or replace temp table undone as
with cells as (
  select w.*, r.visible, r.deleted, r.closed, r.stale, v.id is not null as is_read, x.system is not null as is_writable,
    case when r.stale then w.after else v.value end as now_value,
    p.mapping, p.sent_side, p.a_object, p.a_id, p.b_object, p.b_id, coalesce(b.digest, p.digest) as digest,
    coalesce(b.a_value, p.a_value) as half_a, coalesce(b.b_value, p.b_value) as half_b, b.sync is not null as has_base,
    (select arg_max(h.run_id, h.written_at) from mem.history h
     where h.system = w.system and h.object = w.object and h.id = w.id and h.field = w.field) as last_run
  from wrote w join record_now r using (system, object, id)
  left join seen_values v on v.system = w.system and v.object = w.object and v.id = w.id and v.field = w.field
  left join writable x on x.system = w.system and x.object = w.object and x.field = w.field
  left join pairs_of p on p.kind = 'base' and p.change = w.change and p.sync = w.sync and p.field = w.field
  left join mem.bases b on b.sync = p.sync and b.field = p.mapping
    and b.a_object = p.a_object and b.a_id = p.a_id and b.b_object = p.b_object and b.b_id = p.b_id
  where w.action = 'update' and w.field <> ''
),
formed as (
  select *, stored_form(type, now_value) as form_now, stored_form(type, before) as form_before, stored_form(type, after) as form_after,
    stored_form(type, case sent_side when 'a' then half_a when 'b' then half_b end) as form_base
  from cells
)
select *,
  case when not visible then 'not_visible'
       when deleted then 'deleted'
       when closed then 'converted'
       when not is_read then 'not_read'
       when form_now is not distinct from form_before then 'done'
       when not is_writable then 'not_writable'
       when form_now is not distinct from form_after then 'send'
       when has_base and form_now is not distinct from form_base and last_run in (from plan_runs) then 'rewritten'
       else 'edited' end as verdict
from formed;

-- Records that the run made, or took out of the recycle bin: they go there (again), if nobody touched them since.
create or replace temp table unmade as
with edited as (
  select w.system, w.object, w.id, count(*) as fields
  from wrote w join record_now r using (system, object, id)
  join seen_values v on v.system = w.system and v.object = w.object and v.id = w.id and v.field = w.field
  where w.action = 'create' and not r.stale and stored_form(w.type, v.value) is distinct from stored_form(w.type, w.after)
  group by all
)
select w.change, w.action, w.system, w.object, w.id, min(w.name) as name, min(w.sync) as sync, {{ 'w.line' | first_place }} as line,
  case when starts_with(w.id, 'new:') then 'unknown'
       when not any_value(r.visible) then 'not_visible'
       when any_value(r.deleted) then 'done'
       when any_value(r.closed) then 'converted'
       when any_value(r.untouched) then 'send'
       else 'edited' end as verdict,
  coalesce(any_value(e.fields), 0) as edited_fields
from wrote w join record_now r using (system, object, id) left join edited e using (system, object, id)
where w.action in ('create', 'undelete') group by w.change, w.action, w.system, w.object, w.id;

-- Records that the run put into the recycle bin.
create or replace temp table restored as
select w.change, w.action, w.system, w.object, w.id, min(w.name) as name, min(w.sync) as sync, {{ 'w.line' | first_place }} as line,
  case when not any_value(r.visible) then 'not_visible'
       when any_value(r.follow) is not null then 'merged'
       when not any_value(r.deleted) and not any_value(r.stale) then 'done'
       else 'send' end as verdict
from wrote w join record_now r using (system, object, id)
where w.action = 'delete' group by w.change, w.action, w.system, w.object, w.id;

{% set goes = "('send', 'rewritten', 'edited')" if over_edits else "('send', 'rewritten')" %}
create or replace temp table strengths as
select sync, min(position) as position, true as sendable from (from plan.syncs union all from old.syncs) group by sync;

create or replace temp table numbered as
select system, object, id, min(name) as name, {{ 'line' | first_place }} as line, row_number() over (order by system desc, object, id) as change
from undone where verdict in {{ goes }} group by system, object, id;

insert into plan.changes
select change, system, object, id, name, 'update', '', '', '', null, true, line from numbered;

insert into plan.field_changes
select n.change, u.sync, u.field, u.type,
  -- As everywhere in a plan: without the `.0` that Salesforce's JSON writes behind a whole number.
  case when u.system = 'salesforce' and u.type in ('number', 'integer') then regexp_replace(u.now_value, '^(-?[0-9]+)\.0$', '\1') else u.now_value end, u.before, null, '', 'change', 'same',
  'back to what it was before run {{ run_id }}' || case u.verdict when 'edited' then '; over an edit that was made since' when 'rewritten' then '; the system had rewritten what was sent' else '' end
    || case when u.before is null then '; clears' else '' end,
  u.line, u.pii, true
from undone u join numbered n using (system, object, id) where u.verdict in {{ goes }};

-- The base that is left: the other half as it is remembered, so that neither side has moved, and what moves later counts.
insert into plan.bases
select n.change, u.sync, u.a_object, u.a_id, u.b_object, u.b_id, u.mapping, u.digest,
  case u.sent_side when 'a' then u.before else u.half_a end, case u.sent_side when 'b' then u.before else u.half_b end, u.sent_side, u.field
from undone u join numbered n using (system, object, id)
where u.verdict in {{ goes }} and u.mapping is not null and u.sent_side is not null
  and exists (from plan.mappings m where m.sync = u.sync and m.mapping = u.mapping);

-- What somebody edited since, with the three values.
insert into plan.conflicts
select sync, system, object, id, name, 'before the run', 'run', {{ run_id | literal }}, '', field, now_value, before, after, null, 'open',
  'edited since run {{ run_id }} wrote it', line, pii, null, null, false
from undone where verdict = 'edited' {{ 'and false' if over_edits }}
union all
select u.sync, w.system, w.object, w.id, w.name, 'before the run', 'run', {{ run_id | literal }}, '', w.field, v.value, null, w.after, null, 'open',
  'edited since run {{ run_id }} made the record', w.line, w.pii, null, null, false
from unmade u join wrote w using (change) join seen_values v on v.system = w.system and v.object = w.object and v.id = w.id and v.field = w.field
where u.verdict = 'edited' and u.edited_fields > 0 and stored_form(w.type, v.value) is distinct from stored_form(w.type, w.after) {{ 'and false' if over_edits }}
union all
select u.sync, u.system, u.object, u.id, u.name, 'before the run', 'run', {{ run_id | literal }}, '', '(record)',
  'changed ' || strftime(r.stamp, '%Y-%m-%d %H:%M:%S') || ' UTC', null, 'written ' || strftime(r.to_at, '%Y-%m-%d %H:%M:%S') || ' UTC', null, 'open',
  case when coalesce(r.last_run not in (from plan_runs), true) then 'run ' || coalesce(r.last_run, '?') || ' wrote it since'
       else 'another of its fields was changed since run {{ run_id }}' end,
  u.line, '', r.stamp, null, false
from unmade u join record_now r using (system, object, id)
where u.verdict = 'edited' and u.edited_fields = 0 {{ 'and false' if over_edits }};

create or replace temp table reasons as
select * from (values
  ('not_visible', 'it is not seen: it may be purged, or hidden from the connected user'),
  ('deleted', 'it was deleted since'), ('converted', 'it is a converted lead'), ('merged', 'it was merged into another record'),
  ('not_read', 'the project does not read this field'), ('not_writable', 'the connected user cannot write this field'),
  ('unknown', 'whether it was made is not known: its answer never came')) t (verdict, reason);
insert into plan.held
select u.sync, u.system, u.object, u.id, u.name, u.field, u.now_value, u.before, 'cannot_revert', r.reason, u.line, u.pii
from undone u join reasons r using (verdict)
union all
select u.sync, u.system, u.object, case when starts_with(u.id, 'new:') then 'new' else u.id end, u.name, '', null, null, 'cannot_revert', r.reason, u.line, ''
from (select verdict, sync, system, object, id, name, line from unmade union all select verdict, sync, system, object, id, name, line from restored) u
join reasons r using (verdict);

insert into out_deletes
select coalesce(p.sync, u.sync), u.system, u.object, u.id, u.name, case u.action when 'create' then 'made by run {{ run_id }}' else 'taken out of the recycle bin by run {{ run_id }}' end,
  u.line, p.a_object, p.a_id, p.b_object, p.b_id, 'reverted'
from unmade u left join pairs_of p on p.change = u.change and p.kind in ('made', 'turned')
where u.verdict in {{ goes }};

-- A link is live again only where the other record is there; else it stays as ended as it is.
insert into out_undeletes
select coalesce(p.sync, u.sync), u.system, u.object, u.id, u.name, 'deleted by run {{ run_id }}', u.line, p.a_object, p.a_id, p.b_object, p.b_id,
  case when p.sync is null or coalesce(case when u.system = y.a_system then b.visible and not b.deleted else a.visible and not a.deleted end, false) then null
       else coalesce(k.tombstone, p.tombstone) end
from restored u
left join pairs_of p on p.change = u.change and p.kind = 'turned'
left join old.syncs y on y.sync = p.sync
left join seen_rows a on a.system = y.a_system and a.object = p.a_object and a.id = p.a_id
left join seen_rows b on b.system = y.b_system and b.object = p.b_object and b.id = p.b_id
left join mem.links k on k.sync = p.sync and k.a_object = p.a_object and k.a_id = p.a_id and k.b_object = p.b_object and k.b_id = p.b_id
where u.verdict = 'send';

insert into plan.links
select p.sync, p.a_object, p.a_id, p.b_object, p.b_id, p.a_object, p.a_id, p.b_object, p.b_id, 'found', null
from pairs_of p join plan.syncs y using (sync)
where p.kind = 'link' and p.tombstone = 'forgotten' and {{ 'false' if narrowed else 'true' }}
  and not exists (from mem.links l where l.sync = p.sync and l.a_id = p.a_id)
  and not exists (from mem.links l where l.sync = p.sync and l.b_id = p.b_id);
