"""Make a plan: read what changed, decide in SQL, guard, price, and save it as one file.

The steps: connect and describe; compile; refresh the snapshots; run every sync over them; assemble one ordered plan;
count the guards; choose the routes; write meta data and digest. Nothing is written to a vendor, nor to memory.
"""

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, replace
from datetime import UTC
from hashlib import sha256
from pathlib import Path

import duckdb

from pardotflow import __version__
from pardotflow.config.frames import with_frames
from pardotflow.config.project import Project
from pardotflow.connectors.protocol import Connector, Identity
from pardotflow.core.clock import Clock
from pardotflow.core.describe import Catalog
from pardotflow.core.errors import InvalidProject
from pardotflow.core.progress import Progress
from pardotflow.core.values import System
from pardotflow.engine.assemble import assemble_plan
from pardotflow.engine.compile import compile_project
from pardotflow.engine.compiled import CompiledSync
from pardotflow.engine.consent import Teller
from pardotflow.engine.decided import expired_note, keep_outcomes, load_decisions
from pardotflow.engine.drafts import put_in_place, remove_draft
from pardotflow.engine.extract import Refreshed, Wanted, refresh
from pardotflow.engine.focus import Focus
from pardotflow.engine.guards import GuardRow, count_guards, shrunk_guards, unsettled_guards, with_flags
from pardotflow.engine.headers import keep_headers
from pardotflow.engine.interruption import stop_if_asked
from pardotflow.engine.moments import leave_out_paused, moments_of
from pardotflow.engine.onerecord import find_records, remembered_record
from pardotflow.engine.order import plan_order
from pardotflow.engine.overlay import open_overlay
from pardotflow.engine.plannotes import plan_notes
from pardotflow.engine.quote import literal
from pardotflow.engine.refusals import load_refusals
from pardotflow.engine.remainder import Remainder, load_remainder
from pardotflow.engine.routes import choose_routes, cost_rows, route_rows
from pardotflow.engine.seen import record_seen
from pardotflow.engine.session import open_session
from pardotflow.engine.simulate import Simulation, prove
from pardotflow.engine.singles import read_all_singly, read_pairs_singly
from pardotflow.engine.sqlfile import execute, insert_rows, rows, run
from pardotflow.engine.steps import Extent
from pardotflow.engine.syncplan import decide_sync, settle_sync
from pardotflow.engine.unknown import load_unknown_creates
from pardotflow.engine.users import pair_notes
from pardotflow.engine.wanted import wanted_objects
from pardotflow.engine.warehouse import describe_models, make_model_views, make_row_view, make_source_views
from pardotflow.graph.dag import models_in_order, sources_of_models
from pardotflow.graph.digest import config_digest
from pardotflow.graph.renames import Renames, renames_to_text
from pardotflow.plan.digest import plan_digest
from pardotflow.plan.file import FORMAT_VERSION, TABLES
from pardotflow.plan.instance import use_threads
from pardotflow.plan.model import Coverage
from pardotflow.store.layout import Layout
from pardotflow.store.ledger import Ledger

FEW_ROWS = 100_000
"""Below this one thread compares the sides: to hand pieces to several costs more than it saves."""
SAVES_ROWS = "common_subexpressions,common_subplan,duplicate_groups"
"""Optimizers that only look for work that is done twice for every row: there they cost more than they save, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """What to plan. `record` narrows it to one address, `remainder` to what a run left; `output` is where the file
    goes, None for the plans folder; `offline` reads nothing, which only `why` asks for."""

    project: Project
    catalog: Catalog
    connectors: Mapping[str, Connector]
    identities: Mapping[str, Identity]
    layout: Layout
    ledger: Ledger
    clock: Clock
    progress: Progress
    record: str = ""
    remainder: Remainder | None = None
    output: Path | None = None
    full: bool = False
    offline: bool = False
    renames: tuple[Renames, ...] = ()
    """What the memory of `layout` calls by the names of now, and the memory that is kept by former ones."""

    @property
    def selection(self) -> str:
        """What the plan is narrowed to, in words; empty for everything."""
        return self.record or (self.remainder.words if self.remainder else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class SidesRead:
    coverage: tuple[Coverage, ...]
    complete: bool
    shrunk: tuple[GuardRow, ...]
    notes: tuple[str, ...]
    focus: Focus
    selection: str
    wanted: tuple[Wanted, ...]


def make_plan(request: PlanRequest) -> Path:
    """Plan and save; returns the file. Raises InvalidProject, ConnectionTrouble, StateError or UsageError."""
    draft = request.layout.plans / "draft.plan"
    try:
        meta = _draft_plan(request, draft)
        path = put_in_place(draft, request.output or request.layout.plans / f"{meta['id']}.plan")
    except InvalidProject as found:
        raise InvalidProject(with_frames(found.diagnostics, request.project.root)) from found
    finally:
        remove_draft(draft)
    request.ledger.save_plan(meta["id"], path, meta["digest"], request.clock.now())
    return path


def _draft_plan(request: PlanRequest, draft: Path) -> dict[str, str]:
    """Make the whole plan under a name that nobody applies; returns its meta data."""
    remove_draft(draft)
    with open_session(request.layout) as con:
        con.execute(f"attach {literal(str(draft))} as plan")
        execute(con, f"begin; {TABLES} commit;")
        syncs, read = read_sides(con, request)
        read = _read_pairs_singly(con, request, syncs, read)
        notes = _run_syncs(con, request, draft, syncs, read)
        meta = finish_plan(con, request, syncs, replace(read, notes=(*read.notes, *notes)))
        con.execute("detach plan")
    return meta


def open_rows(project: Project, catalog: Catalog) -> tuple[tuple[CompiledSync, ...], tuple[Wanted, ...]]:
    """Compile the project and say what it needs; the same for plan, compile and apply."""
    syncs = plan_order(compile_project(project, catalog))
    return syncs, wanted_objects(project, syncs, catalog)


def read_sides(
    con: duckdb.DuckDBPyConnection,
    request: PlanRequest,
    widen: Callable[[Iterable[Wanted]], tuple[Wanted, ...]] = tuple,
) -> tuple[tuple[CompiledSync, ...], SidesRead]:
    """Refresh the snapshots and open every relation that the syncs read; `widen` says what else is wanted."""
    syncs, wanted = open_rows(request.project, request.catalog)
    wanted = widen(wanted)
    focus, coverage, results = Focus(), tuple[Coverage, ...](), list[Refreshed]()
    if request.offline:
        focus = remembered_record(con, syncs, wanted, request.record)
    elif request.record:
        users = [w for w in wanted if w.looks_up]
        refresh(con, request.connectors, users, request.layout, request.clock.now(), request.progress)
        found = find_records(con, syncs, wanted, request.connectors, request.layout, request.record)
        coverage, focus = found.coverage, found.focus
    else:
        now, progress = request.clock.now(), request.progress
        results = refresh(con, request.connectors, wanted, request.layout, now, progress, full=request.full)
        focus = load_remainder(con, request.remainder) if request.remainder else focus
        coverage = tuple(r.coverage for r in results)
        coverage = read_all_singly(con, request.connectors, wanted, coverage, progress)
    _say_what_is_partly_read(con, wanted, results)
    for item in wanted:
        open_overlay(con, item.connection, item.object)
    make_source_views(con, request.project, request.catalog, {(w.connection, w.object.lower()) for w in wanted})
    make_model_views(con, request.project, models_in_order(request.project))
    notes = []
    for sync in request.project.syncs:
        if sync.a.system is System.WAREHOUSE:
            blank, twice = make_row_view(con, request.project, sync.a)
            if blank or twice:
                notes.append(
                    f"model {sync.a.model}: rows left out: {blank} without {sync.a.key}, {twice} with one that repeats"
                )
    models = describe_models(con, request.project)
    if models:
        full = Catalog(objects={**request.catalog.objects, **models})
        syncs = plan_order(compile_project(request.project, full))
    read = SidesRead(
        coverage=coverage,
        complete=not request.selection and all(r.complete for r in results),
        shrunk=tuple(shrunk_guards(results)),
        notes=tuple(notes),
        focus=focus,
        selection=request.selection,
        wanted=wanted,
    )
    return syncs, read


def _read_pairs_singly(
    con: duckdb.DuckDBPyConnection, request: PlanRequest, syncs: tuple[CompiledSync, ...], read: SidesRead
) -> SidesRead:
    """Ask for what is only known record by record, of the pairs."""
    if request.record or not any(w.singly for w in read.wanted):
        return read
    run(con, "output_tables")
    _load_ledger(con, request)
    share = request.project.environment.ampsea
    coverage = read_pairs_singly(
        con, request.connectors, read.wanted, syncs, read.coverage, request.progress, share=share
    )
    return replace(read, coverage=coverage)


def _say_what_is_partly_read(
    con: duckdb.DuckDBPyConnection, wanted: tuple[Wanted, ...], results: Iterable[Refreshed]
) -> None:
    """Objects of which records may exist that no read has brought: nothing new is made where one may be missed."""
    con.execute("create or replace temp table partly_read (system varchar, object varchar, kind varchar)")
    partly = [[r.coverage.system, r.coverage.object, "incomplete_read"] for r in results if not r.complete]
    partly += [[w.connection, w.object, "filtered_source"] for w in wanted if w.where]
    insert_rows(con, "partly_read", partly)


def _run_syncs(
    con: duckdb.DuckDBPyConnection, request: PlanRequest, draft: Path, syncs: tuple[CompiledSync, ...], read: SidesRead
) -> list[str]:
    """Run every sync, assemble the plan and try it out; returns what is to be noted of it."""
    suit_rows(con, sum(c.rows for c in read.coverage))

    decided = compare_syncs(con, request, syncs, read.focus)
    assemble_plan(con, syncs)
    if decided:
        keep_outcomes(con)
    Teller(con, request.connectors, request.catalog, request.layout, request.clock.now()).tell(syncs)
    if request.selection:
        # The counts of pairs are about everything, and this plan is not.
        con.execute("delete from plan.identity; delete from plan.left_out; delete from plan.unmatched")
        con.execute("delete from plan.opted_out")
    record_seen(con, "plan.seen", syncs)
    if all(con.execute(f"select 1 from {table} limit 1").fetchone() for table in ("mem.history", "plan.field_changes")):
        run(con, "flipflops")
    prove(trial_of(con, request, syncs, read, draft))
    return expired_note(con) if decided else []


def trial_of(
    con: duckdb.DuckDBPyConnection,
    request: PlanRequest,
    syncs: tuple[CompiledSync, ...],
    read: SidesRead,
    draft: Path,
    *,
    is_compared: bool = True,
) -> Simulation:
    """How a plan is tried out: over the rows of the session, by the statements that make plans. One that did not come
    out of them (not `is_compared`) is no whole plan, and from its trial none is assembled."""

    def compare(extent: Extent) -> None:
        compare_syncs(con, request, syncs, read.focus, extent, again=is_compared)

    return Simulation(
        con=con,
        syncs=syncs,
        wanted=read.wanted,
        models=sources_of_models(request.project),
        draft=draft,
        memory=request.layout.memory,
        compare=compare,
        assemble=(lambda: assemble_plan(con, syncs)) if is_compared else (lambda: None),
        is_whole=is_compared and read.complete,
    )


def suit_rows(con: duckdb.DuckDBPyConnection, count: int) -> None:
    """Set a session up to compare so many rows."""
    if count < FEW_ROWS:
        con.execute(f"set threads = 1; set disabled_optimizers = '{SAVES_ROWS}'")
    else:
        use_threads(con)


def compare_syncs(
    con: duckdb.DuckDBPyConnection,
    request: PlanRequest,
    syncs: tuple[CompiledSync, ...],
    focus: Focus,
    extent: Extent = Extent.PLAN,
    *,
    again: bool = False,
) -> Set[str]:
    """Decide every sync over the rows of the session, one after the other; returns those that people decided for.
    `again` as in `syncplan.decide_sync`."""
    what = "try out" if again else "compare"
    run(con, "output_tables")
    decided = _load_ledger(con, request)
    share = request.project.environment.ampsea
    for sync in syncs:
        stop_if_asked()
        if sync.paused_at:
            leave_out_paused(con, sync)
            continue
        request.progress.start(f"{what} {sync.name}", None)
        is_decided = sync.name in decided
        decide_sync(con, sync, focus, share=share, decided=is_decided, extent=extent, again=again)
        settle_sync(con, sync, focus, extent=extent, is_last=sync is syncs[-1])
        request.progress.finish(f"{what} {sync.name}")
    run(con, "refused")
    return decided


def _load_ledger(con: duckdb.DuckDBPyConnection, request: PlanRequest) -> Set[str]:
    """Refusals that are still open, creates whose answer never came, and what people decided, as tables of the session;
    returns the syncs with decisions."""
    load_refusals(con, request.ledger)
    load_unknown_creates(con, request.ledger, request.connectors)
    return load_decisions(con, request.ledger, request.renames)


def finish_plan(
    con: duckdb.DuckDBPyConnection, request: PlanRequest, syncs: tuple[CompiledSync, ...], read: SidesRead
) -> dict[str, str]:
    """Guards, routes, notes, meta data; returns the meta data."""
    con.execute("begin")
    keep_headers(con, syncs)
    routes = choose_routes(con, request.connectors)
    guards = with_flags([*read.shrunk, *unsettled_guards(con), *count_guards(con, syncs)])
    _save_rows(
        con,
        "plan.guards",
        [[g.sync, g.guard, g.number, g.threshold, g.allowed, g.passed, g.flag, g.line] for g in guards],
    )
    _save_rows(con, "plan.costs", cost_rows(routes))
    _save_rows(con, "plan.routes", route_rows(routes))
    _save_rows(
        con,
        "plan.coverage",
        [[c.system, c.object, c.rows, c.deleted, c.mode, c.changed, c.note] for c in read.coverage],
    )
    notes = [*read.notes, *plan_notes(con, request.identities, syncs), *pair_notes(con, syncs)]
    _save_rows(con, "plan.notes", [[note] for note in notes])
    meta = _meta(con, request, syncs, read, blocked=any(not g.passed for g in guards))
    insert_rows(con, "plan.meta", sorted(meta.items()))
    con.execute("commit")
    return meta


def _save_rows(con: duckdb.DuckDBPyConnection, table: str, lines: list[list[object]]) -> None:
    """Rows with their position before them."""
    insert_rows(con, table, [[position, *line] for position, line in enumerate(lines)])


def _meta(
    con: duckdb.DuckDBPyConnection,
    request: PlanRequest,
    syncs: tuple[CompiledSync, ...],
    read: SidesRead,
    *,
    blocked: bool,
) -> dict[str, str]:
    digest = plan_digest(con)
    created_at = request.clock.now().astimezone(UTC).isoformat(timespec="microseconds")
    sendable = rows(con, "select count(*) from plan.changes where sendable")[0][0]
    links = rows(con, "select count(*) from mem.links")[0][0]
    meta = {
        **({"renames": renames_to_text(request.renames)} if request.renames else {}),
        "format_version": FORMAT_VERSION,
        "tool_version": __version__,
        "id": sha256(f"{digest} {created_at}".encode()).hexdigest()[:8],
        "digest": digest,
        "project": request.project.name,
        "environment": request.project.environment.name,
        "production": str(request.project.environment.production).lower(),
        "config_digest": config_digest(request.project),
        "created_at": created_at,
        "last_run": request.ledger.last_run(),
        "empty_memory": str(links == 0).lower(),
        "complete": str(read.complete).lower(),
        "applyable": str(sendable > 0 and not blocked).lower(),
        "errored": "false",
        "blocked": str(blocked).lower(),
        "selection": read.selection,
    }
    if not read.selection:
        meta |= moments_of(con, request.project.environment, syncs, request.catalog, request.clock.now())
    cursors = rows(con, "select connection, object, cursor_at from snap.cursors order by 1, 2")
    meta |= {f"cursor.{connection}.{item}": at.isoformat() for connection, item, at in cursors}
    return meta | _outside(request)


def _outside(request: PlanRequest) -> dict[str, str]:
    """What the plan is bound to, and what the systems say of their allowance (one call each, none for one record)."""
    found = {}
    for system, connector in request.connectors.items():
        identity = request.identities[system]
        found[f"organization.{system}"] = identity.organization_id
        found[f"user.{system}"] = identity.user_id
        found[f"read_calls.{system}"] = str(connector.calls)
        if not request.record and not request.offline:
            usage = connector.usage()
            found[f"quota.{system}"] = f"{usage.used}/{usage.limit}"
    return found
