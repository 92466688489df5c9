-- What the plan says of every kept cell: written where, held why, or left as it is. Nothing is decided here.
insert into why_pairs
select c.sync, c.a_obj, c.a_id, c.b_obj, c.b_id, c.a_obj, c.a_id, c.b_obj, c.b_id, 'new', true, false, null, c.line, []
from out_creates c
where exists (from why_records r where r.sync = c.sync and ((r.role = 'a' and r.obj = c.a_obj and r.id = c.a_id)
                                                         or (r.role = 'b' and r.obj = c.b_obj and r.id = c.b_id)));

create or replace temp table why_written as
select o.sync, o.a_obj, o.a_id, o.b_obj, o.b_id, o.mapping as key, o.system, o.object, o.id, o.name, o.action, o.field,
  o.before, o.after, case when o.action = 'create' then 'create' else o.section end as section, o.situation, o.reason,
  o.base_a as ra, o.base_b as rb, f.sync as by_sync, f.sendable, r.code, r.message
from out_fields o
join why_pairs p on p.sync = o.sync and p.a_obj = o.a_obj and p.a_id = o.a_id and p.b_obj = o.b_obj and p.b_id = o.b_id
left join plan.changes c on c.system = o.system and c.object = o.object and c.id = o.id
left join plan.field_changes f on f.change = c.change and f.field = o.field
left join refused r on r.system = o.system and r.object = o.object and r.id = o.id
where o.mapping is not null
-- Of a new record: what it is made with, and then what its own system's values change here.
qualify row_number() over (partition by o.sync, o.a_obj, o.a_id, o.b_obj, o.b_id, o.mapping
  order by o.action = 'update' desc, o.field, o.after) = 1;

create or replace temp table why_fields as
select coalesce(c.sync, w.sync) as sync, coalesce(c.key, w.key) as key,
  coalesce(c.a_obj, w.a_obj) as a_obj, coalesce(c.a_id, w.a_id) as a_id, coalesce(c.b_obj, w.b_obj) as b_obj, coalesce(c.b_id, w.b_id) as b_id,
  case when w.action = 'create' and w.system = s.a_system then null else coalesce(c.ra, w.ra) end as ra,
  case when w.action = 'create' and w.system = s.b_system then null else coalesce(c.rb, w.rb) end as rb,
  case when w.action = 'create' and w.system = s.a_system then null else c.ca end as ca,
  case when w.action = 'create' and w.system = s.b_system then null else c.cb end as cb,
  -- The base of another mapping says nothing of this one.
  case when c.found <> 'mapping_changed' then c.base_a end as base_a, case when c.found <> 'mapping_changed' then c.base_b end as base_b,
  coalesce(c.has_base and c.found <> 'mapping_changed', false) as has_base,
  case c.found when 'a_moved' then s.a_system || '_moved' when 'b_moved' then s.b_system || '_moved' else coalesce(c.found, 'new') end as situation,
  case when c.sent_side = 'a' and not c.a_confirmed then c.sent_at end as a_sent_at,
  case when c.sent_side = 'b' and not c.b_confirmed then c.sent_at end as b_sent_at,
  coalesce(c.a_stale, false) as a_stale, coalesce(c.b_stale, false) as b_stale,
  case when w.key is not null and w.by_sync is null and w.code is not null then 'held'
       when w.key is not null and not coalesce(w.sendable, false) then 'shown'
       when w.key is not null then 'write'
       when starts_with(c.outcome, 'held:') then 'held'
       when c.outcome = 'accept' then 'accepted'
       else 'agree' end as outcome,
  case when w.key is not null and w.by_sync is null and w.code is not null then 'refused'
       when w.key is not null then ''
       when starts_with(c.outcome, 'held:') then substr(c.outcome, 6)
       when c.outcome = 'accept' then coalesce(x.kind, c.accepted)
       else '' end as kind,
  case when w.key is not null and w.by_sync is null and w.code is not null then w.code || ': ' || w.message
       else coalesce(w.reason, h.reason, k.reason, '') end as reason,
  coalesce(w.section, '') as section,
  coalesce(w.system, case c.told_side when 'a' then s.a_system when 'b' then s.b_system end) as target_system,
  coalesce(w.object, case c.told_side when 'a' then c.a_obj when 'b' then c.b_obj end) as target_object,
  coalesce(w.id, case c.told_side when 'a' then c.a_id when 'b' then c.b_id end) as target_id,
  coalesce(w.name, case c.told_side when 'a' then a.name when 'b' then b.name end, '') as target_name,
  coalesce(w.field, c.told_field, '') as field,
  case when w.key is not null then w.before else h.before end as before,
  case when w.key is not null then w.after else h.after end as after,
  coalesce(k.winner, '') as winner
from why_cells c
full join why_written w on w.sync = c.sync and w.key = c.key and w.a_obj = c.a_obj and w.a_id = c.a_id and w.b_obj = c.b_obj and w.b_id = c.b_id
join plan.syncs s on s.sync = coalesce(c.sync, w.sync)
left join why_records a on a.sync = c.sync and a.role = 'a' and a.obj = c.a_obj and a.id = c.a_id
left join why_records b on b.sync = c.sync and b.role = 'b' and b.obj = c.b_obj and b.id = c.b_id
left join out_held h on starts_with(c.outcome, 'held:') and h.sync = c.sync and h.field = c.told_field and h.kind = substr(c.outcome, 6)
  and h.system = case c.told_side when 'a' then s.a_system else s.b_system end
  and h.object = case c.told_side when 'a' then c.a_obj else c.b_obj end and h.id = case c.told_side when 'a' then c.a_id else c.b_id end
left join out_conflicts k on k.sync = c.sync and k.field = c.key and k.a_obj = c.a_obj and k.a_id = c.a_id and k.b_obj = c.b_obj and k.b_id = c.b_id
left join out_accepted x on c.outcome = 'accept' and c.found = 'same' and x.sync = c.sync and x.field = c.stored_field
  and ((x.system = s.a_system and x.object = c.a_obj and x.id = c.a_id) or (x.system = s.b_system and x.object = c.b_obj and x.id = c.b_id))
qualify row_number() over (partition by s.sync, coalesce(c.key, w.key), coalesce(c.a_id, w.a_id), coalesce(c.b_id, w.b_id) order by h.after, x.kind) = 1;
