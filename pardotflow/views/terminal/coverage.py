"""What was read for the plan and what else must be known of it.

Coverage is always said: a plan that saw only a part must look like one.
"""

from rich.text import Text

from pardotflow.plan.model import Coverage, PlanReport
from pardotflow.views.labels import READ_MODES, label
from pardotflow.views.layout import blanks, grid, heading, join, left, paragraph, words
from pardotflow.views.page import Page
from pardotflow.views.words import number, plural, system_object


def coverage_lines(report: PlanReport, page: Page) -> list[Text]:
    """One row for each object or file that was read."""
    if not report.coverage:
        return []
    places = grid([_place(one) for one in report.coverage], indent=2)
    column = max(place.cell_len for place in places) + 2
    lines = [heading("What was read")]
    for one, place in zip(report.coverage, places, strict=True):
        lines += paragraph(_told(one), page.width, first=left(place, column), indent=column, style="dim")
    return lines


def _place(one: Coverage) -> list[Text]:
    return [words(system_object(one.system, one.object)), words(plural(one.rows, "row"))]


def _told(one: Coverage) -> str:
    brought = f"{number(one.changed)} changed" if one.mode == "delta" and one.changed else ""
    if one.mode == "delta" and not one.changed:
        brought = "nothing changed"
    deleted = f"{number(one.deleted)} deleted" if one.deleted else ""
    parts = (label(READ_MODES, one.mode).lower(), brought, deleted, one.note)
    return ", ".join(part for part in parts if part)


def note_lines(report: PlanReport, page: Page) -> list[Text]:
    """What the plan has to say in sentences."""
    if not report.notes:
        return []
    bullet = join(blanks(2), words("•"))
    return [
        heading("Notes"),
        *(line for note in report.notes for line in paragraph(note, page.width, first=bullet, indent=4)),
    ]
