"""Plan what takes a run back: the values that were there before it, and the records that it made or deleted.

The source is the run's own plan (what every field held before) and the journal (what was confirmed), judged against
what the records hold now. What comes out is an ordinary plan file: shown, saved, checked by row and applied like any
other. Nothing that somebody edited since is overwritten unasked.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pardotflow.core.address import Address
from pardotflow.core.errors import UsageError
from pardotflow.engine.assemble import name_syncs
from pardotflow.engine.compile import snapshot_table
from pardotflow.engine.compiled import CompiledSync
from pardotflow.engine.decidesql import CACHE_LAG
from pardotflow.engine.drafts import put_in_place, remove_draft
from pardotflow.engine.moments import leave_out_paused
from pardotflow.engine.parts import outcomes_of, parts_of
from pardotflow.engine.planner import (
    PlanRequest,
    SidesRead,
    finish_plan,
    read_sides,
    suit_rows,
    trial_of,
)
from pardotflow.engine.quote import literal, name
from pardotflow.engine.recycle import plan_recycling
from pardotflow.engine.revertedfields import REVERT_OF, columns_among, widened, written_fields
from pardotflow.engine.revertnotes import Undone, revert_notes
from pardotflow.engine.seen import record_seen
from pardotflow.engine.session import open_session
from pardotflow.engine.simulate import foretell
from pardotflow.engine.sqlfile import execute, insert_rows, rows, run
from pardotflow.engine.syncplan import keys_sql
from pardotflow.plan.file import TABLES, open_plan
from pardotflow.store.runs import RunRecord

_LANDED = {"confirmed": "confirmed", "unknown": "unknown", "untold": "unknown"}
"""What may have taken effect: the record tells of an unknown one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevertRequest:
    """What to take back, and with what to plan it. `select` narrows it to objects, records or fields, where any are
    given; `over_edits` takes back what somebody edited since, too."""

    planning: PlanRequest
    run: RunRecord
    select: tuple[Address, ...] = ()
    over_edits: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reverting:
    """The plan, None where there is nothing to take back and nothing to tell; and what was found."""

    path: Path | None
    undone: Undone


def plan_revert(request: RevertRequest) -> Reverting:
    """Plan and save. Raises UsageError for a run that cannot be taken back, and what `make_plan` raises."""
    planning, old = request.planning, _plan_of(request.run)
    draft = planning.layout.plans / "draft.plan"
    try:
        meta, undone = _draft(request, old, draft)
        if undone.is_empty:
            return Reverting(path=None, undone=undone)
        path = put_in_place(draft, planning.output or planning.layout.plans / f"{meta['id']}.plan")
    finally:
        remove_draft(draft)
    planning.ledger.save_plan(meta["id"], path, meta["digest"], planning.clock.now())
    return Reverting(path=path, undone=undone)


def _plan_of(record: RunRecord) -> Path:
    """The plan that the run carried out."""
    if record.ended_at is None:
        raise UsageError(f"run {record.id} has not ended", hint="Wait for it, or close it by: pardotflow plan")
    if record.plan is None or not record.plan.is_file():
        raise UsageError(
            f"the plan of run {record.id} is not there any more: what the records held before it is not known",
            hint="Bring the plan file back from a backup.",
        )
    with open_plan(record.plan):
        return record.plan


def _draft(request: RevertRequest, old: Path, draft: Path) -> tuple[dict[str, str], Undone]:
    remove_draft(draft)
    planning = request.planning
    with open_session(planning.layout) as con:
        con.execute(f"attach {literal(str(draft))} as plan; attach {literal(str(old))} as old (read_only)")
        execute(con, f"begin; {TABLES} commit;")
        con.execute("insert into plan.meta values (?, ?)", [REVERT_OF, request.run.id])
        fields = written_fields(con, "old")
        syncs, read = read_sides(con, planning, lambda wanted: widened(wanted, fields, planning.catalog))
        suit_rows(con, sum(c.rows for c in read.coverage))
        _load(con, request, syncs, read, fields)
        undone = _decide(con, request, syncs)
        record_seen(con, "plan.seen", syncs)
        if rows(con, "select 1 from plan.changes limit 1"):
            # What the next plan would write over this one, into `plan.unsettled`.
            foretell(trial_of(con, planning, syncs, read, draft, is_compared=False))
            run(con, "revert_foretold")
        notes = revert_notes(con, undone, planning.connectors)
        narrowed = SidesRead(
            coverage=read.coverage,
            complete=read.complete,
            shrunk=read.shrunk,
            notes=(*read.notes, *notes),
            focus=read.focus,
            selection=_selection(request),
            wanted=read.wanted,
        )
        meta = finish_plan(con, planning, syncs, narrowed)
        con.execute("detach plan; detach old")
    return meta, undone


def _selection(request: RevertRequest) -> str:
    told = f"taking back run {request.run.id}"
    return f"{told}: {', '.join(map(_told, request.select))}" if request.select else told


def _told(address: Address) -> str:
    record = f"{address.object}/{address.id}" if address.id else address.object
    return f"{record}#{address.field}" if address.field else record


def _load(
    con: duckdb.DuckDBPyConnection,
    request: RevertRequest,
    syncs: Iterable[CompiledSync],
    read: SidesRead,
    fields: Mapping[tuple[str, str], Iterable[str]],
) -> None:
    """What the decision looks at, as tables of the session."""
    con.execute(
        "create or replace temp table journal (change integer, status varchar, record_id varchar);"
        "create or replace temp table made_by_plan (change integer, record_id varchar);"
        "create or replace temp table plan_runs (run_id varchar);"
        "create or replace temp table lags (system varchar, lag integer);"
        "create or replace temp table writable (system varchar, object varchar, field varchar);"
        "create or replace temp table selections (object varchar, id varchar, field varchar);"
        "create or replace temp table seen_rows (system varchar, object varchar, id varchar, visible boolean,"
        " deleted boolean, closed boolean, follow varchar, stamp timestamp, writer varchar, read_at timestamp);"
        "create or replace temp table seen_values (system varchar, object varchar, id varchar, field varchar,"
        " value varchar)"
    )
    insert_rows(con, "journal", _journal(request))
    parts = parts_of(request.planning.ledger, request.run.plan_id)
    insert_rows(con, "made_by_plan", list(parts.confirmed.items()))
    insert_rows(con, "plan_runs", [[run_id] for run_id in {request.run.id, *(part.run_id for part in parts.runs)}])
    insert_rows(con, "lags", [[str(system), lag] for system, lag in CACHE_LAG.items()])
    chosen = [[a.object.lower(), a.id[:15] if len(a.id) == 18 else a.id, a.field.lower()] for a in request.select]
    insert_rows(con, "selections", chosen)
    _load_records(con, request.planning, read, fields)


def _journal(request: RevertRequest) -> list[list[object]]:
    """The last word about each change that may have taken effect. What did not happen, as a look has shown, did not."""
    outcomes = outcomes_of(request.planning.ledger.journal(request.run.id))
    return [[n, _LANDED[o.status], o.record_id] for n, o in outcomes.items() if o.status in _LANDED]


def _load_records(
    con: duckdb.DuckDBPyConnection,
    planning: PlanRequest,
    read: SidesRead,
    fields: Mapping[tuple[str, str], Iterable[str]],
) -> None:
    """Every record that the run wrote, and its counterparts, as the snapshots hold them now."""
    paired = ("bases", "links", "recycled")
    pairs = " union ".join(
        f"select y.{r}_system, p.{r}_object, p.{r}_id from old.{table} p join old.syncs y using (sync)"
        for table in paired
        for r in "ab"
    )
    con.execute(
        "create or replace temp table touched_by as select distinct system, object, coalesce(j.record_id, id) as id"
        f" from (select system, object, id from old.changes union {pairs}) t left join (select c.id as planned,"
        " j.record_id from old.changes c join made_by_plan j using (change) where c.action = 'create'"
        " and j.record_id <> '') j on j.planned = t.id"
    )
    for item in read.wanted:
        key = (item.connection, item.object)
        info = planning.catalog.find(*key)
        known = columns_among(con, *key, tuple(fields.get(key, ())))
        insert_rows(con, "writable", [[*key, f.name] for f in (info.fields if info else ()) if f.updateable])
        place = f"{literal(item.connection)}, {literal(item.object)}"
        among = (
            f"from {snapshot_table(*key)} s where s._id in"
            f" (select id from touched_by where (system, object) = ({place}))"
        )
        # A row that the last read did not bring was at that moment as it is here.
        read_at = "(select max(cursor_at) from snap.cursors where (connection, object) = (?, ?))"
        con.execute(
            f"insert into seen_rows select {place}, s._id, s._visible, s._deleted, s._closed, s._follow, s._stamp,"
            f" s._writer, greatest(s._read_at, {read_at}) {among}",
            [*key],
        )
        cells = ", ".join(f"{{'field': {literal(f)}, 'value': s.{name(f)}}}" for f in known)
        if cells:
            con.execute(f"insert into seen_values select {place}, s._id, unnest([{cells}], max_depth := 2) {among}")


def _decide(con: duckdb.DuckDBPyConnection, request: RevertRequest, syncs: tuple[CompiledSync, ...]) -> Undone:
    """Fill the attached plan; says what was found."""
    run_id = request.run.id
    run(con, "output_tables")
    con.execute("begin")
    name_syncs(con, syncs)
    for sync in (s for s in syncs if s.paused_at):
        leave_out_paused(con, sync)
    con.execute("insert into plan.left_out from out_left_out")
    run(con, "revert", run_id=run_id, over_edits=request.over_edits, narrowed=bool(request.select))
    plan_recycling(con, syncs)
    ended = 0 if request.select else _end_links(con, run_id, syncs)
    con.execute("commit")
    verdicts = rows(
        con,
        "select verdict, count(*) from (select verdict from undone union all select verdict from unmade union all"
        " select verdict from restored) group by all",
    )
    return Undone(run_id=run_id, verdicts={v: int(n) for v, n in verdicts}, ended_links=ended, changes=_changes(con))


def _changes(con: duckdb.DuckDBPyConnection) -> int:
    return int(rows(con, "select count(*) from plan.changes")[0][0])


def _end_links(con: duckdb.DuckDBPyConnection, run_id: str, syncs: Iterable[CompiledSync]) -> int:
    """Links that the run found and that nothing speaks for any more."""
    found = {s for (s,) in rows(con, "select distinct sync from pairs_of where kind = 'link' and tombstone = 'found'")}
    for sync in (s for s in syncs if s.name in found and s.keys):
        execute(con, keys_sql(sync, sync.a) + keys_sql(sync, sync.b))
        run(con, "revert_links", sync=sync, run_id=run_id)
    return int(rows(con, "select count(*) from plan.links where kind = 'forgotten'")[0][0])
