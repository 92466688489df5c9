-- Writes to records whose ids are known: done where the record holds all that was sent. What holds several values is not
-- compared: no read of many records brings it.
insert into shown
select c.change, looked.id, 'done', ''
from looked join plan.changes c using (change) join plan.field_changes f using (change)
left join looked_ids i on i.planned_id = f.after_ref
join held_now h on h.change = f.change and h.field = f.field
where c.action in ('create', 'update') and not starts_with(looked.id, 'new:') and f.sendable and f.type <> 'array' and (f.after_ref is null or i.record_id is not null)
group by c.change, looked.id
having bool_and(h.is_there and stored_form(f.type, h.value) is not distinct from stored_form(f.type, coalesce(i.record_id, f.after)));
