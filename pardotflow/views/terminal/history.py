"""Runs on a terminal: all of them in a table, or what one did."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from pardotflow.plan.history import STATUSES, DoneChange, RunDetail, RunLine
from pardotflow.views.labels import ACTIONS
from pardotflow.views.layout import blanks, clipped, edges, grid, heading, join, shown, stacked, words
from pardotflow.views.page import Page, address, more, page_for
from pardotflow.views.terminal.summary import count_table
from pardotflow.views.values import show_pair
from pardotflow.views.words import minute, number

MOST = 40
_FATES = ("confirmed", "refused", "unknown", "not_started", "moved")


def render_history(runs: Sequence[RunLine], *, width: int) -> RenderableType:
    """The runs, the last one first."""
    page = page_for(width)
    if not runs:
        return words("No runs yet.")
    titles = ["run", "plan", "started", "status", *(fate.replace("_", " ") for fate in _FATES[:4])]
    rows = [[words(title, "dim") for title in titles], *(_row(run) for run in runs)]
    return Group(*(clipped(line, page.width) for line in grid(rows, numbers=False)))


def _row(run: RunLine) -> list[Text]:
    left = run.not_started + run.moved
    counts = (run.confirmed, run.refused, run.unknown, left)
    head = [words(run.id, "cyan"), words(run.plan_id), words(minute(run.started_at)), words(_status(run))]
    return [*head, *(words(number(n) if n else "") for n in counts)]


def _status(run: RunLine) -> str:
    return STATUSES.get(run.status, run.status)


def render_detail(detail: RunDetail, *, width: int, full: bool = False) -> RenderableType:
    """What one run did."""
    page = page_for(width, full=full)
    run = detail.run
    names = join(words("run "), words(run.id, "cyan"), words("   plan "), words(run.plan_id, "cyan"))
    counts = ", ".join(f"{number(n)} {fate.replace('_', ' ')}" for fate in _FATES if (n := getattr(run, fate)))
    head = edges(names, words(minute(run.started_at), "dim"), page.width)
    head.append(words(f"{_status(run)}: {counts or 'nothing was sent'}"))
    if detail.reverts:
        head.append(words(f"It took back run {detail.reverts}.", "yellow"))
    table = count_table(detail.counts) if detail.counts else []
    lines = [heading("Changes", number(detail.changes_total))] if detail.changes else []
    for change in detail.changes:
        lines += _change(change, page)
    lines += more(detail.changes_total - len(detail.changes), "field", "", page)
    next_step = [join(words("Take it back: "), words(f"pardotflow revert {run.id}", "bold"))] if detail.counts else []
    return Group(*(clipped(line, page.width) for line in stacked([head, table, lines, next_step])))


def _change(change: DoneChange, page: Page) -> list[Text]:
    sign, colour = ACTIONS.get(change.action, ("?", ""))
    place = join(words(f"  {sign} ", colour), words(address(change.record), "cyan"), gap=0)
    name = words(f"  {change.record.name}" if change.record.name else "", "dim")
    fate = words("" if change.fate == "confirmed" else f"{change.fate} {change.code}".strip(), "red")
    start = join(place, words(f"  {change.field}", "bold") if change.field else blanks(0), name)
    lines = edges(start, join(fate, words(change.line, "cyan"), gap=2), page.width)
    if not change.field:
        return lines
    pair = show_pair(change.before, change.after, page.width - 8)
    return [*lines, join(blanks(6), shown(pair.before), words(" → ", "dim"), shown(pair.after))]
