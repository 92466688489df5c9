"""Lines for a terminal: made of safe text, aligned by cells, never wider than the screen.

Only this module makes `Text`. Markup is never read, and what comes from outside passes through `plain` or is already
`Shown`, so nothing in a record can colour, move or hide a part of the screen.
"""

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.text import Text

from pardotflow.views.values import Shown, plain, plain_pieces

_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"


def words(text: str, style: str = "") -> Text:
    """Text of any origin; control characters become visible."""
    return shown(plain(text), style)


def shown(text: Shown, style: str = "") -> Text:
    """Text that is already safe."""
    return Text(text, style=style, no_wrap=True, end="\n")


def join(*parts: Text, gap: int = 0) -> Text:
    """The parts that are not empty in one line, `gap` blanks between two."""
    return shown(Shown(" " * gap)).join(part for part in parts if part.plain) if gap else _joined(parts)


def _joined(parts: Iterable[Text]) -> Text:
    line = shown(Shown(""))
    for part in parts:
        line.append_text(part)
    return line


def blanks(count: int) -> Text:
    """That many blanks."""
    return shown(Shown(" " * max(count, 0)))


def left(text: Text, width: int) -> Text:
    """Filled up with blanks on the right to `width` cells."""
    return join(text, blanks(width - text.cell_len))


def right(text: Text, width: int) -> Text:
    """Filled up with blanks on the left to `width` cells."""
    return join(blanks(width - text.cell_len), text)


def edges(start: Text, end: Text, width: int) -> list[Text]:
    """`start` at the left and `end` at the right edge: on one line where both fit, else on two; none where empty."""
    lines = [start] if start.plain else []
    if not end.plain:
        return lines
    space = width - start.cell_len - end.cell_len
    return [join(start, blanks(space), end)] if space >= 2 else [*lines, right(end, width)]


def reasoned(start: Text, reason: str, place: Text, width: int, *, indent: int = 0) -> list[Text]:
    """`start`, and at the right edge why and by which line; a reason too long for one line is broken below it."""
    why = join(words(reason, "dim"), place, gap=2)
    if why.cell_len + indent <= width:
        return edges(start, why, width)
    broken = paragraph(reason, width, indent=indent, style="dim") or [blanks(0)]
    return [*([start] if start.plain else []), *broken[:-1], *edges(broken[-1], place, width)]


def paragraph(text: str, width: int, *, first: Text | None = None, indent: int = 0, style: str = "") -> list[Text]:
    """Words broken into lines of at most `width` cells; `first` stands before them, the rest is indented.

    Nothing is left out: a word that is longer than a line goes on in the next.
    """
    leads = [left(first, indent) if first is not None else blanks(indent)]
    room = max(width - indent, 12)
    return [join(leads.pop() if leads else blanks(indent), shown(line, style)) for line in _broken(text, room)]


def _broken(text: str, room: int) -> list[Shown]:
    lines: list[Shown] = []
    for safe in (piece for word in text.split() for piece in plain_pieces(word, room)):
        if lines and cell_len(lines[-1]) + 1 + cell_len(safe) <= room:
            lines[-1] = Shown(f"{lines[-1]} {safe}")
        else:
            lines.append(safe)
    return lines


def grid(rows: Sequence[Sequence[Text]], *, indent: int = 0, gap: int = 2, numbers: bool = True) -> list[Text]:
    """Rows of cells under each other; every column but the first is aligned right where they are `numbers`."""
    widths = [max(cell.cell_len for cell in column) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [
            right(cell, width) if numbers and index else left(cell, width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        line = join(blanks(indent), shown(Shown(" " * gap)).join(cells))
        line.rstrip()
        lines.append(line)
    return lines


def heading(text: str, note: str = "", style: str = "bold") -> Text:
    """The title of a block and a few words beside it."""
    return join(words(text, style), words(note, "dim"), gap=2)


def stacked(blocks: Iterable[Sequence[Text]]) -> list[Text]:
    """The blocks that have lines, an empty line between two."""
    lines: list[Text] = []
    for block in blocks:
        if block and lines:
            lines.append(shown(Shown("")))
        lines.extend(block)
    return lines


def clipped(line: Text, width: int) -> Text:
    """The line as it is, or cut at the width; an isolate that the cut left open is closed."""
    if line.cell_len <= width:
        return line
    short = line.copy()
    short.truncate(width, overflow="ellipsis")
    missing = short.plain.count(_ISOLATE) - short.plain.count(_END_ISOLATE)
    return short.append(_END_ISOLATE * missing)
