"""Keep the snapshots fresh: a full read the first time, then what changed since the cursor.

The cursor is the server's own time at the start of the last read; the next read begins an overlap earlier, so that a
transaction that committed late and a cache that lagged are seen. Deleted records are read too. A record that a full
read does not bring is not visible, which is no evidence that it is gone.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import duckdb

from pardotflow.connectors.protocol import Connector, Extract, ReadRequest
from pardotflow.core.progress import Progress
from pardotflow.engine.compile import snapshot_table
from pardotflow.engine.quote import literal, literals, name
from pardotflow.engine.sqlfile import rows
from pardotflow.plan.model import Coverage
from pardotflow.store.layout import Layout

# Salesforce transactions may last ten minutes; Account Engagement may lag sixty seconds.
OVERLAP: Mapping[str, timedelta] = {"salesforce": timedelta(minutes=10), "pardot": timedelta(minutes=5)}
# A full read at intervals proves the snapshot; fields whose change does not move the stamp are read whole more often.
FULL_EVERY = timedelta(days=7)
SWEEP_EVERY = timedelta(hours=6)
SHRUNK = 0.7
LEAST_ROWS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What has to be known of one object. `sweep` names the wanted fields whose change does not move the stamp."""

    connection: str
    object: str
    fields: tuple[str, ...]
    where: str
    sweep: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """The result of one refresh. `shrunk` is (rows before, rows now) of a full read that brought too little."""

    coverage: Coverage
    complete: bool
    shrunk: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which of a system's fields carry id, stamp, last writer and deletion."""

    id: str
    stamp: str
    writer: str
    deleted: str
    extra: tuple[str, ...] = ()


SALESFORCE = Columns(
    id="Id", stamp="SystemModstamp", writer="LastModifiedById", deleted="IsDeleted", extra=("MasterRecordId",)
)
PARDOT = Columns(id="id", stamp="updatedAt", writer="updatedById", deleted="isDeleted")
MERGEABLE = frozenset({"Contact", "Lead", "Account"})
NO_RECYCLE_BIN = frozenset({"User", "user", "custom-field"})


def columns_of(system: str, object_name: str) -> Columns:
    """The system columns of an object."""
    base = SALESFORCE if system == "salesforce" else PARDOT
    deleted = "" if object_name in NO_RECYCLE_BIN and system == "salesforce" else base.deleted
    extra = base.extra if object_name in MERGEABLE else ()
    return Columns(id=base.id, stamp=base.stamp, writer=base.writer, deleted=deleted, extra=extra)


def refresh(
    con: duckdb.DuckDBPyConnection,
    connector: Connector,
    wanted: Wanted,
    layout: Layout,
    now: datetime,
    progress: Progress,
    *,
    full: bool = False,
) -> Refreshed:
    """Bring one object's snapshot up to date and say what was read."""
    table = snapshot_table(wanted.connection, wanted.object)
    make_table(con, table, wanted.fields)
    cursor = _cursor(con, wanted)
    since = (
        None if full or cursor is None or _needs_full(cursor, wanted, now) else cursor.at - OVERLAP[wanted.connection]
    )
    step = f"read {wanted.connection} {wanted.object}"
    progress.start(step, None)
    extract = _read(connector, wanted, since, layout)
    before = cursor.full_rows if cursor else 0
    at = _naive(extract.server_time_at_start)
    # Rows and cursor change together: what a crash leaves is the snapshot of before.
    with _landed(con, wanted, extract), _transaction(con):
        _merge(con, table, has_rows=bool(extract.files), proves=since is None and extract.complete)
        visible = int(rows(con, f"select count(*) from {table} where _visible and not _deleted")[0][0])
        has_shrunk = before >= LEAST_ROWS and visible < before * SHRUNK
        # A side that shrank is measured against what it was until an apply allows it.
        known = before if has_shrunk else visible
        # A read that the system says is not whole proves nothing: the next one is full again.
        _save_cursor(con, wanted, cursor, at, is_full=since is None, full_rows=known, complete=extract.complete)
    progress.finish(step, f"{extract.rows:,} rows")
    gone = int(rows(con, f"select count(*) from {table} where _deleted")[0][0])
    note = _note(wanted, cursor, extract, is_full=since is None)
    coverage = Coverage(
        system=wanted.connection,
        object=wanted.object,
        rows=visible,
        deleted=gone,
        mode="full" if since is None else "delta",
        changed=extract.rows,
        note=note,
    )
    shrunk = (before, visible) if has_shrunk else None
    shutil.rmtree(layout.landing, ignore_errors=True)
    return Refreshed(coverage=coverage, complete=extract.complete, shrunk=shrunk)


def _note(wanted: Wanted, cursor: "_Cursor | None", extract: Extract, *, is_full: bool) -> str:
    """What the reader of a plan should know of a read: rows kept back, and the age of fields that no delta brings."""
    notes = [] if extract.complete else ["the system kept rows back"]
    if wanted.sweep and not is_full and cursor is not None:
        notes.append(f"{', '.join(wanted.sweep)} as of {cursor.full_at:%Y-%m-%d %H:%M} UTC, unless the record moved")
    return "; ".join(notes)


def read_records(
    con: duckdb.DuckDBPyConnection,
    connector: Connector,
    wanted: Wanted,
    request: ReadRequest,
    layout: Layout,
) -> int:
    """Read some records into the snapshot without moving the cursor; says how many came."""
    table = snapshot_table(wanted.connection, wanted.object)
    make_table(con, table, wanted.fields)
    shutil.rmtree(layout.landing, ignore_errors=True)
    extract = connector.read(request, layout.landing / "records")
    with _landed(con, wanted, extract), _transaction(con):
        _merge(con, table, has_rows=bool(extract.files), proves=False)
    shutil.rmtree(layout.landing, ignore_errors=True)
    return extract.rows


def request_fields(wanted: Wanted) -> tuple[str, ...]:
    """Everything that is asked for of a record."""
    columns = columns_of(wanted.connection, wanted.object)
    system = [c for c in (columns.id, columns.stamp, columns.writer, columns.deleted, *columns.extra) if c]
    return tuple(dict.fromkeys([*system, *wanted.fields]))


def _read(connector: Connector, wanted: Wanted, since: datetime | None, layout: Layout) -> Extract:
    shutil.rmtree(layout.landing, ignore_errors=True)
    request = ReadRequest(
        object=wanted.object,
        fields=request_fields(wanted),
        since=since,
        include_deleted=bool(columns_of(wanted.connection, wanted.object).deleted),
        where=wanted.where or None,
    )
    return connector.read(request, layout.landing / f"{wanted.connection}.{wanted.object}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cursor:
    at: datetime
    full_at: datetime
    full_rows: int
    fields: frozenset[str]
    where: str


def _cursor(con: duckdb.DuckDBPyConnection, wanted: Wanted) -> _Cursor | None:
    columns = "cursor_at, full_at, full_rows, fields, source_filter"
    query = f"select {columns} from snap.cursors where connection = ? and object = ?"
    found = rows(con, query, wanted.connection, wanted.object)
    if not found:
        return None
    at, full_at, full_rows, fields, where = found[0]
    aware = {"at": at.replace(tzinfo=UTC), "full_at": full_at.replace(tzinfo=UTC)}
    return _Cursor(full_rows=full_rows, fields=frozenset(fields), where=where, **aware)


def _needs_full(cursor: _Cursor, wanted: Wanted, now: datetime) -> bool:
    """A new field, a filter (what leaves it is in no delta), or an age at which the snapshot has to be proved."""
    if wanted.where or cursor.where or not set(wanted.fields) <= cursor.fields:
        return True
    return now - cursor.full_at > (SWEEP_EVERY if wanted.sweep else FULL_EVERY)


def make_table(con: duckdb.DuckDBPyConnection, table: str, fields: Sequence[str]) -> None:
    """The snapshot of one object with at least these columns, made where it is missing."""
    con.execute(
        f"create table if not exists {table} (_id varchar, _stamp timestamp, _writer varchar, _deleted boolean,"
        " _visible boolean, _closed boolean, _follow varchar, _read_at timestamp)"
    )
    known = {row[0] for row in con.execute(f"describe {table}").fetchall()}
    for field in fields:
        if field not in known:
            con.execute(f"alter table {table} add column {name(field)} varchar")


@contextmanager
def _landed(con: duckdb.DuckDBPyConnection, wanted: Wanted, extract: Extract) -> Iterator[None]:
    """The rows of a read as the session's table `landed`, for the length of a block."""
    if extract.files:
        con.execute(f"create or replace temp table landed as {_landed_sql(wanted, extract)}")
    yield
    if extract.files:
        con.execute("drop table landed")


@contextmanager
def _transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All or nothing."""
    con.execute("begin")
    try:
        yield
    except BaseException:
        con.execute("rollback")
        raise
    con.execute("commit")


def _merge(con: duckdb.DuckDBPyConnection, table: str, *, has_rows: bool, proves: bool) -> None:
    """Replace the rows that came; after a read that proves the snapshot, rows that did not come are not visible."""
    if has_rows:
        con.execute(f"delete from {table} where _id in (select _id from landed)")
        con.execute(f"insert into {table} by name select * from landed")
    if proves:
        came = "where _id not in (select _id from landed)" if has_rows else ""
        con.execute(f"update {table} set _visible = false {came}")


def _landed_sql(wanted: Wanted, extract: Extract) -> str:
    columns = columns_of(wanted.connection, wanted.object)
    array = extract.records_pointer.lstrip("/")
    files = literals([str(f) for f in extract.files])
    picks = [f"max(r->>{literal('$.' + _json_key(f))}) as {name(f)}" for f in wanted.fields]
    deleted = f"bool_or((r->>'$.{columns.deleted}') = 'true')" if columns.deleted else "false"
    read_at = literal(_naive(extract.server_time_at_start).isoformat())
    body = ", ".join(
        [
            f"r->>'$.{columns.id}' as _id",
            f"max(nf_instant(r->>'$.{columns.stamp}')) as _stamp",
            f"arg_max(r->>'$.{columns.writer}', nf_instant(r->>'$.{columns.stamp}')) as _writer",
            f"coalesce({deleted}, false) as _deleted",
            "true as _visible",
            f"{_closed(wanted)} as _closed",
            f"{_follow(wanted, columns)} as _follow",
            f"cast({read_at} as timestamp) as _read_at",
            *picks,
        ]
    )
    source = (
        f"select unnest({array}) as r from read_json([{files}], format = 'unstructured',"
        f" columns = {{{array}: 'JSON[]'}}, maximum_object_size = 536870912)"
    )
    # Each pass holds other fields of the same record; only a single pass can be narrowed to the newest copy.
    newest = (
        source
        if extract.passes > 1
        else (
            f"select r from ({source}) qualify rank() over (partition by r->>'$.{columns.id}'"
            f" order by nf_instant(r->>'$.{columns.stamp}') desc nulls last) = 1"
        )
    )
    return f"select {body} from ({newest}) where (r->>'$.{columns.id}') is not null group by r->>'$.{columns.id}'"


def _json_key(field: str) -> str:
    return '"' + field.replace('"', "") + '"'


def _closed(wanted: Wanted) -> str:
    if (wanted.connection, wanted.object) == ("salesforce", "Lead"):
        return "coalesce(bool_or((r->>'$.IsConverted') = 'true'), false)"
    return "false"


def _follow(wanted: Wanted, columns: Columns) -> str:
    """The record that a converted lead or a merged loser became."""
    parts = ["max(r->>'$.MasterRecordId')"] if "MasterRecordId" in columns.extra else []
    if (wanted.connection, wanted.object) == ("salesforce", "Lead"):
        parts.append("max(r->>'$.ConvertedContactId')")
    return f"coalesce({', '.join(parts)})" if parts else "cast(null as varchar)"


def _save_cursor(
    con: duckdb.DuckDBPyConnection,
    wanted: Wanted,
    cursor: _Cursor | None,
    at: datetime,
    *,
    is_full: bool,
    full_rows: int,
    complete: bool,
) -> None:
    if not complete:
        # What was kept back is asked for again: the cursor stays where it was, and the snapshot is proved anew.
        con.execute(
            "update snap.cursors set full_at = '1970-01-01' where connection = ? and object = ?",
            [wanted.connection, wanted.object],
        )
        return
    con.execute("delete from snap.cursors where connection = ? and object = ?", [wanted.connection, wanted.object])
    # A field that was left out of one delta is not kept any more: it is read whole when it is wanted again.
    fields = sorted(set(wanted.fields))
    full_at = at if is_full or cursor is None else _naive(cursor.full_at)
    con.execute(
        "insert into snap.cursors values (?, ?, ?, ?, ?, ?, ?)",
        [wanted.connection, wanted.object, fields, at, full_at, full_rows, wanted.where],
    )


def _naive(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None)
