"""Carry out a saved plan and nothing else.

Check that the plan may be applied; read what changed since it was made, and leave out what moved; send creates, then
updates, then deletes, journalled; remember links and bases. A plan can be applied once.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from uuid import uuid4

import duckdb

from pardotflow.config.project import Project
from pardotflow.connectors.protocol import Connector, Identity
from pardotflow.core.clock import Clock
from pardotflow.core.describe import Catalog
from pardotflow.core.errors import PardotflowError, PlanRefused
from pardotflow.core.progress import Progress
from pardotflow.engine.again import SendRules
from pardotflow.engine.changes import load_confirmed
from pardotflow.engine.compiled import CompiledSync
from pardotflow.engine.decided import forget_decisions
from pardotflow.engine.dispatch import choose_canary, judge_canary, prepare_sending, send_changes
from pardotflow.engine.extract import Wanted, refresh
from pardotflow.engine.interruption import noted_interrupts, stop_if_asked
from pardotflow.engine.lookup import Asking, Found, by_system, look_up, wait_for_cache
from pardotflow.engine.outcome import Outcome
from pardotflow.engine.parts import Parts, parts_of
from pardotflow.engine.planner import open_rows
from pardotflow.engine.refusals import keep_refusals
from pardotflow.engine.remember import remember
from pardotflow.engine.revertedfields import with_reverted_fields
from pardotflow.engine.runreport import run_report
from pardotflow.engine.seen import load_own_writes
from pardotflow.engine.send import Sender
from pardotflow.engine.session import open_session
from pardotflow.engine.singles import read_moved_singly
from pardotflow.engine.sqlfile import rows
from pardotflow.engine.stale import mark_moved
from pardotflow.engine.unknown import load_unknown_creates
from pardotflow.graph.digest import config_digest
from pardotflow.plan.digest import plan_digest
from pardotflow.plan.file import attach_plan, read_meta
from pardotflow.plan.guardnames import still_blocking
from pardotflow.plan.run import RunReport
from pardotflow.store.journal import JournalRow
from pardotflow.store.layout import Layout
from pardotflow.store.ledger import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyRequest:
    """What to apply, with what. `allow` lets guards pass once: guard name to number. `canary` is how many changes are
    sent and read back before the others, 0 for none."""

    project: Project
    catalog: Catalog
    connectors: Mapping[str, Connector]
    identities: Mapping[str, Identity]
    layout: Layout
    ledger: Ledger
    clock: Clock
    progress: Progress
    plan: Path
    allow: Mapping[str, int]
    rules: SendRules = field(default_factory=SendRules)
    canary: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """The outcome: the report, and what ended the sending early, if anything did."""

    report: RunReport
    stopped: PardotflowError | None
    interrupted: bool


def apply_plan(request: ApplyRequest) -> Applied:
    """Apply a plan, or go on with one that an earlier run left unfinished. Raises PlanRefused before anything is sent;
    trouble while sending is part of the result."""
    began = monotonic()
    run_id = uuid4().hex[:12]
    with open_session(request.layout, write_memory=True) as con:
        attach_plan(con, request.plan)
        meta = read_meta(con)
        parts = parts_of(request.ledger, meta["id"])
        _check(con, request, meta, parts)
        con.execute("create or replace temp table moved (change integer, reason varchar)")
        con.execute("create or replace temp table moved_records (system varchar, object varchar, id varchar)")
        own_runs = {part.run_id for part in parts.runs}
        newer = [
            run for run in request.ledger.runs_since(meta["created_at"], meta.get("last_run")) if run not in own_runs
        ]
        looked_up = dict[int, Outcome]()
        if rows(con, "select 1 from plan.changes where sendable limit 1"):
            looked_up = _reread(con, request, newer, parts)
        sender = Sender(
            run_id=run_id,
            ledger=request.ledger,
            connectors=request.connectors,
            clock=request.clock,
            progress=request.progress,
            rules=request.rules,
            outcomes=dict(looked_up),
            earlier={n: o for n, o in parts.outcomes.items() if n not in parts.unknown},
        )
        stop_if_asked()
        continues = parts.runs[-1].run_id if parts.runs else ""
        with noted_interrupts(sender.interrupt):
            request.ledger.start_run(run_id, meta["id"], request.clock.now(), request.plan, continues)
            try:
                _send(con, request, sender)
            finally:
                # Whatever ends the sending: what was confirmed is remembered.
                _remember(con, request, sender, is_newest=not newer)
                # Only now: what the journal calls confirmed, no further run asks for and remembers.
                _write_down(request, parts, Found(done={n: o.record_id for n, o in looked_up.items()}, untold={}))
            report = run_report(con, sender, meta["id"], request.connectors, monotonic() - began, continues=continues)
            _close(request, report, sender)
    return Applied(report=report, stopped=sender.stopped, interrupted=sender.interrupted)


def _send(con: duckdb.DuckDBPyConnection, request: ApplyRequest, sender: Sender) -> None:
    """Send the canary first, where one is asked for, and the rest where it came to its place."""
    urgent = frozenset(sync.name for sync in request.project.syncs if sync.urgent)
    prepare_sending(con, sender)
    if request.canary:
        chosen = choose_canary(con, request.canary)
        send_changes(con, sender, urgent, only="canary")
        if not sender.is_over:
            _read_canary(con, request, sender, chosen)
    send_changes(con, sender, urgent)


def _read_canary(con: duckdb.DuckDBPyConnection, request: ApplyRequest, sender: Sender, chosen: Sequence[int]) -> None:
    """Read the canary back, and end the sending where it did not come to its place. A Ctrl-C ends the waiting."""
    syncs, wanted = _syncs_and_wanted(con, request)
    sent = by_system(con, {n: sender.outcomes[n] for n in chosen if n in sender.outcomes})
    wait_for_cache(sent, request.connectors, request.clock, request.progress, is_over=lambda: sender.is_over)
    if not sender.is_over:
        refresh(con, request.connectors, wanted, request.layout, request.clock.now(), request.progress)
        sender.stopped = judge_canary(con, sender, syncs, chosen, _asking(request))


def _syncs_and_wanted(
    con: duckdb.DuckDBPyConnection, request: ApplyRequest
) -> tuple[tuple[CompiledSync, ...], tuple[Wanted, ...]]:
    """The compiled syncs, and the objects in which a record of the plan can stand."""
    syncs, wanted = open_rows(request.project, request.catalog)
    wanted = with_reverted_fields(con, wanted, request.catalog)
    touched = {(s, o) for s, o in rows(con, "select distinct system, object from plan.seen")}
    creates = rows(con, "select count(*) from plan.changes where action = 'create' and sendable")[0][0]
    # A record that somebody made meanwhile can stand in any object.
    return syncs, tuple(
        item for item in wanted if (creates and not item.looks_up) or (item.connection, item.object) in touched
    )


def _remember(con: duckdb.DuckDBPyConnection, request: ApplyRequest, sender: Sender, *, is_newest: bool) -> None:
    """What other runs remembered since the plan was made is newer than what it saw of pairs that it does not write."""
    now = request.clock.now()
    remember(
        con,
        sender.outcomes.values(),
        _writers(request),
        sender.run_id,
        now,
        is_newest=is_newest,
        made_before={n: o.record_id for n, o in sender.earlier.items() if o.status == "confirmed"},
    )
    keep_refusals(con, request.ledger, sender.outcomes, sender.run_id, now)
    forget_decisions(con, request.ledger)
    request.ledger.publish(con)


def _writers(request: ApplyRequest) -> dict[str, str]:
    """Our user by system."""
    return {system: identity.user_id for system, identity in request.identities.items()}


def _asking(request: ApplyRequest) -> Asking:
    return Asking(connectors=request.connectors, layout=request.layout, writers=_writers(request))


def _close(request: ApplyRequest, report: RunReport, sender: Sender) -> None:
    """The run itself is counted with what it did: what earlier ones met stands in theirs."""
    counts = {k: getattr(report, k) for k in ("confirmed", "refused", "unknown", "not_started", "moved")}
    met = [o.status for o in sender.earlier.values()]
    counts["refused"] = max(0, counts["refused"] - met.count("refused"))
    counts["moved"] = max(0, counts["moved"] - met.count("moved") - met.count("untold"))
    request.ledger.end_run(report.run_id, request.clock.now(), report.status, counts, dict(report.calls))


def _check(con: duckdb.DuckDBPyConnection, request: ApplyRequest, meta: Mapping[str, str], parts: Parts) -> None:
    """A plan is bound to its environment, organisations and configuration, and can be applied once. Where a run left it
    unfinished the rest of it can be, past the guards that let that run begin. It may have lost the
    rows of a person who was forgotten since."""
    again = "Plan again: pardotflow plan"
    spent = request.ledger.spent_by(meta["id"])
    if spent and not parts.is_unfinished:
        raise PlanRefused(f"plan {meta['id']} was applied already, by run {spent}", hint=again)
    environment = request.project.environment.name
    if meta["environment"] != environment:
        raise PlanRefused(f"plan {meta['id']} was made for {meta['environment']}, not for {environment}", hint=again)
    for system, identity in request.identities.items():
        planned = meta.get(f"organization.{system}", "")
        if planned != identity.organization_id:
            raise PlanRefused(
                f"plan {meta['id']} was made for {system} {planned}, but this connection is {identity.organization_id}",
                hint="Check the environment's credentials, or plan again.",
            )
    if meta["config_digest"] != config_digest(request.project):
        raise PlanRefused(f"the configuration changed since plan {meta['id']} was made", hint=again)
    if not parts.runs and meta["digest"] != plan_digest(con):
        raise PlanRefused(f"plan {meta['id']} is not what it was when it was made: its file was changed", hint=again)
    guards = rows(con, "select sync, guard, number, passed, flag from plan.guards order by position")
    blocking = still_blocking([row[:4] for row in guards], request.allow)
    if blocking and not parts.runs:
        flags = " ".join(flag for *_, passed, flag in guards if not passed)
        raise PlanRefused(f"plan {meta['id']} is blocked by {', '.join(blocking)}", hint=f"Let it pass once: {flags}")
    for guard in request.allow:
        # A side that may be smaller from now on is measured anew.
        connection, _, item = guard.removeprefix("shrunk:").partition(".")
        con.execute("update snap.cursors set full_rows = 0 where connection = ? and object = ?", [connection, item])


def _reread(
    con: duckdb.DuckDBPyConnection, request: ApplyRequest, newer_runs: Sequence[str], parts: Parts
) -> dict[int, Outcome]:
    """Law 3: what changed since the plan's cursors is read, and what moved is left out. Of what earlier runs sent
    without an answer is looked up what became of it; returns the outcomes of what was done."""
    syncs, wanted = _syncs_and_wanted(con, request)
    read = refresh(con, request.connectors, wanted, request.layout, request.clock.now(), request.progress)
    waited = wait_for_cache(by_system(con, parts.unknown), request.connectors, request.clock, request.progress)
    again = [item for item in wanted if item.connection in waited]
    read += refresh(con, request.connectors, again, request.layout, request.clock.now(), request.progress)
    partly = {result.coverage.system for result in read if not result.complete}
    read_moved_singly(con, request.connectors, wanted, syncs, request.progress)
    found = _look_up(con, request, syncs, parts) if parts.runs else Found(done={}, untold={})
    load_unknown_creates(con, request.ledger, request.connectors)
    settled = (parts.outcomes.keys() - parts.unknown.keys()) | found.done.keys()
    mark_moved(con, syncs, newer_runs=newer_runs, partly_read=partly, settled=settled, untold=found.untold)
    return {
        number: replace(parts.outcomes[number], status="confirmed", record_id=record, message="", code="")
        for number, record in found.done.items()
    }


def _look_up(
    con: duckdb.DuckDBPyConnection, request: ApplyRequest, syncs: Sequence[CompiledSync], parts: Parts
) -> Found:
    """Look for what earlier runs sent without an answer, and write down what did not happen, or cannot be told; what
    this plan wrote so far is the session's table `own_writes` from then on."""
    new_ids = load_confirmed(con, parts.confirmed)
    found = look_up(con, syncs, parts.unknown, _asking(request), new_ids)
    # Who may not see a record cannot say by a look that it is not there.
    told = {n for n, o in parts.unknown.items() if n not in found.done and not o.is_unseen}
    _write_down(request, parts, Found(done={}, untold=found.untold), told)
    load_confirmed(con, {**parts.confirmed, **found.done})
    load_own_writes(con)
    return found


def _write_down(request: ApplyRequest, parts: Parts, found: Found, numbers: Collection[int] = ()) -> None:
    """What a look has shown of some changes, into the journals of the runs that sent them: of `numbers`, or else of
    what was done."""
    for part in parts.runs:
        ours = [n for n in numbers or found.done if parts.runs_of[n] == part.run_id]
        if ours:
            request.ledger.resolve_rows(part.run_id, [_shown(number, found) for number in ours])


def _shown(number: int, found: Found) -> JournalRow:
    """What a look has shown of one change, for the journal. Of what cannot be told nothing is tried again."""
    status = "confirmed" if number in found.done else "untold" if number in found.untold else "not_done"
    return JournalRow(
        change=number,
        record_key="",
        status=status,
        record_id=found.done.get(number, ""),
        message=found.untold.get(number, "looked up"),
    )
