"""Single changes, record by record: the address once, below it each field with its reason and configuration line.

At most a screenful unless all is asked for; what is left out is counted and the command that shows it is named.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.cells import cell_len
from rich.text import Text

from pardotflow.plan.model import FieldChange, PlanReport, RecordName
from pardotflow.views.layout import blanks, heading, join, left, reasoned, shown, words
from pardotflow.views.page import Page, address, more
from pardotflow.views.terminal.change import move_of, move_text, sign
from pardotflow.views.values import plain
from pardotflow.views.words import number

_SCREENFUL = 40
_LONGEST_FIELD = 24
_INDENT = 6


def change_lines(report: PlanReport, page: Page) -> list[Text]:
    """The block of single changes; nothing where all of them folded."""
    if not report.singles:
        return []
    lines = [heading("Single changes", f"{number(report.singles_total)}, record by record")]
    told = 0
    for record, changes in _by_record(report.singles):
        first, *others = _record(record, changes, page)
        if not page.full and told and len(lines) + 1 + sum(map(len, others)) > _SCREENFUL:
            break
        chosen = others if page.full else others[: _SCREENFUL // 2]
        lines += [*first, *(line for field in chosen for line in field)]
        told += len(chosen)
    return lines + more(report.singles_total - told, "", report.meta.id, page)


def _by_record(changes: Sequence[FieldChange]) -> Iterator[tuple[RecordName, list[FieldChange]]]:
    for record, own in groupby(changes, key=lambda change: change.record):
        yield record, list(own)


def record_line(record: RecordName, page: Page, mark: Text) -> Text:
    """Sign, name and address of one record; the address is never cut."""
    place = words(address(record), "cyan")
    room = page.width - mark.cell_len - place.cell_len - 6
    name = shown(plain(page.name(record), max(room, 8)), "bold") if record.name else blanks(0)
    return join(blanks(2), mark, blanks(1), join(name, place, gap=2))


def _record(record: RecordName, changes: Sequence[FieldChange], page: Page) -> list[list[Text]]:
    """The lines of the record's name, then those of each field; one field takes two lines at most."""
    column = min(max(cell_len(change.field) for change in changes), _LONGEST_FIELD)
    return [[record_line(record, page, sign(changes[0].action))], *(_field(one, column, page) for one in changes)]


def _field(change: FieldChange, column: int, page: Page) -> list[Text]:
    place = words(change.line, "cyan")
    if not change.field:
        whole = join(blanks(_INDENT), move_text(move_of(change), page.width, page))
        return reasoned(whole, change.reason, place, page.width, indent=_INDENT)
    name = left(shown(plain(change.field, column)), column)
    room = page.width - _INDENT - column - 2
    move = join(blanks(_INDENT), name, blanks(2), move_text(move_of(change), room, page))
    return reasoned(move, change.reason, place, page.width, indent=_INDENT)
