-- What `why` keeps of each sync while a plan is made.
create or replace temp table why_pairs (
  sync varchar, a_obj varchar, a_id varchar, b_obj varchar, b_id varchar,
  old_a_obj varchar, old_a_id varchar, old_b_obj varchar, old_b_id varchar,
  state varchar, is_new boolean, followed boolean, key varchar, line varchar, agreeing varchar[]);
create or replace temp table why_records (
  sync varchar, role varchar, obj varchar, id varchar, name varchar, state varchar, stamp timestamp, writer varchar,
  read_at timestamp);
create or replace temp table why_cells (
  sync varchar, m integer, key varchar, a_obj varchar, a_id varchar, b_obj varchar, b_id varchar,
  ra varchar, rb varchar, ca varchar, cb varchar, base_a varchar, base_b varchar, has_base boolean, found varchar,
  sent_side varchar, sent_at timestamp, a_confirmed boolean, b_confirmed boolean, a_stale boolean, b_stale boolean,
  outcome varchar, told_side varchar, told_field varchar, stored_field varchar, accepted varchar);
