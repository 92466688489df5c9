"""`why`."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pardotflow.cli.console import show, show_diagnostics, width, write
from pardotflow.cli.exits import Exit
from pardotflow.cli.planning import check_format, plan_request
from pardotflow.cli.recovering import recover
from pardotflow.cli.watch import Watch
from pardotflow.cli.workspace import Choice, open_remembered, open_workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyOptions:
    """The options of `why`."""

    record: str
    offline: bool = False
    format: str = "text"
    clear_values: bool = False
    quiet: bool = False


def why(choice: Choice, options: WhyOptions) -> Exit:
    """Explain one record, or one field of it."""
    check_format(options.format)
    opened = open_remembered if options.offline else open_workspace
    with Watch(quiet=options.quiet) as progress, opened(choice, progress) as workspace:
        from pardotflow.engine.why import explain_record

        show_diagnostics(workspace.warnings)
        recover(workspace)
        request = plan_request(workspace, options.record)
        explanation = explain_record(replace(request, offline=options.offline))
    if options.format == "json":
        from pardotflow.plan.whyjson import why_json

        write(why_json(explanation, clear_values=options.clear_values))
    else:
        from pardotflow.views.why import render_why

        show(render_why(explanation, width=width()))
    return Exit.FINE
