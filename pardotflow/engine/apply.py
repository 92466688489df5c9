"""Carry out a saved plan and nothing else.

Check that the plan may be applied; read what changed since it was made, and leave out what moved; send creates, then
updates, then deletes, journalled; remember links and bases. A plan can be applied once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from time import monotonic
from uuid import uuid4

import duckdb

from pardotflow.config.project import Project
from pardotflow.connectors.protocol import Connector, Identity, Operation
from pardotflow.core.clock import Clock
from pardotflow.core.describe import Catalog
from pardotflow.core.errors import ConnectionTrouble, PlanRefused
from pardotflow.core.progress import Progress
from pardotflow.engine.decided import forget_decisions
from pardotflow.engine.extract import refresh
from pardotflow.engine.headers import read_headers
from pardotflow.engine.interruption import noted_interrupts, stop_if_asked
from pardotflow.engine.planner import open_rows
from pardotflow.engine.refusals import keep_refusals
from pardotflow.engine.remember import remember
from pardotflow.engine.routes import SEND_ORDER
from pardotflow.engine.runreport import run_report
from pardotflow.engine.send import Change, Outcome, Sender
from pardotflow.engine.session import open_session
from pardotflow.engine.singles import read_moved_singly
from pardotflow.engine.sqlfile import insert_rows, rows
from pardotflow.engine.stale import mark_moved
from pardotflow.engine.unknown import load_unknown_creates
from pardotflow.engine.unmodified import MOVED, with_stamps
from pardotflow.graph.digest import config_digest
from pardotflow.plan.file import attach_plan, read_meta
from pardotflow.plan.guardnames import still_blocking
from pardotflow.plan.model import Action
from pardotflow.plan.run import RunReport
from pardotflow.store.layout import Layout
from pardotflow.store.ledger import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyRequest:
    """What to apply, with what. `allow` lets guards pass once: guard name to number."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """The outcome: the report, and the trouble that ended the sending early, if any."""

    report: RunReport
    stopped: ConnectionTrouble | None
    interrupted: bool


def apply_plan(request: ApplyRequest) -> Applied:
    """Apply. Raises PlanRefused before anything is sent; trouble while sending is part of the result."""
    began = monotonic()
    run_id = uuid4().hex[:12]
    with open_session(request.layout, write_memory=True) as con:
        attach_plan(con, request.plan)
        meta = read_meta(con)
        _check(con, request, meta)
        changes = rows(con, "select count(*) from plan.changes where sendable")[0][0]
        con.execute("create or replace temp table moved (change integer, reason varchar)")
        con.execute("create or replace temp table moved_records (system varchar, object varchar, id varchar)")
        newer = request.ledger.runs_since(meta["created_at"])
        if changes:
            _reread(con, request, newer)
        sender = Sender(
            run_id=run_id,
            ledger=request.ledger,
            connectors=request.connectors,
            clock=request.clock,
            progress=request.progress,
        )
        stop_if_asked()
        with noted_interrupts(sender.interrupt):
            request.ledger.start_run(run_id, meta["id"], request.clock.now(), request.plan)
            try:
                _send_all(con, sender)
            finally:
                # Whatever ends the sending: what was confirmed is remembered.
                writers = {system: identity.user_id for system, identity in request.identities.items()}
                # What other runs remembered since is newer than what this plan saw of pairs that it does not write.
                remember(con, sender.outcomes.values(), writers, run_id, request.clock.now(), is_newest=not newer)
                keep_refusals(con, request.ledger, sender.outcomes, run_id, request.clock.now())
                forget_decisions(con, request.ledger)
            report = run_report(con, sender, meta["id"], request.connectors, monotonic() - began)
            _close(request, report)
    return Applied(report=report, stopped=sender.stopped, interrupted=sender.interrupted)


def _close(request: ApplyRequest, report: RunReport) -> None:
    counts = {k: getattr(report, k) for k in ("confirmed", "refused", "unknown", "not_started", "moved")}
    request.ledger.end_run(report.run_id, request.clock.now(), report.status, counts, dict(report.calls))


def _check(con: duckdb.DuckDBPyConnection, request: ApplyRequest, meta: Mapping[str, str]) -> None:
    """A plan is bound to its environment, organisations and configuration, and can be applied once."""
    again = "Plan again: pardotflow plan"
    spent = request.ledger.spent_by(meta["id"])
    if spent:
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
    guards = rows(con, "select sync, guard, number, passed, flag from plan.guards order by position")
    blocking = still_blocking([row[:4] for row in guards], request.allow)
    if blocking:
        flags = " ".join(flag for *_, passed, flag in guards if not passed)
        raise PlanRefused(f"plan {meta['id']} is blocked by {', '.join(blocking)}", hint=f"Let it pass once: {flags}")
    for guard in request.allow:
        # A side that may be smaller from now on is measured anew.
        connection, _, item = guard.removeprefix("shrunk:").partition(".")
        con.execute("update snap.cursors set full_rows = 0 where connection = ? and object = ?", [connection, item])


def _reread(con: duckdb.DuckDBPyConnection, request: ApplyRequest, newer_runs: Sequence[str]) -> None:
    """Law 3: what changed since the plan's cursors is read, and what moved is left out."""
    syncs, wanted = open_rows(request.project, request.catalog)
    touched = {(s, o) for s, o in rows(con, "select distinct system, object from plan.seen")}
    creates = rows(con, "select count(*) from plan.changes where action = 'create' and sendable")[0][0]
    # A record that somebody made meanwhile can stand in any object.
    wanted = tuple(
        item for item in wanted if (creates and not item.looks_up) or (item.connection, item.object) in touched
    )
    read = refresh(con, request.connectors, wanted, request.layout, request.clock.now(), request.progress)
    partly = {result.coverage.system for result in read if not result.complete}
    read_moved_singly(con, request.connectors, wanted, syncs, request.progress)
    load_unknown_creates(con, request.ledger, request.connectors)
    mark_moved(con, syncs, newer_runs=newer_runs, partly_read=partly)


def _send_all(con: duckdb.DuckDBPyConnection, sender: Sender) -> None:
    """Creates first, so that the ids of new records are known to the updates that carry them; a record leaves the
    recycle bin before it is updated; deletes come last."""
    con.execute("create or replace temp table born (planned_id varchar)")
    con.execute("create or replace temp table done (change integer)")
    actions = {row[0] for row in rows(con, "select distinct action from plan.changes where sendable")}
    for action in (a for a in SEND_ORDER if a in actions):
        new_ids = {f"new:{n}": i for n, i in _new_ids(con, sender.outcomes)}
        insert_rows(con, "born", [[planned] for planned in new_ids])
        insert_rows(con, "done", [[o.number] for o in sender.outcomes.values() if o.status == "confirmed"])
        found = with_stamps(con, _changes(con, action=action, new_ids=new_ids))
        for (system, item, operation, *_), group in groupby(found, key=_route):
            suffix = " by import" if operation.is_import else ""
            sender.send(f"{action} {system} {item}{suffix}", list(group))
        insert_rows(con, "moved", [[number, MOVED] for number in sender.moved])
        sender.moved.clear()


def _route(change: Change) -> tuple[str, str, Operation, str, tuple[tuple[str, str], ...]]:
    return change.system, change.object, change.operation, change.key_field, change.headers


def _new_ids(con: duckdb.DuckDBPyConnection, outcomes: Mapping[int, Outcome]) -> Iterator[tuple[str, str]]:
    for number, planned in rows(con, "select change, id from plan.changes where action = 'create'"):
        outcome = outcomes.get(number)
        if outcome is not None and outcome.status == "confirmed" and outcome.record_id:
            yield planned.removeprefix("new:"), outcome.record_id


def _changes(con: duckdb.DuckDBPyConnection, *, action: Action, new_ids: Mapping[str, str]) -> Iterator[Change]:
    """Sendable changes of one action that did not move, in order. A change that needs an id that did not come into
    being waits, and so does one of a record that did not leave the recycle bin."""
    found = rows(
        con,
        "select c.change, c.system, c.object, c.id, c.operation, c.key_field, c.key_value, coalesce(h.headers, ''),"
        " list({'field': f.field, 'type': f.type, 'after': f.after, 'ref': f.after_ref} order by f.field)"
        " from plan.changes c join plan.field_changes f using (change) left join plan.request_headers h using (change)"
        " where f.sendable and c.action = ? and c.change not in (select change from moved)"
        " and (c.action <> 'update' or not exists (from plan.changes u where u.action = 'undelete' and u.system ="
        " c.system and u.object = c.object and u.id = c.id and u.change not in (from done)))"
        # A value that comes from a record which did not come into being stays where it is.
        " and (c.action = 'create' or not exists (from plan.bases b where b.change = f.change and b.field = f.field"
        " and ((starts_with(b.a_id, 'new:') and b.a_id not in (from born))"
        " or (starts_with(b.b_id, 'new:') and b.b_id not in (from born)))))"
        " group by all order by c.system desc, c.object, c.operation, c.key_field, 8, c.change",
        action,
    )
    for number, system, item, record, operation, key_field, key_value, headers, fields in found:
        kind = Operation(operation)
        values = {}
        for each in fields if kind.has_values else ():
            text = new_ids.get(each["ref"]) if each["ref"] else each["after"]
            if each["ref"] and text is None:
                continue
            values[each["field"]] = (each["type"], text)
        if values or not kind.has_values:
            yield Change(
                number=number,
                system=system,
                object=item,
                id=record,
                operation=kind,
                key_field=key_field,
                key_value=key_value,
                values=values,
                headers=read_headers(headers),
            )
