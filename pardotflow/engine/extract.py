"""Keep the snapshots fresh: a full read the first time, then what changed since the cursor.

The cursor is the server's own time at the start of the last read; the next read begins an overlap earlier, so that a
transaction that committed late and a cache that lagged are seen. Deleted records are read too. A record that a full
read does not bring is not visible, which is no evidence that it is gone.
"""

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import duckdb

from pardotflow.config.guards import SHRUNK
from pardotflow.config.limits import Limit
from pardotflow.connectors.protocol import Connector, Extract, ReadRequest
from pardotflow.core.progress import Progress
from pardotflow.core.values import FieldType
from pardotflow.engine.columns import system_columns
from pardotflow.engine.compile import snapshot_table
from pardotflow.engine.histories import is_history
from pardotflow.engine.interruption import stop_if_asked
from pardotflow.engine.landed import landed, naive
from pardotflow.engine.quote import name
from pardotflow.engine.sqlfile import one, rows
from pardotflow.engine.unread import Singly, add_columns, keep_values, put_values_back
from pardotflow.plan.model import Coverage
from pardotflow.store.layout import Layout

# Salesforce transactions may last ten minutes; Account Engagement may lag sixty seconds.
OVERLAP: Mapping[str, timedelta] = {"salesforce": timedelta(minutes=10), "pardot": timedelta(minutes=5)}
# A full read at intervals proves the snapshot; fields whose change does not move the stamp are read whole more often.
FULL_EVERY = timedelta(days=7)
SWEEP_EVERY = timedelta(hours=6)
LEAST_ROWS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What has to be known of one object. `sweep` names the wanted fields whose change does not move the stamp."""

    connection: str
    object: str
    fields: tuple[str, ...]
    where: str
    sweep: tuple[str, ...]
    looks_up: bool = False
    """Read only to look users up: its records are on no side of a sync."""
    shrunk: tuple[Limit, ...] = (SHRUNK,)
    """How many of its records a full read may find missing; the strictest counts."""
    steady: str = ""
    """A filter by what never changes in a record: beside it, a delta misses nothing that the filter lets through."""
    singly: Singly | None = None
    """What no read of many records brings."""
    types: tuple[tuple[str, FieldType], ...] = ()
    """What the fields are, by name, as far as it is known."""

    @property
    def filter(self) -> str:
        """What is sent with every read."""
        return self.where or self.steady


@dataclass(frozen=True, slots=True, kw_only=True)
class Shrunk:
    """A full read brought too little: rows before and now, and the limit that this passes."""

    before: int
    now: int
    limit: Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """The result of one refresh."""

    coverage: Coverage
    complete: bool
    shrunk: Shrunk | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """One object to read: `since` is None for all of it."""

    wanted: Wanted
    cursor: "_Cursor | None"
    since: datetime | None
    anew: bool = False
    """True where what was read singly is asked for again too."""

    @property
    def step(self) -> str:
        return f"read {self.wanted.connection} {self.wanted.object}"


def refresh(
    con: duckdb.DuckDBPyConnection,
    connectors: Mapping[str, Connector],
    wanted: Iterable[Wanted],
    layout: Layout,
    now: datetime,
    progress: Progress,
    *,
    full: bool = False,
) -> list[Refreshed]:
    """Bring the snapshots of some objects up to date and say what was read, in their order.

    The systems are read at the same time, the objects of one system one after the other.
    """
    jobs = [_job(con, item, now, full=full) for item in wanted]
    shutil.rmtree(layout.landing, ignore_errors=True)
    try:
        with _reading(connectors, jobs, layout, progress) as extracts:
            results = []
            for job, extract in zip(jobs, extracts, strict=True):
                results.append(_store(con, job, extract.result()))
                progress.finish(job.step, f"{extract.result().rows:,} rows")
                stop_if_asked()
            return results
    finally:
        shutil.rmtree(layout.landing, ignore_errors=True)


def _job(con: duckdb.DuckDBPyConnection, wanted: Wanted, now: datetime, *, full: bool) -> _Job:
    make_snapshot(con, wanted)
    cursor = _cursor(con, wanted)
    if full or cursor is None or _needs_full(cursor, wanted, now):
        return _Job(wanted=wanted, cursor=cursor, since=None, anew=full)
    return _Job(wanted=wanted, cursor=cursor, since=cursor.at - OVERLAP[wanted.connection])


@contextmanager
def _reading(
    connectors: Mapping[str, Connector], jobs: Sequence[_Job], layout: Layout, progress: Progress
) -> Iterator[list["Future[Extract]"]]:
    """Every job as it is read, each system by a thread of its own.

    A system that fails is asked for nothing more. Where the block ends early, the connectors are closed: no read is
    begun any more, and one that is under way ends with the page that it waits for.
    """
    lanes = {system: ThreadPoolExecutor(max_workers=1) for system in {job.wanted.connection for job in jobs}}
    failed: set[str] = set()

    def read(job: _Job) -> Extract:
        system = job.wanted.connection
        if system in failed:
            raise CancelledError
        try:
            return _read(connectors[system], job, layout, progress)
        except BaseException:
            failed.add(system)
            raise

    try:
        yield [lanes[job.wanted.connection].submit(read, job) for job in jobs]
    except BaseException:
        for system in lanes:
            connectors[system].close()
        raise
    finally:
        for lane in lanes.values():
            lane.shutdown(cancel_futures=True)


def _read(connector: Connector, job: _Job, layout: Layout, progress: Progress) -> Extract:
    progress.start(job.step, None)
    wanted = job.wanted
    columns = system_columns(wanted.connection, wanted.object)
    request = ReadRequest(
        object=wanted.object,
        fields=request_fields(wanted),
        since=job.since,
        include_deleted=bool(columns.deleted),
        where=wanted.filter or None,
        expected=job.cursor.full_rows if job.cursor else 0,
        types=dict(wanted.types),
        stamp=columns.stamp if is_history(wanted.connection, wanted.object) else "",
    )
    return connector.read(request, layout.landing / f"{wanted.connection}.{wanted.object}")


def _store(con: duckdb.DuckDBPyConnection, job: _Job, extract: Extract) -> Refreshed:
    """Merge what was read into the snapshot."""
    wanted, cursor, is_full = job.wanted, job.cursor, job.since is None
    table = snapshot_table(wanted.connection, wanted.object)
    before = cursor.full_rows if cursor else 0
    at = naive(extract.server_time_at_start)
    # Rows and cursor change together: what a crash leaves is the snapshot of before.
    columns = system_columns(wanted.connection, wanted.object)
    with landed(con, columns, wanted.fields, extract) as has_rows, _transaction(con):
        changed = _differing(con, table) if has_rows and not is_full else extract.rows
        kept = None if job.anew else wanted.singly
        _merge(con, table, has_rows=has_rows, proves=is_full and extract.complete, kept=kept, at=at)
        counts = "count(*) filter (_visible and not _deleted), count(*) filter (_deleted)"
        visible, gone = (int(count) for count in one(con, f"select {counts} from {table}"))
        # Entries of a history end with the org's retention.
        shrunk = None if wanted.steady else _shrunk(before, visible, wanted.shrunk)
        # A side that shrank is measured against what it was until an apply allows it.
        known = before if shrunk else visible
        # A read that the system says is not whole proves nothing: the next one is full again.
        _save_cursor(con, wanted, cursor, at, is_full=is_full, full_rows=known, complete=extract.complete)
    coverage = Coverage(
        system=wanted.connection,
        object=wanted.object,
        rows=visible,
        deleted=gone,
        mode="full" if is_full else "delta",
        changed=changed,
        note=_note(wanted, cursor, extract, is_full=is_full),
    )
    return Refreshed(coverage=coverage, complete=extract.complete, shrunk=shrunk)


def _shrunk(before: int, now: int, limits: Iterable[Limit]) -> Shrunk | None:
    """The strictest limit that is passed; of few rows no share is taken."""
    counted = [limit for limit in limits if before >= LEAST_ROWS or not limit.percent]
    strictest = min(counted, key=lambda limit: limit.of(before), default=None)
    if strictest is None or before - now <= strictest.of(before):
        return None
    return Shrunk(before=before, now=now, limit=strictest)


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
) -> tuple[str, ...]:
    """Read some records into the snapshot without moving the cursor; returns the ids of those that came."""
    table = snapshot_table(wanted.connection, wanted.object)
    make_snapshot(con, wanted)
    shutil.rmtree(layout.landing, ignore_errors=True)
    extract = connector.read(request, layout.landing / "records")
    columns = system_columns(wanted.connection, wanted.object)
    with landed(con, columns, wanted.fields, extract) as has_rows, _transaction(con):
        at = naive(extract.server_time_at_start)
        _merge(con, table, has_rows=has_rows, proves=False, kept=wanted.singly, at=at)
        came = rows(con, "select _id from landed order by _id") if has_rows else []
    shutil.rmtree(layout.landing, ignore_errors=True)
    return tuple(str(record) for (record,) in came)


def request_fields(wanted: Wanted) -> tuple[str, ...]:
    """Everything that is asked for of a record."""
    return tuple(dict.fromkeys([*system_columns(wanted.connection, wanted.object).all, *wanted.fields]))


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
    if wanted.looks_up and wanted.connection == "pardot":
        # A few users, of whom no delta surely says that one was deleted.
        return True
    if wanted.where or cursor.where != wanted.steady or not set(wanted.fields) <= cursor.fields:
        return True
    return now - cursor.full_at > (SWEEP_EVERY if wanted.sweep else FULL_EVERY)


def make_snapshot(con: duckdb.DuckDBPyConnection, wanted: Wanted) -> None:
    """The snapshot of an object with a column for everything that is wanted of it."""
    table = snapshot_table(wanted.connection, wanted.object)
    make_table(con, table, wanted.fields)
    if wanted.singly:
        add_columns(con, table, wanted.singly.fields)


def make_table(con: duckdb.DuckDBPyConnection, table: str, fields: Sequence[str]) -> None:
    """The snapshot of one object with at least these columns, made where it is missing."""
    own = (
        "_id varchar, _stamp timestamp, _writer varchar, _deleted boolean,"
        " _visible boolean, _closed boolean, _follow varchar, _read_at timestamp"
    )
    try:
        known = {row[0] for row in con.execute(f"describe {table}").fetchall()}
    except duckdb.CatalogException:
        con.execute(f"create table {table} ({', '.join([own, *(f'{name(field)} varchar' for field in fields)])})")
        return
    for field in fields:
        if field not in known:
            con.execute(f"alter table {table} add column {name(field)} varchar")


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


def _differing(con: duckdb.DuckDBPyConnection, table: str) -> int:
    """Rows that came and are not what the snapshot holds: the overlap brings others again as they were."""
    columns = ", ".join(name(row[0]) for row in rows(con, "describe landed") if row[0] != "_read_at")
    known = f"select {columns} from {table} semi join landed using (_id)"
    return int(rows(con, f"select count(*) from (select {columns} from landed except {known})")[0][0])


def _merge(
    con: duckdb.DuckDBPyConnection, table: str, *, has_rows: bool, proves: bool, kept: Singly | None, at: datetime
) -> None:
    """Replace the rows that came, but for what was read of them singly and still counts; after a read that proves the
    snapshot, rows that did not come are not visible."""
    if has_rows:
        if kept:
            keep_values(con, table, kept.fields, at)
        con.execute(f"delete from {table} where _id in (select _id from landed)")
        con.execute(f"insert into {table} by name select * from landed")
        if kept:
            put_values_back(con, table, kept.fields)
    if proves:
        came = "where _id not in (select _id from landed)" if has_rows else ""
        con.execute(f"update {table} set _visible = false {came}")


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
    # A field that was left out of one delta is not kept any more: it is read whole when it is wanted again.
    known = [sorted(set(wanted.fields)), at, at if is_full or cursor is None else naive(cursor.full_at), full_rows]
    values = [*known, wanted.filter, wanted.connection, wanted.object]
    if cursor is None:
        columns = "fields, cursor_at, full_at, full_rows, source_filter, connection, object"
        con.execute(f"insert into snap.cursors ({columns}) values (?, ?, ?, ?, ?, ?, ?)", values)
        return
    changes = "fields = ?, cursor_at = ?, full_at = ?, full_rows = ?, source_filter = ?"
    con.execute(f"update snap.cursors set {changes} where connection = ? and object = ?", values)
