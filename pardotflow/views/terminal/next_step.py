"""The last lines: what a person does next.

A command is named only where it would do something.
"""

from collections.abc import Sequence

from rich.text import Text

from pardotflow.plan.model import PlanReport
from pardotflow.plan.run import RunReport
from pardotflow.views.layout import join, paragraph, words
from pardotflow.views.page import Page
from pardotflow.views.words import plural


def next_lines(report: PlanReport, page: Page, applied: str = "") -> list[Text]:
    """Where the plan is saved, and the next command; a plan that was `applied` is spent."""
    meta = report.meta
    saved = paragraph(meta.path, page.width, first=words("Saved as", "dim"), indent=10, style="cyan")
    if applied:
        return [*saved, words(f"Applied already: {applied}.", "bold"), *_step("Next:", "pardotflow plan", page)]
    return [*saved, *_plan_step(report, page)]


def _plan_step(report: PlanReport, page: Page) -> list[Text]:
    apply = f"pardotflow apply {report.meta.id}"
    if report.meta.blocked:
        flags = [guard.flag for guard in report.guards if not guard.passed and guard.flag]
        return _step("Next, if that is meant:", apply, page, flags) if flags else []
    if report.has_changes:
        return (
            _step("Next:", apply, page)
            if report.meta.applyable
            else [words("Nothing of this plan is applied.", "bold")]
        )
    if any(n for one in report.identity for _, n in one.linked_now):
        return _step("Next, to remember the new links (nothing is sent):", apply, page)
    return _decide(report, page)


def _decide(report: PlanReport, page: Page) -> list[Text]:
    if report.conflicts_open:
        waiting = plural(report.conflicts_open, "open conflict")
        return _step(f"{waiting} left; to decide:", "pardotflow conflicts", page)
    return [words("Nothing to do.", "green")]


def run_step(report: RunReport, page: Page) -> list[Text]:
    """The command after a run, nothing where all is well."""
    if report.unknown or report.not_started:
        return _step("Next, to go on with it:", "pardotflow apply", page)
    if report.moved:
        return _step("Next, to plan what is left:", "pardotflow apply --remainder", page)
    if report.refused:
        lead = "What was refused is held until the change differs, and listed by:"
        return _step(lead, "pardotflow plan", page)
    return []


def _step(lead: str, command: str, page: Page, flags: Sequence[str] = ()) -> list[Text]:
    """One line, or as a shell takes it over several: a command is never broken where it could not be pasted."""
    line = join(words(f"{lead} "), words(" ".join([command, *flags]), "bold"))
    if line.cell_len <= page.width:
        return [line]
    parts = [f"  {command}", *(f"    {flag}" for flag in flags)]
    return [words(lead), *(words(f"{part} \\", "bold") for part in parts[:-1]), words(parts[-1], "bold")]
