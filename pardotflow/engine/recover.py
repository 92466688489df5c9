"""Runs that were cut short: what the journal knows of them is remembered before anything is decided.

Without it, what a killed run wrote would look like an edit that a person made. Only the journal is read: no call is
made. A request without an answer stays unknown; the next read shows what became of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pardotflow.connectors.protocol import Identity
from pardotflow.core.clock import Clock
from pardotflow.core.errors import PlanRefused, UsageError
from pardotflow.engine.decided import forget_decisions
from pardotflow.engine.refusals import keep_refusals
from pardotflow.engine.remember import remember
from pardotflow.engine.send import Outcome
from pardotflow.engine.session import open_session
from pardotflow.engine.sqlfile import rows
from pardotflow.plan.file import attach_plan
from pardotflow.store.layout import Layout
from pardotflow.store.ledger import JournalEntry, Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """One run that nothing had closed, with the number of its changes by what became of them."""

    run_id: str
    plan_id: str
    confirmed: int
    refused: int
    unknown: int
    not_started: int


def recover_runs(
    layout: Layout, ledger: Ledger, identities: Mapping[str, Identity], clock: Clock
) -> tuple[Recovered, ...]:
    """Close every run that was cut short, with what the journal knows. The caller holds the environment's lock."""
    return tuple(
        _recover(layout, ledger, identities, clock, run_id, plan_id, path)
        for run_id, plan_id, path in ledger.unfinished_runs()
    )


def _recover(
    layout: Layout,
    ledger: Ledger,
    identities: Mapping[str, Identity],
    clock: Clock,
    run_id: str,
    plan_id: str,
    plan: Path | None,
) -> Recovered:
    outcomes = {o.number: o for o in _outcomes(ledger.journal(run_id))}
    total = len(outcomes)
    with open_session(layout, write_memory=True) as con:
        if _attach(con, plan):
            total = int(rows(con, "select count(*) from plan.changes where sendable")[0][0])
            con.execute("create or replace temp table moved_records (system varchar, object varchar, id varchar)")
            writers = {system: identity.user_id for system, identity in identities.items()}
            remember(con, outcomes.values(), writers, run_id, clock.now(), is_newest=False)
            keep_refusals(con, ledger, outcomes, run_id, clock.now())
            forget_decisions(con, ledger)
        ledger.publish(con)
    counts = {s: sum(o.status == s for o in outcomes.values()) for s in ("confirmed", "refused", "unknown")}
    counts["not_started"] = max(0, total - sum(counts.values()))
    ledger.end_run(run_id, clock.now(), "cut_short", counts, {})
    return Recovered(run_id=run_id, plan_id=plan_id, **counts)


def _attach(con: duckdb.DuckDBPyConnection, plan: Path | None) -> bool:
    """False where the plan is lost, or of another version: what it sent is then known by reading alone."""
    if plan is None:
        return False
    try:
        attach_plan(con, plan)
    except (PlanRefused, UsageError):
        return False
    return True


def _outcomes(journal: Iterable[JournalEntry]) -> Iterable[Outcome]:
    """The last word about each change. What left without an answer is unknown; what did not leave has no outcome."""
    for entry in journal:
        if entry.sent_at is None or entry.request_status == "not_started":
            continue
        status = entry.row.status if entry.answered_at is not None else "unknown"
        yield Outcome(
            number=entry.row.change,
            status=status,
            record_id=entry.row.record_id,
            code=entry.row.code,
            message=entry.row.message,
            of_request=entry.request_status == "refused" and entry.size > 1,
            sent_at=entry.sent_at,
            answered_at=entry.answered_at or entry.sent_at,
        )
