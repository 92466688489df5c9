"""The screen that a view fills: its width, who may read it, and how it names records.

A name is masked wherever values are, and an address is never cut: it is what a person copies.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from pardotflow.plan.model import RecordName
from pardotflow.views.layout import join, shown, words
from pardotflow.views.values import Mask, Shown, plain
from pardotflow.views.words import number, objects

WIDEST = 120
"""More columns than this are not used: a line that is longer cannot be read."""
NARROWEST = 40
FACT = 12
"""Cells that the name of a fact of the summary takes."""
_SHORTEST_NAME = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """How wide the screen is in cells, whether all is asked for, and who may not read clear values."""

    width: int
    full: bool = False
    mask: Mask | None = None

    def name(self, record: RecordName) -> str:
        """The record's name, masked where values are, or its address where it has none; not yet safe to show."""
        if self.mask is not None and record.name:
            return self.mask(record.name, "name")
        return record.name or address(record)

    def note(self, text: str) -> str:
        """A short text made of values or names: free text as a whole where values are masked; not yet safe to show."""
        return self.mask(text, "free_text") if self.mask is not None and text else text


def page_for(width: int, *, full: bool = False, mask: Mask | None = None) -> Page:
    """A page within the widths that the views are made for."""
    return Page(width=max(NARROWEST, min(width, WIDEST)), full=full, mask=mask)


def address(record: RecordName) -> str:
    """`Contact/003…`; a record that does not exist yet is `new Contact`."""
    return f"new {record.object}" if record.id == "new" else f"{record.object}/{record.id}"


def label(record: RecordName, page: Page, width: int) -> Text:
    """Who it is, in at most `width` cells; with the address, which is never cut, where all is asked for."""
    if not page.full or not record.name:
        return shown(plain(page.name(record), width), "dim")
    place = words(address(record), "cyan")
    name = shown(plain(page.name(record), max(width - place.cell_len - 2, _SHORTEST_NAME)), "dim")
    return join(name, place, gap=2)


def row_of_names(names: Sequence[str], width: int, style: str = "dim") -> Text:
    """Names with commas between, in at most `width` cells; each keeps its own direction, the last may be cut."""
    line = shown(Shown(""), style)
    for name in names:
        comma = ", " if line.plain else ""
        room = width - line.cell_len - len(comma)
        if room < min(cell_len(plain(name)), _SHORTEST_NAME):
            break
        line.append(comma + plain(name, room))
    return line


def more(count: int, noun: str, plan: str, page: Page) -> list[Text]:
    """That `count` are left out, and what shows them: nothing where none are."""
    if count <= 0:
        return []
    told = words(f"  … and {number(count)} {f'more {objects(count, noun)}' if noun else 'more'}", "dim")
    if page.full or not plan:
        return [told]
    return [join(told, words(": ", "dim"), words(f"pardotflow show {plan} --full"))]
