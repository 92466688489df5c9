"""The plan file: one DuckDB database, so that a user can ask it questions in SQL.

Everything that apply needs stands in it, and everything that a view shows. Created-at, ids and measured numbers stand
in `meta` alone, outside the digest.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pardotflow.core.errors import PlanRefused, UsageError
from pardotflow.plan.instance import in_memory, is_much, use_threads

FORMAT_VERSION = "4"

TABLES = """
create table plan.meta (key varchar primary key, value varchar);
create table plan.syncs (position integer, sync varchar, strength varchar, a_system varchar, b_system varchar,
  line varchar);
create table plan.changes (
  change integer, system varchar, object varchar, id varchar, name varchar, action varchar, operation varchar,
  key_field varchar, key_value varchar, refers_to varchar, sendable boolean, line varchar);
create table plan.request_headers (change integer, headers varchar);
create table plan.create_keys (change integer, sync varchar, key_no integer, value varchar);
create table plan.field_changes (
  change integer, sync varchar, field varchar, type varchar, before varchar, after varchar, after_ref varchar,
  after_note varchar, section varchar, situation varchar, reason varchar, line varchar, pii varchar, sendable boolean);
create table plan.bases (
  change integer, sync varchar, a_object varchar, a_id varchar, b_object varchar, b_id varchar, mapping varchar,
  digest varchar, a_value varchar, b_value varchar, sent_side varchar, field varchar);
create table plan.agreed (
  sync varchar, a_object varchar, a_id varchar, b_object varchar, b_id varchar, mapping varchar, digest varchar,
  a_value varchar, b_value varchar, rewrites integer);
create table plan.links (
  sync varchar, a_object varchar, a_id varchar, b_object varchar, b_id varchar,
  old_a_object varchar, old_a_id varchar, old_b_object varchar, old_b_id varchar, kind varchar, tombstone varchar);
create table plan.mappings (sync varchar, mapping varchar, digest varchar, position integer);
create table plan.conflicts (
  sync varchar, a_system varchar, a_object varchar, a_id varchar, a_name varchar,
  b_system varchar, b_object varchar, b_id varchar, b_name varchar, field varchar,
  a_value varchar, b_value varchar, base_a varchar, base_b varchar, winner varchar, reason varchar, line varchar,
  pii varchar, a_changed_at timestamp, b_changed_at timestamp, by_person boolean);
create table plan.ambiguities (
  sync varchar, system varchar, object varchar, id varchar, name varchar, key varchar, candidates varchar,
  reason varchar, line varchar);
create table plan.held (
  sync varchar, system varchar, object varchar, id varchar, name varchar, field varchar, before varchar, after varchar,
  kind varchar, reason varchar, line varchar, pii varchar);
create table plan.skipped (sync varchar, system varchar, object varchar, id varchar, name varchar, reason varchar,
  note varchar);
create table plan.accepted (
  sync varchar, system varchar, object varchar, id varchar, name varchar, field varchar, a_value varchar,
  b_value varchar,
  kind varchar, line varchar, pii varchar);
create table plan.identity (
  sync varchar, linked_before bigint, followed bigint, ambiguous bigint, unmatched_a bigint, unmatched_b bigint);
create table plan.matched (sync varchar, position integer, key varchar, pairs bigint);
create table plan.seen (system varchar, object varchar, id varchar, digest varchar);
create table plan.coverage (
  position integer, system varchar, object varchar, row_count bigint, deleted bigint, mode varchar, changed bigint,
  note varchar);
create table plan.costs (
  position integer, system varchar, what varchar, row_count bigint, calls bigint, jobs bigint, size bigint,
  seconds double);
-- Every way in which a step of apply could go, the one that is taken first. Polls, which stand among the calls, are for
-- jobs that last `job_seconds` altogether, which is assumed, and so are the seconds.
create table plan.routes (
  position integer, step integer, system varchar, object varchar, action varchar, operation varchar, what varchar,
  row_count bigint, calls bigint, jobs bigint, size bigint, seconds double, polls bigint, job_seconds double,
  taken boolean, reason varchar);
create table plan.guards (
  position integer, sync varchar, guard varchar, number bigint, threshold varchar, allowed bigint, passed boolean,
  flag varchar, line varchar);
create table plan.unsettled (
  kind varchar, sync varchar, system varchar, object varchar, id varchar, name varchar, field varchar, before varchar,
  after varchar, reason varchar, line varchar, pii varchar, other_field varchar, other_reason varchar,
  other_line varchar);
create table plan.flipflops (
  sync varchar, system varchar, object varchar, id varchar, name varchar, field varchar, before varchar, after varchar,
  times bigint, runs varchar[], line varchar, pii varchar, other_line varchar);
create table plan.consent (
  sync varchar, mapping varchar, status varchar, opts varchar, system varchar, object varchar, id varchar, name varchar,
  field varchar, says_no varchar, origin_system varchar, origin_object varchar, origin_id varchar, origin_field varchar,
  set_at timestamp, set_by varchar, by_history boolean, is_ours boolean, said_before varchar, reason varchar,
  line varchar);
create table plan.opted_out (sync varchar, mapping varchar, both_sides bigint);
create table plan.user_names (system varchar, id varchar, name varchar);
create table plan.unmatched (sync varchar, system varchar, reason varchar, records bigint);
create table plan.left_out (sync varchar, system varchar, reason varchar, records bigint, line varchar);
create table plan.notes (position integer, note varchar);
-- What a change with the action delete or undelete leaves of a link: its tombstone, or null where it is live again.
create table plan.recycled (
  change integer, sync varchar, a_object varchar, a_id varchar, b_object varchar, b_id varchar, tombstone varchar);
-- The pair that takes the place of a record which goes to the recycle bin after a merge.
create table plan.survivors (
  change integer, sync varchar, a_object varchar, a_id varchar, b_object varchar, b_id varchar);
-- What a record that goes to the recycle bin holds.
create table plan.kept (change integer, field varchar, type varchar, value varchar, pii varchar);
-- Changes that are left out because they were refused before.
create table plan.refused (system varchar, object varchar, record varchar, action varchar, state varchar);
create table plan.decisions (
  sync varchar, a_object varchar, a_id varchar, b_object varchar, b_id varchar, mapping varchar, decision varchar,
  decided_at varchar, state varchar);
"""

# The order in which each table is written out; together with the columns this makes the digest.
ORDERS: Mapping[str, str] = {
    "syncs": "position",
    "changes": "change",
    "field_changes": "change, field, sync",
    "create_keys": "change, sync, key_no",
    "conflicts": "sync, a_object, a_id, b_id, field",
    "ambiguities": "sync, system, object, id, key",
    "held": "sync, system, object, id, field, kind, name, after",
    "skipped": "sync, system, object, id, reason, note",
    "accepted": "sync, system, object, id, field",
    "identity": "sync",
    "unmatched": "sync, system, reason",
    "matched": "sync, position",
    "links": "sync, a_object, a_id, b_id, kind",
    "agreed": "sync, a_object, a_id, b_id, mapping",
    "bases": "change, sync, mapping, field",
    "mappings": "sync, position",
    "seen": "system, object, id",
    "guards": "position",
    "unsettled": "sync, system, object, id, field",
    "flipflops": "sync, system, object, id, field",
    "costs": "position",
    "routes": "position",
    "recycled": "change, sync, a_object, a_id, b_object, b_id",
    "survivors": "change, sync, a_object, a_id, b_object, b_id",
    "kept": "change, field",
    "refused": "system, object, record, action",
    "decisions": "sync, a_object, a_id, b_id, mapping",
    "request_headers": "change",
    "consent": "sync, system, object, id, field, mapping",
    "opted_out": "sync, mapping",
    "left_out": "sync, system, reason",
}


@contextmanager
def open_plan(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only session over a plan file, attached as `plan`; raises what `attach_plan` raises."""
    try:
        with in_memory() as con:
            if is_much([path]):
                use_threads(con)
            attach_plan(con, path)
            yield con
    except duckdb.Error as trouble:
        if not is_damage(trouble):
            raise
        raise unreadable(path) from trouble


def attach_plan(con: duckdb.DuckDBPyConnection, path: Path, alias: str = "plan") -> None:
    """Attach a plan file read-only, under a name.

    Raises UsageError where it is missing or no plan, PlanRefused where it has another format.
    """
    quoted = str(path).replace("'", "''")
    if not path.is_file():
        raise UsageError(f"there is no plan file {path}", hint="Run: pardotflow plan")
    try:
        con.execute(f"attach '{quoted}' as {alias} (read_only)")
        version = read_meta(con, alias).get("format_version")
    except duckdb.Error as trouble:
        raise unreadable(path) from trouble
    if version != FORMAT_VERSION:
        raise PlanRefused(
            f"{path} has plan format {version}, this version reads {FORMAT_VERSION}", hint="Plan again: pardotflow plan"
        )


def is_damage(trouble: duckdb.Error) -> bool:
    """Whether DuckDB could not read a file; a block with a wrong checksum has no class of its own."""
    return isinstance(trouble, duckdb.IOException | duckdb.FatalException) or type(trouble) is duckdb.Error


def unreadable(path: Path) -> UsageError:
    """The error of a file that is no plan, or not a whole one."""
    return UsageError(f"{path} is not a plan file of pardotflow, or is damaged", hint="Run: pardotflow plan")


def read_meta(con: duckdb.DuckDBPyConnection, alias: str = "plan") -> dict[str, str]:
    """The meta data of the attached plan."""
    return dict(con.execute(f"select key, value from {alias}.meta").fetchall())


def filled(con: duckdb.DuckDBPyConnection, tables: Sequence[str]) -> list[str]:
    """Those of some tables of a session that hold a row: one question about all of them is cheaper than one each."""
    question = " union all ".join(f"(select '{table}' from {table} limit 1)" for table in tables)
    found = {name for (name,) in con.execute(question).fetchall()} if tables else set()
    return [table for table in tables if table in found]
