"""Text made to fit a number of terminal cells, with the place that matters still in sight.

What is cut is marked by one ellipsis; a base character and its combining marks are never separated, and a cut text is
never wider than was asked for.
"""

from collections.abc import Sequence
from itertools import takewhile

from rich.cells import cell_len, split_graphemes

ELLIPSIS = "…"
_NEAR = 400
"""Characters kept around what matters before clusters are looked for; more than any line is wide."""
_CONTEXT = 4
"""Cells that stay visible from a difference on."""


def clusters(text: str) -> list[str]:
    """The text in pieces that take cells of their own: a base character with its marks."""
    spans, _ = split_graphemes(text)
    return [text[start:end] for start, end, _ in spans]


def first_difference(a: Sequence[str], b: Sequence[str]) -> int:
    """Index of the first element that differs; the length of the shorter where it begins the longer."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False)))


def crop(text: str, focus: int) -> str:
    """A very long text without what no line can show: its ends and the surroundings of `focus` remain."""
    head, rest = text[:focus], text[focus:]
    if len(head) > 3 * _NEAR:
        head = f"{head[:_NEAR]}{ELLIPSIS}{head[-_NEAR:]}"
    if len(rest) > 3 * _NEAR:
        rest = f"{rest[:_NEAR]}{ELLIPSIS}{rest[-_NEAR:]}"
    return head + rest


def cut(pieces: Sequence[str], width: int, focus: int | None = None) -> str:
    """At most `width` cells of the pieces: both ends, or the surroundings of the piece number `focus`."""
    sizes = [cell_len(piece) for piece in pieces]
    total = sum(sizes)
    if total <= width:
        return "".join(pieces)
    if width <= 1:
        return ELLIPSIS[:width]
    tail = (width - 1) // 3
    head = width - 1 - tail
    position = 0 if focus is None else sum(sizes[:focus])
    in_sight = position + _CONTEXT <= head or total - tail + _CONTEXT <= position < total
    if focus is None or in_sight:
        return _head(pieces, head) + ELLIPSIS + _tail(pieces, tail)
    return _window(pieces, sizes, width, position)


def _window(pieces: Sequence[str], sizes: Sequence[int], width: int, position: int) -> str:
    start, seen = 0, 0
    lead = min((width - 2) // 3, 12)
    while start < len(pieces) and seen < position - lead:
        seen += sizes[start]
        start += 1
    if sum(sizes[start:]) <= width - 1:
        return ELLIPSIS + _tail(pieces, width - 1)
    return ELLIPSIS + _head(pieces[start:], width - 2) + ELLIPSIS


def _head(pieces: Sequence[str], width: int) -> str:
    taken: list[str] = []
    for piece in pieces:
        width -= cell_len(piece)
        if width < 0:
            break
        taken.append(piece)
    return "".join(taken)


def _tail(pieces: Sequence[str], width: int) -> str:
    backwards: list[str] = []
    for piece in reversed(pieces):
        width -= cell_len(piece)
        if width < 0:
            break
        backwards.append(piece)
    return "".join(reversed(backwards))
