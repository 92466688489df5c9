"""Links, bases and the history of what was written: what cannot be rebuilt.

A base is per linked pair and mapped field the pair of values that the two sides held when they last agreed, each as
that system stored it. A half that was sent and not read back yet is `sent`, and counts as the sent value.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pardotflow.core.errors import StateError
from pardotflow.store.disk import disk_error
from pardotflow.store.layout import make_private
from pardotflow.store.premigration import back_up_file

VERSION = 5
"""Numbers the shape of the tables. An older memory is brought up to it when it is opened to be read, too."""

TABLES = """
create table if not exists mem.about (key varchar primary key, value varchar);
create table if not exists mem.links (
  sync varchar, a_object varchar, a_id varchar, b_object varchar, b_id varchar,
  origin varchar,          -- found, or created:<system>
  run_id varchar, linked_at timestamp,
  tombstone varchar        -- null, the side whose record is gone, both, or reverted: it ended for good by a revert
);
create table if not exists mem.bases (
  sync varchar, a_object varchar, a_id varchar, b_object varchar, b_id varchar, field varchar,
  digest varchar,          -- of the mapping that computed the values
  a_value varchar, b_value varchar,
  sent_side varchar,       -- null when both halves are known, else the side that was sent and not read back
  sent_at timestamp, answered_at timestamp, writer varchar,
  rewrites integer,        -- how often the target stored another value than it was sent
  -- A later write whose answer never came: the pair of values if it took effect, its side and moment, and our user.
  maybe_a varchar, maybe_b varchar, maybe_side varchar, maybe_at timestamp, maybe_writer varchar
);
create table if not exists mem.writes (
  system varchar, object varchar, id varchar, from_at timestamp, to_at timestamp, writer varchar,
  is_open boolean,         -- its answer never came: it may have taken effect at any time after from_at
  run_id varchar           -- null where a version before 4 wrote it
);
create table if not exists mem.history (
  sync varchar, system varchar, object varchar, id varchar, field varchar, run_id varchar, written_at timestamp,
  before varchar, after varchar, line varchar
);
-- Records of `system` that we put into the recycle bin because their counterpart was gone, and when we took them out.
create table if not exists mem.recycled (
  sync varchar, a_object varchar, a_id varchar, b_object varchar, b_id varchar, system varchar,
  run_id varchar, deleted_at timestamp, restored_at timestamp, writer varchar
);
-- A record of `system` that was gone and in whose place another one was made, and the counterpart that this one got.
create table if not exists mem.replaced (
  sync varchar, system varchar, object varchar, id varchar, other_object varchar, other_id varchar, run_id varchar
);
create table if not exists mem.moments (
  sync varchar,            -- empty for what concerns all of them
  what varchar,            -- create.<system>: its rule began; paused; connector: the vendor's synced up to then
  moment timestamp
);
"""

MIGRATIONS: Mapping[int, str] = {
    # Tables that were added since are made by TABLES.
    2: "",
    3: "alter table mem.writes add column if not exists run_id varchar;",
    4: "",
}
"""By version: the statements that bring a memory of it to the next one."""

MEMORY_WAY_OUT = "Restore it from a backup. Where another program has it open, end that first."
SNAPSHOTS_WAY_OUT = "It is a cache, and is made again by: pardotflow plan --refresh"


def attach_memory(con: duckdb.DuckDBPyConnection, path: Path, *, read_only: bool) -> None:
    """Attach the memory as `mem`, made on first use and brought up to this version; raises StateError where it cannot
    be opened or is newer."""
    is_new = not path.exists()
    if not read_only or is_new:
        # Whatever is written now, it is no copy of a remote state any more.
        copy_mark(path).unlink(missing_ok=True)
    _attach(con, path, "mem" if not read_only or is_new else "mem (read_only)", MEMORY_WAY_OUT)
    make_private(path)
    version = _version(con)
    if version in MIGRATIONS or not version:
        con.execute("detach mem")
        if version:
            # What stands in its log is written into the file.
            _attach(con, path, "mem", MEMORY_WAY_OUT, "checkpoint mem")
            con.execute("detach mem")
            back_up_file(path, version)
            copy_mark(path).unlink(missing_ok=True)
        _attach(con, path, "mem", MEMORY_WAY_OUT)
        _bring_up(con, version)
        if read_only:
            con.execute("detach mem")
            _attach(con, path, "mem (read_only)", MEMORY_WAY_OUT)
    elif version != VERSION:
        raise StateError(
            f"{path} was written by another version of pardotflow",
            hint="Use the version that wrote it, or move the file away and plan again.",
        )


def copy_mark(path: Path) -> Path:
    """The file beside a memory that says of which generation of a remote state it is a copy."""
    return path.with_name("memory.copy")


def _bring_up(con: duckdb.DuckDBPyConnection, version: int) -> None:
    """Make the tables of a new memory, or migrate an older one, all or nothing."""
    steps = "".join(MIGRATIONS[number] for number in range(version, VERSION)) if version else ""
    with _whole(con):
        con.execute(TABLES + steps)
        con.execute("delete from mem.about where key = 'version'")
        con.execute("insert into mem.about values ('version', ?)", [str(VERSION)])


@contextmanager
def _whole(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    con.execute("begin")
    is_done = False
    try:
        yield
        is_done = True
    finally:
        con.execute("commit" if is_done else "rollback")


def _version(con: duckdb.DuckDBPyConnection) -> int:
    """The version of the attached memory; 0 for a file that holds none."""
    if not con.execute("select 1 from duckdb_tables() where database_name = 'mem' and table_name = 'about'").fetchone():
        return 0
    row = con.execute("select value from mem.about where key = 'version'").fetchone()
    return int(row[0]) if row else 0


def attach_snapshots(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Attach the snapshots as `snap`, made on first use; raises StateError where they cannot be opened."""
    _attach(con, path, "snap", SNAPSHOTS_WAY_OUT, CURSORS)
    make_private(path)


CURSORS = """
create table if not exists snap.cursors (
  connection varchar, object varchar, fields varchar[],
  cursor_at timestamp,     -- the server's time at the start of the last read
  full_at timestamp,       -- of the last full read
  full_rows bigint, source_filter varchar
);
create table if not exists snap.origins (connection varchar, organization varchar);
"""


def _attach(con: duckdb.DuckDBPyConnection, path: Path, alias: str, way_out: str, tables: str = "") -> None:
    """Attach a file and make its tables; raises StateError with the way out where it cannot be read."""
    if path.is_dir():
        raise StateError(f"{path} is a folder, and a file is needed there", hint="Move it away.")
    quoted = str(path).replace("'", "''")
    try:
        con.execute(f"attach '{quoted}' as {alias}; {tables}")
    except duckdb.Error as trouble:
        raise disk_error(trouble) or StateError(
            f"{path} cannot be opened: {str(trouble).splitlines()[0]}", hint=way_out
        ) from trouble
