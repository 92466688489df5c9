"""`history` and `revert`: what runs did, and the plan that takes one back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pardotflow.cli.console import say, show, show_diagnostics, width, write
from pardotflow.cli.exits import Exit
from pardotflow.cli.planning import EVERYTHING, check_format, plan_request, print_plan
from pardotflow.cli.recovering import recover
from pardotflow.cli.state_home import read_ledger
from pardotflow.cli.watch import Watch
from pardotflow.cli.workspace import Choice, load, open_workspace
from pardotflow.core.address import Address
from pardotflow.core.errors import UsageError

if TYPE_CHECKING:
    from pardotflow.plan.history import RunLine
    from pardotflow.store.ledger import Ledger
    from pardotflow.store.runs import RunRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryOptions:
    """The options of `history`."""

    run: str = ""
    format: str = "text"
    clear_values: bool = False
    full: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RevertOptions:
    """The options of `revert`."""

    run: str
    select: tuple[str, ...] = ()
    over_edits: bool = False
    out: Path | None = None
    format: str = "text"
    clear_values: bool = False
    full: bool = False
    quiet: bool = False


def history(choice: Choice, options: HistoryOptions) -> Exit:
    """List the runs, or say what one of them did."""
    from pardotflow.plan.history import detail_json, history_json, read_detail
    from pardotflow.views.terminal.history import MOST, render_detail, render_history

    check_format(options.format)
    project, _ = load(choice)
    with read_ledger(project) as ledger:
        if not options.run:
            runs = [_line(record) for record in ledger.runs()] if ledger else []
            if options.format == "json":
                write(history_json(runs))
            else:
                show(render_history(runs, width=width()))
            return Exit.FINE
        record = find_run(ledger, options.run)
        fates = _fates(ledger, record.id)
    if record.plan is None or not record.plan.is_file():
        raise UsageError(
            f"the plan of run {record.id} is not there any more", hint="See its counts: pardotflow history"
        )
    is_json = options.format == "json"
    limit = EVERYTHING if options.full or is_json else MOST
    detail = read_detail(_line(record), record.plan, fates, limit=limit)
    if is_json:
        write(detail_json(detail, clear_values=options.clear_values))
    else:
        show(render_detail(detail, width=width(), full=options.full))
    return Exit.FINE


def find_run(ledger: Ledger | None, name: str) -> RunRecord:
    """The run whose id begins so. Raises UsageError for none or several."""
    found = ledger.runs(name) if ledger else []
    if not found:
        raise UsageError(f"there is no run {name!r}", hint="See them all: pardotflow history")
    if len(found) > 1:
        ids = ", ".join(record.id for record in found[:5])
        raise UsageError(f"{name!r} begins the id of {len(found)} runs: {ids}")
    return found[0]


def _line(record: RunRecord) -> RunLine:
    from pardotflow.plan.history import RunLine

    return RunLine(
        id=record.id,
        plan_id=record.plan_id,
        started_at=record.started_at.isoformat(timespec="seconds"),
        ended_at=record.ended_at.isoformat(timespec="seconds") if record.ended_at else "",
        status=record.status,
        confirmed=record.confirmed,
        refused=record.refused,
        unknown=record.unknown,
        not_started=record.not_started,
        moved=record.moved,
    )


def _fates(ledger: Ledger | None, run_id: str) -> list[tuple[int, str, str, str]]:
    """The journal's last word about each change; what nobody can tell is unknown."""
    from pardotflow.engine.parts import outcomes_of

    journal = ledger.journal(run_id) if ledger else []
    last = {entry.row.change: (entry.row.change, "not_started", "", "") for entry in journal}
    for number, outcome in outcomes_of(journal).items():
        status = "unknown" if outcome.status == "untold" else outcome.status
        last[number] = (number, status, outcome.record_id, outcome.code)
    return list(last.values())


def revert(choice: Choice, options: RevertOptions) -> Exit:
    """Plan what takes a run back, save it and show it."""
    from pardotflow.engine.revert import RevertRequest, plan_revert

    check_format(options.format)
    if options.out is not None and options.out.is_dir():
        raise UsageError(f"--out {options.out} is a folder", hint="Name a file in it.")
    select = tuple(map(_selected, options.select))
    with Watch(quiet=options.quiet) as watch, open_workspace(choice, watch) as workspace:
        show_diagnostics(workspace.warnings)
        recover(workspace)
        record = find_run(workspace.ledger, options.run)
        planning = replace(plan_request(workspace, ""), output=options.out)
        found = plan_revert(RevertRequest(planning=planning, run=record, select=select, over_edits=options.over_edits))
    if found.path is None:
        say(_nothing(record.id, found.undone.done), "green")
        return Exit.FINE
    report = print_plan(found.path, format=options.format, full=options.full, clear_values=options.clear_values)
    return Exit.BLOCKED if report.meta.blocked else Exit.FINE


def _nothing(run_id: str, done: int) -> str:
    if not done:
        return f"Nothing to take back: run {run_id} wrote nothing of that."
    told = "1 field or record holds" if done == 1 else f"{done:,} fields or records hold"
    return f"Nothing to take back: {told} what was there before run {run_id}."


def _selected(text: str) -> Address:
    """`Object`, `Object/id`, and either with `#Field`."""
    record, _, field = text.partition("#")
    name, slash, key = record.partition("/")
    if not name or (slash and not key):
        raise UsageError(f"--select {text!r} names nothing", hint="Write Object, Object/id, or either with #Field.")
    return Address(object=name, id=key, field=field)
