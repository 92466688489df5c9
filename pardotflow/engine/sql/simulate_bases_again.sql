-- A plan that follows from a plan may touch any base: they become a table of their own.
create table mem.every_base as from mem.bases;
drop view mem.bases;
drop table mem.touched_bases;
alter table mem.every_base rename to bases;
