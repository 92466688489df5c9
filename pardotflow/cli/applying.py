"""`apply`: find or make the plan, get consent, carry it out, say what happened."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pardotflow.cli.console import ERR, say, show, show_diagnostics, show_error, width, write
from pardotflow.cli.exits import Exit
from pardotflow.cli.planning import PlanOptions, check_format, plan_in, print_plan, what_is_left
from pardotflow.cli.plans import find_plan
from pardotflow.cli.recovering import recover
from pardotflow.cli.statefiles import keep_of, pruned_text
from pardotflow.cli.watch import Watch
from pardotflow.cli.workspace import Choice, Workspace, open_workspace
from pardotflow.config.connections import Sending
from pardotflow.core.errors import UsageError
from pardotflow.engine.again import SendRules
from pardotflow.engine.apply import Applied, ApplyRequest, apply_plan
from pardotflow.engine.parts import Parts, parts_of
from pardotflow.graph.digest import config_digest
from pardotflow.plan.file import open_plan, read_meta
from pardotflow.plan.guardnames import allow_names, full_name, unknown_names
from pardotflow.plan.model import PlanReport
from pardotflow.plan.public import run_json
from pardotflow.plan.report import read_report
from pardotflow.store.damage import named_plan_damage
from pardotflow.store.retention import prune
from pardotflow.views.terminal import render_run


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyOptions:
    """The options of `apply`."""

    plan: str = ""
    remainder: bool = False
    canary: int = 0
    yes: bool = False
    confirm: str = ""
    allow: tuple[str, ...] = ()
    format: str = "text"
    clear_values: bool = False
    quiet: bool = False
    wait: float = 0.0


def apply(choice: Choice, options: ApplyOptions) -> Exit:
    """Apply a saved plan, go on with one that was left unfinished, or plan and apply in one go."""
    check_format(options.format)
    if options.plan and options.remainder:
        raise UsageError("--remainder makes a plan of its own", hint="Leave the plan's name away.")
    allow = _allowances(options.allow)
    with (
        Watch(quiet=options.quiet) as watch,
        open_workspace(choice, watch, command="apply", wait=options.wait) as workspace,
    ):
        show_diagnostics(workspace.warnings)
        recover(workspace)
        path, is_new = _plan(workspace, options)
        if path is None:
            return Exit.FINE
        watch.pause()
        report = read_report(path, patterns=0, singles=0, conflicts=0)
        _check_allowances(allow, report)
        if is_new and options.format == "text":
            print_plan(path, format="text", full=False, next_step=False, allow=allow)
        parts = parts_of(workspace.ledger, report.meta.id)
        if parts.is_unfinished:
            say(_left_words(report, parts), "yellow")
        _consent(workspace, report, options, parts)
        watch.resume()
        with named_plan_damage(path, workspace.layout):
            applied = apply_plan(_request(workspace, path, allow, options.canary))
        _prune(workspace)
    return _finish(applied, options.format, clear_values=options.clear_values)


def _plan(workspace: Workspace, options: ApplyOptions) -> tuple[Path | None, bool]:
    """The plan to apply, and whether it was made just now; None where nothing is to be done."""
    if options.plan:
        return find_plan(workspace.ledger, options.plan), False
    if options.remainder:
        left = what_is_left(workspace)
        return (plan_in(workspace, PlanOptions(), left), True) if left else (None, False)
    unfinished = _unfinished_plan(workspace)
    return (unfinished, False) if unfinished else (plan_in(workspace, PlanOptions()), True)


def _unfinished_plan(workspace: Workspace) -> Path | None:
    """The plan that the newest run left unfinished, where nothing was planned since and it can be gone on with."""
    newest = workspace.ledger.newest_run(unplanned=True)
    if newest is None or not newest.left:
        return None
    if newest.path is None or not newest.path.is_file():
        say(f"Plan {newest.plan_id}, which run {newest.run_id} left unfinished, is lost: it is planned anew.", "yellow")
        return None
    with open_plan(newest.path) as con:
        digest = read_meta(con)["config_digest"]
    if digest != config_digest(workspace.project):
        changed = f"The configuration changed since run {newest.run_id} left plan {newest.plan_id} unfinished"
        say(f"{changed}: it is planned anew.", "yellow")
        return None
    return newest.path


def _left_words(report: PlanReport, parts: Parts) -> str:
    """What was done of a plan that is gone on with, in one line."""
    total = sum(count.records for count in report.counts)
    statuses = [outcome.status for outcome in parts.outcomes.values()]
    counts = {
        "done": statuses.count("confirmed"),
        "refused": statuses.count("refused"),
        "moved": statuses.count("moved") + statuses.count("untold"),
        "without an answer, to be looked up first": statuses.count("unknown"),
        "not started": total - len(statuses),
    }
    told = ", ".join(f"{number:,} {what}" for what, number in counts.items() if number)
    return f"Plan {report.meta.id} is gone on with: {told}."


def _prune(workspace: Workspace) -> None:
    """Remove what is older than the project keeps."""
    pruned = prune(workspace.layout, workspace.ledger, keep_of(workspace.project), workspace.clock.now())
    if not pruned.is_nothing:
        say(pruned_text(pruned).rstrip())


def _request(workspace: Workspace, path: Path, allow: Mapping[str, int], canary: int) -> ApplyRequest:
    return ApplyRequest(
        project=workspace.project,
        catalog=workspace.catalog,
        connectors=workspace.connectors,
        identities=workspace.identities,
        layout=workspace.layout,
        ledger=workspace.ledger,
        clock=workspace.clock,
        progress=workspace.progress,
        plan=path,
        allow=allow,
        rules=_rules(workspace.project.environment.sending),
        canary=canary,
    )


def _rules(sending: Sending) -> SendRules:
    """How patient a run of the environment is."""
    return SendRules(
        retries=sending.retries,
        first_wait=sending.first_wait,
        longest_wait=sending.longest_wait,
        skip_invalid=sending.skip_invalid,
        stop_after=sending.stop_after,
    )


def _allowances(texts: tuple[str, ...]) -> dict[str, int]:
    """`--allow GUARD=N`; raises UsageError for another form."""
    found = {}
    for text in texts:
        guard, sign, number = text.rpartition("=")
        if not sign or not number.isdigit():
            raise UsageError(f"--allow {text!r} is not GUARD=N", hint="The plan prints the exact flag.")
        found[guard] = int(number)
    return found


def _check_allowances(allow: Mapping[str, int], report: PlanReport) -> None:
    """Raises UsageError for a guard that the plan does not have."""
    guards = [(guard.sync, guard.guard) for guard in report.guards]
    for name in unknown_names(allow, guards):
        several = [full_name(guard) for guard in guards if guard[1] == name]
        if several:
            raise UsageError(f"{name!r} is a guard of several syncs", hint=f"Name one: {', '.join(several)}.")
        known = f"Its guards: {', '.join(allow_names(guards))}." if guards else "It has none: nothing is to be allowed."
        raise UsageError(f"plan {report.meta.id} has no guard {name!r}", hint=known)


def _consent(workspace: Workspace, report: PlanReport, options: ApplyOptions, parts: Parts) -> None:
    """A person, or a flag, agrees to this plan; raises UsageError otherwise. Production needs its short id, typed or
    passed."""
    meta = report.meta
    production = workspace.project.environment.production
    if options.confirm:
        if options.confirm != meta.id:
            raise UsageError(f"--confirm {options.confirm} is not this plan's id, which is {meta.id}")
        return
    if options.yes and not production:
        return
    if not sys.stdin.isatty():
        flag = f"--confirm {meta.id}" if production else "--yes"
        raise UsageError("apply needs consent, and there is nobody to ask", hint=f"Add {flag}.")
    wanted = meta.id if production else "yes"
    # The plan's screen is long: what is agreed to stands once more beside the question.
    what = f"go on with plan {meta.id}" if parts.is_unfinished else f"apply plan {meta.id}"
    ERR.print(f"\n{meta.environment}: {_summary(report)}. Type {wanted} to {what}: ", end="")
    if sys.stdin.readline().strip() != wanted:
        raise UsageError("not applied: nobody agreed", hint=f"The plan is kept: pardotflow apply {meta.id}")


def _summary(report: PlanReport) -> str:
    """What a plan does, in one line."""
    actions = dict.fromkeys(c.action for c in report.counts)
    parts = [f"{sum(c.records for c in report.counts if c.action == a):,} records to {a}" for a in actions]
    return f"{', '.join(parts) or 'nothing to send'}; {report.fields_total:,} fields"


def _finish(applied: Applied, format: str, *, clear_values: bool) -> Exit:
    if format == "json":
        write(run_json(applied.report, clear_values=clear_values))
    else:
        show(render_run(applied.report, width=width()))
    if applied.stopped is not None:
        show_error(applied.stopped)
    if applied.interrupted:
        return Exit.INTERRUPTED
    is_whole = applied.stopped is None and applied.report.status not in ("with_errors", "with_remainder")
    return Exit.FINE if is_whole else Exit.PARTLY
