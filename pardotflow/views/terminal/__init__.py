"""Plans and runs on a terminal, for a tired person: what is dangerous first, then counts, then detail.

Pure: a report and a width in, something for a rich console out. No line is wider than the width, and what records hold
cannot reach the terminal as anything but visible text.
"""

from rich.console import Group, RenderableType
from rich.text import Text

from pardotflow.plan.model import PlanReport
from pardotflow.plan.run import RunReport
from pardotflow.views.layout import clipped, stacked
from pardotflow.views.page import Page, page_for
from pardotflow.views.terminal.changes import change_lines
from pardotflow.views.terminal.conflicts import conflict_lines, decided_lines
from pardotflow.views.terminal.consent import consent_lines
from pardotflow.views.terminal.cost import request_lines, step_lines
from pardotflow.views.terminal.coverage import coverage_lines, note_lines
from pardotflow.views.terminal.groups import (
    accepted_lines,
    ambiguous_lines,
    created_lines,
    doomed_lines,
    endless_lines,
    flipflop_lines,
    held_lines,
    later_lines,
    refused_lines,
    remainder_lines,
    skipped_lines,
)
from pardotflow.views.terminal.head import blocked_lines, head_lines
from pardotflow.views.terminal.identity import identity_lines
from pardotflow.views.terminal.next_step import next_lines, run_step
from pardotflow.views.terminal.patterns import pattern_lines
from pardotflow.views.terminal.run import run_lines
from pardotflow.views.terminal.summary import summary_lines
from pardotflow.views.values import Mask

__all__ = ["render_plan", "render_run"]


def render_plan(
    report: PlanReport,
    *,
    width: int,
    full: bool = False,
    mask: Mask | None = None,
    next_step: bool = True,
    applied: str = "",
    steps: bool = False,
) -> RenderableType:
    """The plan for a screen of `width` cells (40 to 120 are used), with everything in the report where `full`.

    With `steps` it says what apply does in which order, and which ways it does not take.

    Without `next_step` it does not say what to do with it, as where that is being done; `applied` says which run has
    carried it out, and when.

    `mask` gets a value and its pii class (`name` for the names of records, `free_text` for notes made of values) and
    returns what is shown in its place; without it values are clear.
    """
    page = page_for(width, full=full, mask=mask)
    blocks = [
        head_lines(report.meta, page),
        blocked_lines(report, page),
        endless_lines(report, page),
        doomed_lines(report, page),
        flipflop_lines(report, page),
        summary_lines(report, page),
        identity_lines(report.identity, page),
        consent_lines(report, page),
        created_lines(report, page),
        pattern_lines(report, page),
        change_lines(report, page),
        conflict_lines(report, page),
        decided_lines(report, page),
        held_lines(report, page),
        ambiguous_lines(report, page),
        skipped_lines(report, page),
        accepted_lines(report, page),
        later_lines(report, page),
        coverage_lines(report, page),
        step_lines(report.steps, page) if steps else request_lines(report.costs, page),
        note_lines(report, page),
        next_lines(report, page, applied) if next_step else [],
    ]
    return _screen(stacked(blocks), page)


def render_run(report: RunReport, *, width: int, mask: Mask | None = None) -> RenderableType:
    """What one apply did, for a screen of `width` cells; `mask` as in `render_plan`."""
    page = page_for(width, mask=mask)
    blocks = [
        run_lines(report, page),
        refused_lines(report, page),
        remainder_lines(report, page),
        run_step(report, page),
    ]
    return _screen(stacked(blocks), page)


def _screen(lines: list[Text], page: Page) -> RenderableType:
    return Group(*(clipped(line, page.width) for line in lines))
