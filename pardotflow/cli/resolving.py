"""`errors`: list the refusals that are not resolved, and record what people want done about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pardotflow.cli.console import say, show, width, write
from pardotflow.cli.exits import Exit
from pardotflow.cli.planning import check_format
from pardotflow.cli.state_home import read_ledger
from pardotflow.cli.workspace import Choice, load
from pardotflow.core.address import Address, parse_address
from pardotflow.core.clock import SystemClock
from pardotflow.core.errors import UsageError
from pardotflow.store.syncerrors import ErrorState

if TYPE_CHECKING:
    from pardotflow.engine.errorlist import Wanted
    from pardotflow.store.ledger import Ledger

_TOLD = {
    ErrorState.RETRY: "tried again by the next plan",
    ErrorState.IGNORED: "ignored: counted, and not tried until the change is another one",
    ErrorState.OPEN: "open again",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorOptions:
    """The options of `errors`."""

    record: str = ""
    code: str = ""
    cause: str = ""
    retry: bool = False
    ignore: bool = False
    reopen: bool = False
    format: str = "text"
    clear_values: bool = False
    full: bool = False


def errors(choice: Choice, options: ErrorOptions) -> Exit:
    """Do the one thing that was asked for; without any, list the errors."""
    from pardotflow.engine.errorlist import report_errors
    from pardotflow.plan.errors import errors_json
    from pardotflow.views.terminal.errors import render_errors

    check_format(options.format)
    state = _state(options)
    wanted = _wanted(options)
    project, _ = load(choice)
    with read_ledger(project) as ledger:
        if state is not None:
            return _decide(ledger, wanted, state)
        found = ledger.sync_errors() if ledger else []
    report = report_errors(found, wanted, project.environment.name)
    if options.format == "json":
        write(errors_json(report, clear_values=options.clear_values))
    else:
        show(render_errors(report, width=width(), full=options.full))
    return Exit.FINE


def _state(options: ErrorOptions) -> ErrorState | None:
    asked = [
        state
        for state, is_asked in (
            (ErrorState.RETRY, options.retry),
            (ErrorState.IGNORED, options.ignore),
            (ErrorState.OPEN, options.reopen),
        )
        if is_asked
    ]
    if len(asked) > 1:
        raise UsageError("--retry, --ignore and --reopen do not go together", hint="Run them one after another.")
    return asked[0] if asked else None


def _wanted(options: ErrorOptions) -> Wanted:
    from pardotflow.engine.errorlist import Wanted, cause_names

    if options.cause and options.cause not in cause_names():
        raise UsageError(f"--cause {options.cause!r} does not exist", hint=f"Causes: {', '.join(cause_names())}.")
    return Wanted(record=_address(options.record), code=options.code, cause=options.cause)


def _address(text: str) -> Address | None:
    try:
        return parse_address(text) if text else None
    except ValueError as wrong:
        raise UsageError(f"--record: {wrong}") from wrong


def _decide(ledger: Ledger | None, wanted: Wanted, state: ErrorState) -> Exit:
    """Record it of every error that is meant and stands otherwise."""
    from pardotflow.engine.errorlist import select_errors

    known = ledger.sync_errors() if ledger else []
    meant = select_errors(known, wanted)
    if not meant and not wanted.is_all:
        raise UsageError("no sync error is meant by that", hint="See what there is: pardotflow errors")
    changed = [error for error in meant if error.state != state]
    if ledger is not None:
        ledger.decide_errors(changed, state, SystemClock().now())
    noun = "sync error" if len(changed) == 1 else "sync errors"
    write(f"{len(changed):,} {noun} {_TOLD[state]}\n" if changed else "Nothing to change.\n")
    if changed and state is not ErrorState.IGNORED:
        say("Next: pardotflow plan")
    return Exit.FINE
