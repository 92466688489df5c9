"""Read records one at a time, for the fields that no read of many records brings (Account Engagement: those that hold
several values).

Only records that need it are asked for: the live ones of pairs, and those that new records are made from, as far as
nothing of them is kept that still counts. How many that may be is declared; where more are needed, nothing is asked.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import duckdb

from pardotflow.connectors.protocol import Connector
from pardotflow.core.diagnostic import Diagnostic
from pardotflow.core.errors import InvalidProject
from pardotflow.core.progress import NullProgress, Progress
from pardotflow.core.values import join_values
from pardotflow.engine.columns import system_columns
from pardotflow.engine.compile import snapshot_table
from pardotflow.engine.compiled import CompiledSide, CompiledSync
from pardotflow.engine.extract import Wanted
from pardotflow.engine.focus import Focus
from pardotflow.engine.interruption import stop_if_asked
from pardotflow.engine.landed import naive
from pardotflow.engine.quote import literal, name
from pardotflow.engine.seen import record_seen
from pardotflow.engine.sqlfile import insert_rows, rows
from pardotflow.engine.syncplan import decide_sync
from pardotflow.engine.unread import READ_AT, Singly, is_unread
from pardotflow.plan.model import Coverage

AT_A_TIME = 50
"""Records that are kept together: what an interruption loses."""


def read_all_singly(
    con: duckdb.DuckDBPyConnection,
    connectors: Mapping[str, Connector],
    wanted: Sequence[Wanted],
    coverage: tuple[Coverage, ...],
    progress: Progress,
) -> tuple[Coverage, ...]:
    """Ask for every live record of the objects of which an expression or a model reads such a field, and say so in the
    coverage; raises InvalidProject where that is more than is declared."""
    for item in wanted:
        if item.singly and item.singly.of_all:
            ids = _unread(con, item, item.singly)
            _read(con, connectors, item, item.singly, ids, progress)
            coverage = _noted(coverage, item, item.singly, len(ids))
    return coverage


def read_pairs_singly(
    con: duckdb.DuckDBPyConnection,
    connectors: Mapping[str, Connector],
    wanted: Sequence[Wanted],
    syncs: Sequence[CompiledSync],
    coverage: tuple[Coverage, ...],
    progress: Progress,
    *,
    share: bool,
) -> tuple[Coverage, ...]:
    """Ask for the records of pairs and of planned creates: who belongs to whom is decided by other fields, so that it
    is known before these are read. Needs the session's empty `out_` tables; `share` as in `syncplan.statements`."""
    for item in wanted:
        if item.singly and not item.singly.of_all:
            unread = set(_unread(con, item, item.singly))
            needed = set[str]()
            for sync in syncs if unread else ():
                for side in (s for s in (sync.a, sync.b) if not sync.paused_at and _maps(sync, s, item)):
                    decide_sync(con, sync, Focus(), share=share)
                    needed.update(_of_pairs(con, sync, side, item))
            _read(con, connectors, item, item.singly, sorted(unread & needed), progress)
            coverage = _noted(coverage, item, item.singly, len(unread & needed))
    return coverage


def _noted(coverage: tuple[Coverage, ...], wanted: Wanted, singly: Singly, calls: int) -> tuple[Coverage, ...]:
    """The coverage with the cost of one object in it."""
    count = "1 call" if calls == 1 else f"{calls:,} calls"
    note = f"{', '.join(singly.fields)} read one by one, {count} of at most {singly.limit:,}"
    return tuple(
        replace(one, note="; ".join(n for n in (one.note, note) if n))
        if (one.system, one.object) == (wanted.connection, wanted.object)
        else one
        for one in coverage
    )


def read_moved_singly(
    con: duckdb.DuckDBPyConnection,
    connectors: Mapping[str, Connector],
    wanted: Sequence[Wanted],
    syncs: Sequence[CompiledSync],
    progress: Progress,
) -> None:
    """Before an apply: ask for the records that the plan touches and that came again since. Where that is more than is
    declared nothing is asked: they count as moved."""
    for item in wanted:
        if item.singly and (unread := set(_unread(con, item, item.singly))):
            columns = "system varchar, object varchar, id varchar, digest varchar"
            con.execute(f"create or replace temp table seen_again ({columns})")
            record_seen(con, "seen_again", syncs)
            query = (
                "select n.id from seen_again n join plan.seen s using (system, object, id)"
                " where n.system = ? and n.object = ? and n.digest <> s.digest"
            )
            came = {str(record) for (record,) in rows(con, query, item.connection, item.object)}
            if len(unread & came) <= item.singly.limit:
                _read(con, connectors, item, item.singly, sorted(unread & came), progress)


def read_records_singly(
    con: duckdb.DuckDBPyConnection, connector: Connector, wanted: Wanted, ids: Sequence[str]
) -> None:
    """Ask for these few records, as far as they are unread."""
    if wanted.singly:
        unread = set(_unread(con, wanted, wanted.singly))
        _ask(con, connector, wanted, wanted.singly, [i for i in ids if i in unread], NullProgress())


def _read(
    con: duckdb.DuckDBPyConnection,
    connectors: Mapping[str, Connector],
    wanted: Wanted,
    singly: Singly,
    ids: Sequence[str],
    progress: Progress,
) -> None:
    if len(ids) > singly.limit:
        raise InvalidProject([_too_many(wanted, singly, len(ids))])
    if ids:
        step = f"read {wanted.connection} {wanted.object} one by one"
        progress.start(step, len(ids))
        _ask(con, connectors[wanted.connection], wanted, singly, ids, progress, step)
        progress.finish(step, f"{len(ids):,} calls")


def _too_many(wanted: Wanted, singly: Singly, count: int) -> Diagnostic:
    fields = ", ".join(singly.fields)
    return Diagnostic(
        code="PF205",
        message=f"{fields}: {count:,} {wanted.object}s would be read one by one, {count:,} API calls"
        f" (limit {singly.limit:,})",
        span=singly.span,
        help=f"No such call was made. Write single_reads: {count} in the source to allow them, or narrow the side by"
        " select.",
    )


def _ask(
    con: duckdb.DuckDBPyConnection,
    connector: Connector,
    wanted: Wanted,
    singly: Singly,
    ids: Sequence[str],
    progress: Progress,
    step: str = "one by one",
) -> None:
    columns = system_columns(wanted.connection, wanted.object)
    fields = (columns.id, columns.stamp, *singly.fields)

    def ask(record: str) -> Mapping[str, object] | None:
        return connector.read_record(wanted.object, record, fields)

    with ThreadPoolExecutor(max_workers=connector.concurrency) as pool:
        for piece in _pieces(ids):
            at = naive(connector.server_now()).isoformat()
            answers = list(pool.map(ask, piece))
            _keep(con, wanted, singly, at, list(zip(piece, answers, strict=True)))
            progress.advance(step, len(piece))
            stop_if_asked()


def _pieces(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for first in range(0, len(ids), AT_A_TIME):
        yield ids[first : first + AT_A_TIME]


def _keep(
    con: duckdb.DuckDBPyConnection,
    wanted: Wanted,
    singly: Singly,
    at: str,
    answers: Sequence[tuple[str, Mapping[str, object] | None]],
) -> None:
    """Put answers into the snapshot. One that is older than the record's stamp says nothing; a record that is not
    there any more is not visible."""
    table, stamp = (
        snapshot_table(wanted.connection, wanted.object),
        system_columns(wanted.connection, wanted.object).stamp,
    )
    told = {f: f"value_{n}" for n, f in enumerate(singly.fields)}
    columns = ", ".join(f"{column} varchar" for column in ("id", "stamp", *told.values()))
    con.execute(f"create or replace temp table told ({columns})")
    lines = [[record, found.get(stamp), *(_text(found.get(f)) for f in told)] for record, found in answers if found]
    insert_rows(con, "told", lines)
    sets = ", ".join(f"{name(field)} = told.{column}" for field, column in told.items())
    con.execute(
        f"update {table} t set {sets}, {READ_AT} = timestamp {literal(at)} from told"
        " where told.id = t._id and not coalesce(nf_instant(told.stamp) < t._stamp, false)"
    )
    gone = [record for record, found in answers if found is None]
    con.execute(f"update {table} set _visible = false where list_contains(?, _id)", [gone])
    con.execute("drop table told")


def _text(value: object) -> str | None:
    """The values of a field as the snapshot holds them; one that holds a single value may show it bare."""
    if value is None:
        return None
    return join_values(value if isinstance(value, list) else [value])


def _unread(con: duckdb.DuckDBPyConnection, wanted: Wanted, singly: Singly) -> list[str]:
    """The live records of an object that were not asked for yet, in order."""
    table = snapshot_table(wanted.connection, wanted.object)
    found = rows(con, f"select _id from {table} where {is_unread(singly.fields)} order by length(_id), _id")
    return [str(record) for (record,) in found]


def _maps(sync: CompiledSync, side: CompiledSide, wanted: Wanted) -> bool:
    """True where a sync maps one of the fields on this side."""
    fields = wanted.singly.fields if wanted.singly else ()
    mine = [o for o in side.objects if (str(side.system), o.name) == (wanted.connection, wanted.object)]
    return any(set(fields) & set(o.fields) for o in mine)


def _of_pairs(con: duckdb.DuckDBPyConnection, sync: CompiledSync, side: CompiledSide, wanted: Wanted) -> set[str]:
    """The records of an object in the pairs of a sync that was just decided, and in what it would make."""
    role = side.role
    found = rows(
        con,
        f"select {role}_id from live_pairs where {role}_obj = $1 union"
        f" select {role}_id from out_creates where sync = $2 and {role}_obj = $1 union"
        # What a new record must have may be among what was not read.
        " select id from out_held where sync = $2 and system = $3 and object = $1 and kind = 'required_missing'",
        wanted.object,
        sync.name,
        wanted.connection,
    )
    return {str(record) for (record,) in found if record is not None}
