"""The record of `why` and its counterpart: how they belong together, or why the record stands alone.

Read from what a plan keeps in its session, from memory and from the ledger; the words are the plan's own.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import duckdb

from pardotflow.core.values import System
from pardotflow.engine.compiled import CompiledSide, CompiledSync
from pardotflow.engine.sqlfile import dicts, rows
from pardotflow.plan.explanation import Link, RecordState, Refusal, SeenRecord, Standing
from pardotflow.plan.model import RecordName, SkipReason
from pardotflow.store.ledger import Ledger

Row = Mapping[str, Any]
_NEW = "new:"


def text_of(at: datetime | None) -> str:
    """A moment in UTC as ISO 8601, or the empty text."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}" if at else ""


def named(system: str, item: str, record_id: str, name: str) -> RecordName:
    """A record under its address; one that does not exist yet has the id `new`."""
    return RecordName(system=system, object=item, id="new" if record_id.startswith(_NEW) else record_id, name=name)


def find_seen(
    con: duckdb.DuckDBPyConnection, sync: CompiledSync, side: CompiledSide, pair: Row, users: Mapping[str, str]
) -> SeenRecord | None:
    """One record of a pair as it was read last; None where the pair has none on that side."""
    item, record_id = pair.get(f"{side.role}_obj"), pair.get(f"{side.role}_id")
    if item is None or record_id is None:
        return None
    system = str(side.system)
    query = "select * from why_records where sync = ? and role = ? and obj = ? and id = ?"
    found = next(dicts(con, query, sync.name, side.role, item, record_id), None)
    if found is None:
        state = RecordState.NEW if record_id.startswith(_NEW) else RecordState.NOT_VISIBLE
        found = {"name": "", "state": state, "stamp": None, "writer": None, "read_at": None}
    writer = found["writer"] or ""
    return SeenRecord(
        record=named(system, item, record_id, found["name"] or ""),
        state=found["state"],
        changed_at=text_of(found["stamp"]),
        changed_by=writer,
        is_ours=bool(writer) and writer == users.get(system, ""),
        as_of=text_of(_as_of(con, side, item, found["read_at"])),
    )


def _as_of(con: duckdb.DuckDBPyConnection, side: CompiledSide, item: str, read_at: datetime | None) -> datetime | None:
    """A later delta that did not bring the record proves that it is still the same."""
    if side.system is System.WAREHOUSE:
        return None
    query = "select cursor_at from snap.cursors where connection = ? and object = ?"
    moments = [at for (at,) in rows(con, query, str(side.system), item)]
    return max((at for at in (*moments, read_at) if at is not None), default=None)


def find_link(con: duckdb.DuckDBPyConnection, sync: CompiledSync, pair: Row) -> Link:
    """How the two belong together: remembered, found now, followed, or about to be made."""
    query = (
        "select origin, run_id, linked_at from mem.links"
        " where sync = ? and a_object = ? and a_id = ? and b_object = ? and b_id = ? and tombstone is null"
    )
    olds = [(s, pair[f"old_{s.role}_obj"], pair[f"old_{s.role}_id"]) for s in (sync.a, sync.b)]
    found = rows(con, query, sync.name, *(part for _, *place in olds for part in place))
    origin, run_id, linked_at = found[0] if found else ("", "", None)
    was = tuple(named(str(side.system), item, record_id, "") for side, item, record_id in olds)
    return Link(
        origin=origin,
        run_id=run_id or "",
        linked_at=text_of(linked_at),
        key=pair["key"] or "",
        line=pair["line"] or "",
        agreeing=tuple(pair["agreeing"]),
        was=was if pair["followed"] else (),
    )


def find_standings(
    con: duckdb.DuckDBPyConnection, sync: CompiledSync, role: str, records: Sequence[RecordName], *, is_paired: bool
) -> tuple[Standing, ...]:
    """What the plan lists of the records themselves, and why the record that was asked for stands alone."""
    query = (
        "select 'ambiguous' as kind, reason || ': ' || candidates as note, line from plan.ambiguities where {who}"
        " union all select reason, note, '' from plan.skipped where {who}"
        " union all select 'delete', reason, line from out_deletes where {who}"
        " union all select 'undelete', reason, line from out_undeletes where {who}"
        " union all select kind, reason, line from plan.held where field = '' and kind <> 'refused' and {who}"
        " order by all"
    )
    who = "sync = $1 and system = $2 and object = $3 and id = $4"
    found = [
        Standing(kind=r["kind"], record=record, note=r["note"] or "", line=r["line"])
        for record in records
        for r in dicts(con, query.format(who=who), sync.name, record.system, record.object, record.id)
    ]
    if not found and not is_paired and not any(c.role != role for c in sync.creates):
        found = [Standing(kind=SkipReason.NO_CREATE_RULE, record=r, note="", line=sync.line) for r in records]
    return tuple(found)


def find_refusals(ledger: Ledger, records: Iterable[RecordName], pair: Row) -> tuple[Refusal, ...]:
    """Refusals of the records that are still open, those of a record that was to be made among them."""
    of = {(r.system, r.object, r.id): r for r in records if r.id != "new"}
    new = {pair[k] for k in ("a_id", "b_id") if pair.get(k, "").startswith(_NEW)}
    found = []
    for error in ledger.sync_errors():
        known = of.get((error.system, error.object, error.record))
        if known is None and error.record not in new:
            continue
        record = known or RecordName(system=error.system, object=error.object, id="new", name="")
        at = text_of(datetime.fromisoformat(error.at))
        found.append(
            Refusal(
                record=record,
                action=error.action,
                code=error.code,
                message=error.message,
                run_id=error.run_id,
                at=at,
            )
        )
    return tuple(found)
