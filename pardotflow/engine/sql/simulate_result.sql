-- What the next plan would still send, each beside the change of this plan that it follows from: one that another rule
-- makes in the counterpart, else one in the record, else its own; of a mapping only what it reads.
create or replace temp table unsettled as
with turned as (
  select 'delete' as action, * from out_deletes union all select 'undelete', * from out_undeletes
),
wishes as (
  select sync, system, object, id, name, field, before, coalesce(after, after_note) as after, after_ref, reason, line, pii, mapping, a_obj, a_id, b_obj, b_id from out_fields
  union all
  select sync, system, object, id, name, '', null, action, null, reason, line, '', null, a_obj, a_id, b_obj, b_id from turned
),
again as (
  select o.*, y.a_system, y.b_system from wishes o join plan.syncs y on y.sync = o.sync and y.strength in ('apply', 'scheduled')
  where not exists (from refused r where r.system = o.system and r.object = o.object and r.id = o.id)
    -- What would name a record that was refused waits with it.
    and not exists (from refused r where starts_with(r.id, 'new:') and r.id = o.after_ref)
    and not exists (from refused r where starts_with(r.id, 'new:') and r.id = o.a_id)
    and not exists (from refused r where starts_with(r.id, 'new:') and r.id = o.b_id)
),
before_it as (
  select c.system, c.object, o.record_id, f.field, f.reason, f.line
  from plan.changes c join outcomes o using (change) join plan.field_changes f using (change) where f.sendable
),
followed as (
{% for system, object, id in [('system', 'object', 'id'), ('a_system', 'a_obj', 'a_id'), ('b_system', 'b_obj', 'b_id')] %}
{{ '  union' if not loop.first }}
  select a.sync, a.system, a.object, a.id, a.field, p.system as p_system, p.field as other_field, p.reason as other_reason, p.line as other_line
  from again a join before_it p on p.system = a.{{ system }} and p.object = a.{{ object }} and p.record_id = a.{{ id }}
  where a.mapping is null or exists (from mapping_reads r where r.sync = a.sync and r.line = a.line
    and r.system = p.system and r.object = p.object and r.field = lower(p.field))
{% endfor %}
)
select a.sync, a.system, a.object, coalesce(n.planned_id, a.id) as id, a.name, a.field, a.before,
       coalesce('id of the new ' || made.object, a.after) as after, a.reason, a.line, a.pii,
       f.other_field, f.other_reason, f.other_line
from again a left join simulated n on n.system = a.system and n.object = a.object and n.record_id = a.id
left join simulated made on made.record_id = a.after
left join followed f on f.sync = a.sync and f.system = a.system and f.object = a.object and f.id = a.id and f.field = a.field
qualify row_number() over (partition by a.sync, a.system, a.object, a.id, a.field
  order by f.other_line <> a.line desc, f.p_system <> a.system desc, {{ 'f.other_line' | place_order }}, f.other_field) = 1;
