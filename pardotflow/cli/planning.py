"""`plan` and `show`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pardotflow.cli.console import say, show_diagnostics, width, write
from pardotflow.cli.console import show as print_result
from pardotflow.cli.exits import Exit
from pardotflow.cli.plans import find_plan, run_of_plan
from pardotflow.cli.recovering import recover
from pardotflow.cli.renaming import renamed_layout
from pardotflow.cli.state_home import read_ledger
from pardotflow.cli.watch import Watch
from pardotflow.cli.workspace import Choice, Workspace, load, open_workspace
from pardotflow.core.errors import UsageError

if TYPE_CHECKING:
    from pardotflow.engine.planner import PlanRequest
    from pardotflow.engine.remainder import Remainder
    from pardotflow.plan.model import PlanReport

EVERYTHING = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOptions:
    """The options of `plan`."""

    out: Path | None = None
    record: str = ""
    remainder: bool = False
    refresh: bool = False
    detailed: bool = False
    format: str = "text"
    full: bool = False
    steps: bool = False
    clear_values: bool = False
    quiet: bool = False
    wait: float = 0.0


def plan(choice: Choice, options: PlanOptions) -> Exit:
    """Make a plan, save it and show it."""
    check_format(options.format)
    if options.record and options.remainder:
        raise UsageError("--record and --remainder narrow a plan to different things", hint="Leave one of them away.")
    if options.out is not None and options.out.is_dir():
        raise UsageError(f"--out {options.out} is a folder", hint="Name a file in it.")
    with (
        Watch(quiet=options.quiet) as progress,
        open_workspace(
            choice, progress, command="plan", wait=options.wait, renew_snapshots=options.refresh
        ) as workspace,
    ):
        show_diagnostics(workspace.warnings)
        recover(workspace)
        left = what_is_left(workspace) if options.remainder else None
        if options.remainder and left is None:
            return Exit.FINE
        path = plan_in(workspace, options, left)
    report = print_plan(
        path, format=options.format, full=options.full, steps=options.steps, clear_values=options.clear_values
    )
    if report.meta.blocked:
        return Exit.BLOCKED
    return Exit.CHANGES if options.detailed and report.meta.applyable else Exit.FINE


def plan_in(workspace: Workspace, options: PlanOptions, remainder: Remainder | None = None) -> Path:
    """Make and register a plan in an open workspace, narrowed to a remainder where one is given."""
    from pardotflow.engine.planner import make_plan

    request = plan_request(workspace, options.record)
    return make_plan(replace(request, output=options.out, full=options.refresh, remainder=remainder))


def what_is_left(workspace: Workspace) -> Remainder | None:
    """What the newest run left; says so where that is nothing."""
    from pardotflow.engine.remainder import count_left, find_remainder

    found = find_remainder(workspace.ledger)
    if found is None:
        say("There is no run that left anything.", "green")
    elif not count_left(found):
        say(f"Run {found.run_id} has left nothing.", "green")
        return None
    return found


def plan_request(workspace: Workspace, record: str) -> PlanRequest:
    """What to plan with everything that an open workspace has; of one record where it is named."""
    from pardotflow.engine.planner import PlanRequest

    layout, renames = renamed_layout(workspace)
    return PlanRequest(
        project=workspace.project,
        catalog=workspace.catalog,
        connectors=workspace.connectors,
        identities=workspace.identities,
        layout=layout,
        ledger=workspace.ledger,
        clock=workspace.clock,
        progress=workspace.progress,
        record=record,
        renames=renames,
    )


def show(choice: Choice, name: str, *, format: str, full: bool, steps: bool, clear_values: bool) -> Exit:
    """Show a saved plan."""
    check_format(format)
    path = Path(name)
    if not path.is_file():
        project, _ = load(choice)
        with read_ledger(project) as ledger:
            path = find_plan(ledger, name)
    applied = run_of_plan(choice, path)
    report = print_plan(path, format=format, full=full, steps=steps, clear_values=clear_values, applied=applied)
    return Exit.BLOCKED if report.meta.blocked else Exit.FINE


def print_plan(
    path: Path,
    *,
    format: str,
    full: bool,
    steps: bool = False,
    clear_values: bool = False,
    next_step: bool = True,
    applied: str = "",
    allow: Mapping[str, int] | None = None,
) -> PlanReport:
    """Print a plan file in one of the formats; returns its report. `applied` says which run applied it, and when;
    `allow` are the numbers that whoever applies it gives to guards."""
    from pardotflow.plan.public import plan_json
    from pardotflow.plan.report import let_guards_pass, read_report
    from pardotflow.views.terminal import render_plan

    bounds = {"patterns": EVERYTHING, "singles": EVERYTHING, "conflicts": EVERYTHING} if full else {}
    report = let_guards_pass(read_report(path, **bounds), allow or {})
    if format == "json":
        for piece in plan_json(path, clear_values=clear_values):
            write(piece)
    else:
        print_result(render_plan(report, width=width(), full=full, next_step=next_step, applied=applied, steps=steps))
    return report


def check_format(format: str) -> None:
    """Raises UsageError for a format that does not exist."""
    if format not in ("text", "json"):
        raise UsageError(f"--format {format!r} does not exist", hint="Choose text or json.")
