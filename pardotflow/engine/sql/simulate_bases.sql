-- All bases under one name again: what the plan touched, and what is kept.
alter table mem.bases rename to touched_bases;
create view mem.bases as
from mem.touched_bases union all by name
(from kept.bases b anti join copied using (sync, a_object, a_id, b_object, b_id));
