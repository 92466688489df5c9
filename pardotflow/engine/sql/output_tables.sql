-- What the syncs of one plan add up to, before it is ordered and saved; and the refusals that are still open.
create or replace temp table sync_errors (
  system varchar, object varchar, record varchar, action varchar, payload varchar, code varchar, message varchar,
  state varchar);
-- `settles` is true for a write after which the two sides agree.
create or replace temp table out_fields (
  sync varchar, system varchar, object varchar, id varchar, name varchar, action varchar, field varchar, type varchar,
  before varchar, after varchar, after_ref varchar, after_note varchar, section varchar, situation varchar,
  reason varchar, line varchar, pii varchar,
  a_obj varchar, a_id varchar, b_obj varchar, b_id varchar, mapping varchar, digest varchar,
  base_a varchar, base_b varchar, sent_side varchar, settles boolean);
create or replace temp table out_creates (
  sync varchar, system varchar, object varchar, id varchar, name varchar, key_field varchar, key_value varchar,
  a_obj varchar, a_id varchar, b_obj varchar, b_id varchar, line varchar);
create or replace temp table out_create_keys (
  sync varchar, system varchar, object varchar, id varchar, key_no integer, value varchar);
create or replace temp table out_conflicts (
  sync varchar, a_obj varchar, a_id varchar, a_name varchar, b_obj varchar, b_id varchar, b_name varchar, field varchar,
  a_value varchar, b_value varchar, base_a varchar, base_b varchar, winner varchar, reason varchar, line varchar, pii varchar,
  a_changed_at timestamp, b_changed_at timestamp, by_person boolean);
create or replace temp table out_held (
  sync varchar, system varchar, object varchar, id varchar, name varchar, field varchar, before varchar, after varchar,
  kind varchar, reason varchar, line varchar, pii varchar);
create or replace temp table out_ambiguous (
  sync varchar, system varchar, object varchar, id varchar, name varchar, key varchar, candidates varchar, reason varchar, line varchar);
create or replace temp table out_skipped (
  sync varchar, system varchar, object varchar, id varchar, name varchar, reason varchar, note varchar);
create or replace temp table out_accepted (
  sync varchar, system varchar, object varchar, id varchar, name varchar, field varchar, a_value varchar, b_value varchar,
  kind varchar, line varchar, pii varchar);
create or replace temp table out_agreed (
  sync varchar, a_obj varchar, a_id varchar, b_obj varchar, b_id varchar, field varchar, digest varchar,
  a_value varchar, b_value varchar, rewrites integer);
create or replace temp table out_links (
  sync varchar, a_obj varchar, a_id varchar, b_obj varchar, b_id varchar,
  old_a_obj varchar, old_a_id varchar, old_b_obj varchar, old_b_id varchar, kind varchar, tombstone varchar);
create or replace temp table out_identity (
  sync varchar, linked_before bigint, followed bigint, ambiguous bigint, unmatched_a bigint, unmatched_b bigint);
create or replace temp table out_consent (
  sync varchar, mapping varchar, outcome varchar, opts varchar, system varchar, object varchar, id varchar, name varchar,
  field varchar, says_no varchar, origin_system varchar, origin_object varchar, origin_id varchar, origin_field varchar,
  set_at timestamp, set_by varchar, said_before varchar, reason varchar, line varchar);
create or replace temp table out_opted_out (sync varchar, mapping varchar, both_sides bigint);
create or replace temp table out_unmatched (sync varchar, system varchar, reason varchar, records bigint);
create or replace temp table out_left_out (sync varchar, system varchar, reason varchar, records bigint, line varchar);
create or replace temp table out_matched (sync varchar, key_no integer, key varchar, pairs bigint);
-- Records that go to the recycle bin, or come out of it, and the remembered link that this ends or revives: the ids of
-- the pair are the remembered ones. `tombstone` says whose record is gone, and is null for a link that is live again.
create or replace temp table out_deletes (
  sync varchar, system varchar, object varchar, id varchar, name varchar, reason varchar, line varchar,
  a_obj varchar, a_id varchar, b_obj varchar, b_id varchar, tombstone varchar);
create or replace temp table out_undeletes as from out_deletes;
-- The pair because of which a record goes to the recycle bin: it takes that record's place.
create or replace temp table out_survivors (
  sync varchar, system varchar, object varchar, id varchar, a_obj varchar, a_id varchar, b_obj varchar, b_id varchar);
-- New records that take the place of one that is gone, and the remembered link that this replaces.
create or replace temp table out_recreated (
  sync varchar, system varchar, object varchar, id varchar, a_obj varchar, a_id varchar, b_obj varchar, b_id varchar);
