"""What one apply did, and what it did not.

The four fates of a change (confirmed, refused, unknown, not started) and what moved are always told apart.
"""

from rich.text import Text

from pardotflow.plan.run import RunReport
from pardotflow.views.labels import RUN_STATES
from pardotflow.views.layout import edges, join, paragraph, stacked, words
from pardotflow.views.page import Page
from pardotflow.views.terminal.cost import calls_text
from pardotflow.views.terminal.summary import count_table
from pardotflow.views.words import duration, number

_FATES = (
    ("before", "done before", "by earlier runs of this plan", "green"),
    ("confirmed", "confirmed", "", "green"),
    ("refused", "refused", "kept as sync errors until they are resolved", "red"),
    ("unknown", "unknown", "sent, no answer: looked up before anything is sent again", "yellow"),
    ("moved", "moved", "changed since the plan was made, left for the next plan", "yellow"),
    ("not_started", "not started", "", "yellow"),
)
_FACT = 13


def run_lines(report: RunReport, page: Page) -> list[Text]:
    """Status, counts, fates and calls of one run."""
    sentence, style = RUN_STATES.get(report.status, (report.status, "bold"))
    names = join(words("run "), words(report.run_id, "cyan"), words("   plan "), words(report.plan_id, "cyan"))
    head = edges(names, words(duration(report.seconds), "dim"), page.width)
    table = count_table(report.sent) if report.sent else []
    calls = paragraph(calls_text(report.calls), page.width, first=words("calls", "dim"), indent=_FACT)
    return stacked([[*head, *paragraph(sentence, page.width, style=style)], table, [*_fates(report, page), *calls]])


def _fates(report: RunReport, page: Page) -> list[Text]:
    numbers = [(title, getattr(report, field), note, style) for field, title, note, style in _FATES]
    column = max(len(number(n)) for _, n, _, _ in numbers)
    lines: list[Text] = []
    for title, n, note, style in numbers:
        if n:
            text = f"{number(n):>{column}}"
            lead = join(words(f"{title:<{_FACT}}", style), words(text))
            lines += paragraph(note, page.width, first=lead, indent=_FACT + column + 2, style="dim") or [lead]
    return lines
