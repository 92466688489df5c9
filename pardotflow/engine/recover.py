"""Runs that were cut short: what became of their changes is remembered before anything is decided.

Without it, what a killed run wrote would look like an edit that a person made. Jobs that it left behind are asked for
by name; any other request without an answer stays unknown, and is looked up before it is tried again.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from pardotflow.connectors.protocol import Connector, Identity
from pardotflow.core.clock import Clock
from pardotflow.core.errors import PlanRefused, UsageError
from pardotflow.core.progress import Progress
from pardotflow.engine.decided import forget_decisions
from pardotflow.engine.jobs import end_jobs, forget_jobs
from pardotflow.engine.parts import outcomes_of, parts_of
from pardotflow.engine.refusals import keep_refusals
from pardotflow.engine.remember import remember
from pardotflow.engine.session import open_session
from pardotflow.engine.sqlfile import rows
from pardotflow.plan.file import attach_plan
from pardotflow.store.damage import is_sound
from pardotflow.store.journal import RunPart
from pardotflow.store.layout import Layout
from pardotflow.store.ledger import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """One run that was cut short, with the number of its changes by what became of them. `before` were carried out by
    earlier runs of the plan."""

    run_id: str
    plan_id: str
    confirmed: int
    refused: int
    unknown: int
    not_started: int
    before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoverRequest:
    """What is needed to close runs. The caller holds the environment's lock."""

    layout: Layout
    ledger: Ledger
    connectors: Mapping[str, Connector]
    identities: Mapping[str, Identity]
    clock: Clock
    progress: Progress


def recover_runs(request: RecoverRequest) -> tuple[Recovered, ...]:
    """Close every run that was cut short, and ask for the jobs that runs left open. Raises ConnectionTrouble where a
    system cannot be asked for its job."""
    recovered = [_recover(request, run) for run in request.ledger.unfinished_runs()]
    return tuple(each for each in recovered if each)


def _recover(request: RecoverRequest, run: RunPart) -> Recovered | None:
    """None where there is nothing to tell."""
    ledger = request.ledger
    earlier = parts_of(ledger, run.plan_id, before=run.run_id)
    with open_session(request.layout, write_memory=True) as con:
        is_known = _attach(con, run)
        if run.ended and not is_known:
            # It was closed and told before, and the name of its job says nothing without the plan.
            return None
        if is_known:
            end_jobs(con, ledger, request.connectors, run.run_id, earlier, request.progress)
        ledger.close_requests(run.run_id)
        outcomes = outcomes_of(ledger.journal(run.run_id))
        total = len(outcomes)
        if is_known:
            total = int(rows(con, "select count(*) from plan.changes where sendable")[0][0])
            con.execute("create or replace temp table moved_records (system varchar, object varchar, id varchar)")
            writers = {system: identity.user_id for system, identity in request.identities.items()}
            now = request.clock.now()
            remember(con, outcomes.values(), writers, run.run_id, now, is_newest=False, made_before=earlier.confirmed)
            keep_refusals(con, ledger, outcomes, run.run_id, now)
            forget_decisions(con, ledger)
        ledger.publish(con)
    settled = len(earlier.outcomes.keys() - earlier.unknown.keys() - outcomes.keys())
    before = len(earlier.confirmed.keys() - outcomes.keys())
    counts = {s: sum(o.status == s for o in outcomes.values()) for s in ("confirmed", "refused", "unknown")}
    counts["not_started"] = max(0, total - settled - sum(counts.values()))
    if run.ended:
        ledger.correct_run(run.run_id, counts)
    else:
        ledger.end_run(run.run_id, request.clock.now(), "cut_short", counts, {})
    if is_known:
        # They alone keep a run that has ended before from being closed.
        forget_jobs(ledger, run.run_id)
    return Recovered(run_id=run.run_id, plan_id=run.plan_id, before=before, **counts)


def _attach(con: duckdb.DuckDBPyConnection, run: RunPart) -> bool:
    """False where the plan is lost, damaged, or of another version: what it sent is then known by reading alone."""
    if run.path is None or (run.path.is_file() and not is_sound(run.path)):
        return False
    try:
        attach_plan(con, run.path)
    except (PlanRefused, UsageError):
        return False
    return True
