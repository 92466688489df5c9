"""The conflicts that wait for people, on a terminal: how many by rule, then each with both values and their times.

What was decided already is told apart from what is open.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from pardotflow.plan.model import Conflict, ConflictReport
from pardotflow.views.layout import blanks, clipped, grid, heading, join, paragraph, stacked, words
from pardotflow.views.page import Page, more, page_for
from pardotflow.views.terminal.conflicts import one_conflict
from pardotflow.views.words import number, plural, system_name

MOST = 20
"""Conflicts of each kind that are shown unless all are asked for."""


def render_conflicts(
    report: ConflictReport, decided: Mapping[Conflict, str], *, width: int, full: bool = False
) -> RenderableType:
    """The open conflicts of a plan for a screen of `width` cells; `decided` is what was recorded for some of them."""
    page = page_for(width, full=full)
    waiting = [c for c in report.conflicts if c.winner == "open" and c not in decided]
    blocks = [_open_lines(report, waiting, page), _decided_lines(decided, page), _next_lines(waiting, decided, page)]
    return Group(*(clipped(line, page.width) for line in stacked(blocks)))


def _open_lines(report: ConflictReport, waiting: Sequence[Conflict], page: Page) -> list[Text]:
    source = f"plan {report.meta.id}, {report.meta.environment}"
    if not waiting:
        return [join(words("No open conflicts.", "green"), words(source, "dim"), gap=2)]
    lines = [heading(plural(len(waiting), "open conflict"), source)]
    rules = Counter((c.sync, c.field, c.reason, c.line) for c in waiting)
    rows = [
        [words(number(n)), words(f"{sync}  {field}", "bold"), words(reason, "dim"), words(line, "cyan")]
        for (sync, field, reason, line), n in sorted(rules.items(), key=lambda item: (-item[1], item[0]))
    ]
    lines += grid(rows, indent=2, numbers=False)
    for conflict in waiting if page.full else waiting[:MOST]:
        lines += [blanks(0), *one_conflict(conflict, page), _times(conflict)]
    return [*lines, *([] if page.full else more(len(waiting) - MOST, "", "", page))]


def _times(conflict: Conflict) -> Text:
    """When each record was changed last: a record has one time for all its fields."""
    told = [
        f"{system_name(side.system)} changed {at}"
        for side, at in ((conflict.a, conflict.a_changed_at), (conflict.b, conflict.b_changed_at))
        if at
    ]
    return join(blanks(6), words(", ".join(told), "dim"))


def _decided_lines(decided: Mapping[Conflict, str], page: Page) -> list[Text]:
    if not decided:
        return []
    lines = [heading("Decided", f"{number(len(decided))}: done by the next plan, unless a value moves before")]
    for conflict, word in list(decided.items()) if page.full else list(decided.items())[:MOST]:
        place = f"{conflict.a.object}/{conflict.a.id}#{conflict.field}"
        lines += paragraph(place, page.width, first=words(f"  ✓ {word}", "green"), indent=16, style="cyan")
    return [*lines, *([] if page.full else more(len(decided) - MOST, "", "", page))]


def _next_lines(waiting: Sequence[Conflict], decided: Mapping[Conflict, str], page: Page) -> list[Text]:
    if waiting:
        first = words("Next: ")
        step = join(first, words("pardotflow conflicts --out conflicts.yml", "bold"), words("  (or .csv)", "dim"))
        return [step]
    return [join(words("Next: "), words("pardotflow plan", "bold"))] if decided else []
