-- Values that go to and fro over the runs: what the plan writes was written before, and undone since; twice the same way,
-- or once by a write of our own. Values are the same however they were written.
insert into plan.flipflops
with planned as (
  select c.system, c.object, c.id, c.name, f.sync, f.field, f.type, f.before, f.after, f.line, f.pii
  from plan.field_changes f join plan.changes c using (change)
  where f.sendable and c.action = 'update' and f.after_ref is null and f.field <> ''
),
formed as (
  select p.*, h.run_id, h.written_at, h.line as other_line,
    list_transform(list_transform([p.before, p.after, h.before, h.after], lambda v: stored_form(p.type, v)),
      -- A text field that holds a number holds it in any spelling.
      lambda v: case when is_unreadable(nf_number(v)) then v else nf_number(v) end) as forms
  from planned p join mem.history h on h.system = p.system and h.object = p.object and h.id = p.id and h.field = p.field
),
earlier as (
  select *,
    forms[3] is not distinct from forms[1] and forms[4] is not distinct from forms[2] as is_same,
    forms[3] is not distinct from forms[2] and forms[4] is not distinct from forms[1] as is_reverse
  from formed
)
select sync, system, object, id, any_value(name), field, any_value(before), any_value(after), count(*) filter (is_same) as times,
  list(distinct run_id order by run_id) filter (is_same or is_reverse) as runs, any_value(line), any_value(pii),
  -- The rule that wrote it back, else the one that writes it again.
  coalesce(max_by(other_line, written_at) filter (is_reverse), max_by(other_line, written_at) filter (is_same))
from earlier
group by sync, system, object, id, field
having count(*) filter (is_same) >= 2 or (bool_or(is_same) and bool_or(is_reverse));
