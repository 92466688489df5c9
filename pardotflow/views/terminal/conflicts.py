"""Fields where both sides moved: both values, what they were when they last agreed, and who decides.

Open ones are always shown; those that a policy decided are changes already, and are listed here only when all is asked
for.
"""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text

from pardotflow.plan.model import Conflict, PlanReport, RecordName
from pardotflow.views.layout import blanks, heading, join, left, reasoned, shown, words
from pardotflow.views.page import Page, address, more
from pardotflow.views.values import plain, show_masked, show_pair, show_value
from pardotflow.views.words import number, system_name

OPEN = "open"
BEFORE = "before the run"
"""Stands in the place of the other system where a run is taken back: what the record held before it."""
_MOST = 8


def conflict_lines(report: PlanReport, page: Page) -> list[Text]:
    """The open conflicts and how to decide them."""
    waiting = [conflict for conflict in report.conflicts if conflict.winner == OPEN]
    if not waiting:
        return []
    chosen = waiting if page.full else waiting[:_MOST]
    note = f"{number(report.conflicts_open)}: nothing is sent for these fields until somebody decides"
    lines = [heading("Open conflicts", note)]
    for conflict in chosen:
        lines += one_conflict(conflict, page)
    lines += more(report.conflicts_open - len(chosen), "", report.meta.id, page)
    is_revert = waiting[0].b.system == BEFORE
    way_out = (
        "the revert with --over-edits"
        if is_revert
        else "pardotflow conflicts --out FILE, or a policy (no base: on_link)"
    )
    return [*lines, words(f"  to decide: {way_out}", "dim")]


def decided_lines(report: PlanReport, page: Page) -> list[Text]:
    """The conflicts that have a winner, for somebody who asked for all."""
    decided = [conflict for conflict in report.conflicts if conflict.winner != OPEN]
    if not decided or not page.full:
        return []
    lines = [heading("Decided conflicts", number(report.conflicts_decided))]
    for conflict in decided:
        lines += one_conflict(conflict, page)
    return lines


def one_conflict(conflict: Conflict, page: Page) -> list[Text]:
    """Who it is about, what each side holds, and the rule that asks."""
    why = reasoned(blanks(0), conflict.reason, words(conflict.line, "cyan"), page.width, indent=6)
    return [_title(conflict, page), *_sides(conflict, page), *why]


def _title(conflict: Conflict, page: Page) -> Text:
    mark = words("  ? ", "bold yellow") if conflict.winner == OPEN else words("  ✓ ", "bold green")
    field = words(conflict.field, "bold")
    places = words(f"{address(conflict.a)} ⇄ {address(conflict.b)}", "cyan")
    room = page.width - field.cell_len - places.cell_len - 8
    record = conflict.a if conflict.a.name else conflict.b
    name = shown(plain(page.name(record), max(room, 8)), "bold") if record.name else blanks(0)
    return join(mark, join(name, field, places, gap=2))


def _sides(conflict: Conflict, page: Page) -> list[Text]:
    column = max(cell_len(system_name(side.system)) for side in (conflict.a, conflict.b)) + 2
    room = (page.width - 6 - column - 2) * 3 // 5
    values = _values(conflict, room, page)
    width = max(value.cell_len for value in values)
    sides = (conflict.a, conflict.b)
    bases: Sequence[str | None] = (conflict.base_a, conflict.base_b)
    if conflict.base_a is None and conflict.base_b is None:
        notes = [words("no value remembered", "dim"), blanks(0)]
    else:
        room = page.width - 8 - column - width
        notes = [
            blanks(0) if side.system == BEFORE else _base(base, room, conflict.pii, page)
            for side, base in zip(sides, bases, strict=True)
        ]
    return [_side(*row, conflict.winner, column, width) for row in zip(sides, values, notes, strict=True)]


def _side(side: RecordName, value: Text, note: Text, winner: str, column: int, width: int) -> Text:
    name = left(words(system_name(side.system)), column)
    wins = words("wins", "bold green") if winner == side.system else blanks(0)
    line = join(blanks(6), name, left(value, width), blanks(2), join(note, wins, gap=2))
    line.rstrip()
    return line


def _values(conflict: Conflict, room: int, page: Page) -> list[Text]:
    both = (conflict.a_value, conflict.b_value)
    if page.mask is not None and conflict.pii:
        return [shown(show_masked(value, conflict.pii, page.mask, room), "yellow") for value in both]
    pair = show_pair(*both, 2 * room)
    return [shown(pair.before, "yellow"), shown(pair.after, "yellow")]


def _base(base: str | None, room: int, pii: str, page: Page) -> Text:
    masked = page.mask is not None and pii
    value = show_masked(base, pii, page.mask, room - 4) if masked and page.mask else show_value(base, room - 4)
    return join(words("was ", "dim"), shown(value, "dim"))
