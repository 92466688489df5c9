-- What the next plan would write over this one: the same fields of the same records, or a record in the place of one that goes.
insert into plan.unsettled
select 'needs_another', u.* replace (cast(null as varchar) as other_field, cast(null as varchar) as other_reason, cast(null as varchar) as other_line) from unsettled u
where exists (from plan.changes c join plan.field_changes f using (change)
              where c.system = u.system and c.object = u.object and c.id = u.id and f.field = u.field)
   or u.id in (select 'new:' || a_object || '/' || a_id from plan.recycled union select 'new:' || b_object || '/' || b_id from plan.recycled);
