-- What the plan does about consent, and what it holds: said apart from everything else, so that nobody misses it.
insert into out_consent
select f.sync, f.mapping, 'send', 'out', f.system, f.object, f.id, f.name, f.field, case f.system when s.a_system then s.b_system else s.a_system end,
  case f.system when s.a_system then s.b_system else s.a_system end, case f.system when s.a_system then f.b_obj else f.a_obj end,
  case f.system when s.a_system then f.b_id else f.a_id end, '', null, '', '', '', f.line
from out_fields f join plan.syncs s on s.sync = f.sync
where f.action = 'create' and f.after = 'true' and (f.sync, f.mapping) in (select (sync, mapping) from spoken_mappings);

insert into plan.consent
with told as (
  select o.*,
    case when o.outcome = 'held:open_conflict' then 'open' when starts_with(o.outcome, 'held:') then 'held'
         when exists (from refused r where r.system = o.system and r.object = o.object and r.id = o.id) then 'refused'
         else 'sent' end as status
  from out_consent o
)
select t.sync, t.mapping, t.status, t.opts, t.system, t.object, t.id, t.name, t.field,
  t.says_no, t.origin_system, t.origin_object, t.origin_id, t.origin_field, t.set_at, t.set_by, false, false, t.said_before,
  coalesce(case t.status when 'held' then h.reason when 'sent' then f.reason when 'open' then k.reason else 'the system refused it' end, ''), t.line
from told t
left join plan.changes c on c.system = t.system and c.object = t.object and c.id = t.id
left join plan.field_changes f on f.change = c.change and f.field = t.field and f.sync = t.sync
left join plan.held h on h.sync = t.sync and h.system = t.system and h.object = t.object and h.id = t.id and h.field = t.field and 'held:' || h.kind = t.outcome
left join plan.syncs s on s.sync = t.sync
left join plan.conflicts k on k.sync = t.sync and k.field = t.mapping and k.winner = 'open'
  and ((s.a_system = t.system and k.a_object = t.object and k.a_id = t.id) or (s.b_system = t.system and k.b_object = t.object and k.b_id = t.id))
where case t.status when 'sent' then f.change is not null when 'held' then h.kind is not null when 'open' then k.field is not null else true end
qualify row_number() over (partition by t.sync, t.mapping, t.system, t.object, t.id, t.field order by t.outcome desc) = 1;
