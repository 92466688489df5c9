"""Tables of plain rows for `list` and `graph`, good at 80 columns.

The widest columns give way first and long cells are cut in the middle; no row is ever broken over two lines, save the
list of names that a graph row ends with.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.text import Text

from pardotflow.views.layout import blanks, clipped, grid, join, paragraph, shown, words
from pardotflow.views.page import page_for
from pardotflow.views.values import plain

_GAP = 2
_LEAST = 6
GraphRow = tuple[str, str, int, tuple[str, ...]]
"""Name of a step, its kind, how deep it lies (0 for what needs nothing), the names of what it needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """The title of a column, whether it holds numbers (aligned right), and the style of its cells."""

    title: str
    is_number: bool = False
    style: str = ""


def render_table(columns: Sequence[Column], rows: Sequence[Sequence[str]], *, width: int) -> RenderableType:
    """Rows of texts under their titles in at most `width` cells; raises ValueError where a row has another length."""
    cells = [[plain(cell) for cell in row] for row in rows]
    titles = [column.title for column in columns]
    needed = [max(cell_len(cell) for cell in column) for column in zip(titles, *cells, strict=True)]
    room = page_for(width).width
    widths = _shrunk(needed, room - _GAP * (len(columns) - 1))
    table = [[words(title, "dim") for title in titles], *(_row(columns, row, widths) for row in rows)]
    aligned = [[_aligned(c, cell, w) for c, cell, w in zip(columns, row, widths, strict=True)] for row in table]
    return Group(*(clipped(line, room) for line in grid(aligned, gap=_GAP, numbers=False)))


def _row(columns: Sequence[Column], row: Sequence[str], widths: Sequence[int]) -> list[Text]:
    return [shown(plain(cell, w), column.style) for column, cell, w in zip(columns, row, widths, strict=True)]


def _aligned(column: Column, cell: Text, width: int) -> Text:
    return join(blanks(width - cell.cell_len), cell) if column.is_number else cell


def _shrunk(needed: Sequence[int], room: int) -> list[int]:
    """The needs where they fit; else one common ceiling for the widest columns, `_LEAST` at the lowest."""
    ceiling = max(needed, default=0)
    while sum(min(n, ceiling) for n in needed) > room and ceiling > _LEAST:
        ceiling -= 1
    widths = [min(n, ceiling) for n in needed]
    spare = room - sum(widths)
    for index, need in enumerate(needed):
        if spare > 0 and widths[index] < need:
            widths[index] += 1
            spare -= 1
    return widths


def render_graph(rows: Sequence[GraphRow], *, width: int) -> RenderableType:
    """The steps in the order in which they run, indented by depth, each with what it needs."""
    room = page_for(width).width
    names = [join(blanks(2 * min(depth, 8)), words(name, "bold")) for name, _, depth, _ in rows]
    kinds = max((cell_len(plain(kind)) for _, kind, _, _ in rows), default=0)
    column = min(max((name.cell_len for name in names), default=0), room // 2)
    lines: list[Text] = []
    for name, (_, kind, _, needs) in zip(names, rows, strict=True):
        start = clipped(name, column)
        lead = join(start, blanks(column - start.cell_len + _GAP), words(kind, "dim"))
        arrow = join(lead, blanks(column + kinds + 2 * _GAP - lead.cell_len), words("← ", "dim"))
        lines += paragraph(", ".join(needs), room, first=arrow, indent=arrow.cell_len) or [lead]
    return Group(*(clipped(line, room) for line in lines))
