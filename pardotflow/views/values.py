"""How one value, or a value and what becomes of it, is shown on a screen.

What comes out is `Shown`: without control characters and harmless to the direction of the line. Two different values
never look the same, and their first difference is in sight even where both are cut.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NewType
from unicodedata import bidirectional, category, normalize

from rich.cells import cell_len, chop_cells

from pardotflow.views.cut import clusters, crop, cut, first_difference

Shown = NewType("Shown", str)
"""Text that may go to a terminal as it is."""

Mask = Callable[[str, str], str]
"""From a value and its pii class (`email`, `phone`, `name`, `free_text`) to what stands in its place."""

BLANK = Shown("(blank)")
ARROW = Shown(" → ")
_NAMED = {"\n": "↵", "\r": "␍", "\t": "⇥"}
_PLACEHOLDER = "◌"
_STAND_INS = frozenset({*_NAMED.values(), _PLACEHOLDER})
_INVISIBLE = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_JOINERS = "\u200c\u200d"
_HIDDEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"})
_JOINABLE = frozenset({"Lo", "Mn", "Mc", "So", "Sk"})
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
_BARE = re.compile(r"true|false|-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,9})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPair:
    """Before and after, each as it is shown."""

    before: Shown
    after: Shown


def plain(text: str, width: int = 0) -> Shown:
    """A name or a note without quotes, cut in the middle to `width` cells where `width` is not 0."""
    seen = _all_visible(text)
    return Shown(_isolated(cut(clusters(seen), width) if width else seen))


def plain_pieces(text: str, width: int) -> list[Shown]:
    """The same in as many pieces of at most `width` cells (2 or more) as it needs: nothing is cut away."""
    return [Shown(_isolated(piece)) for piece in chop_cells(_all_visible(text), width)]


def show_value(value: str | None, width: int = 0) -> Shown:
    """One value: `(blank)`, a number or truth value as it is, anything else in double quotes; `width` as in `plain`."""
    if value is None:
        return BLANK
    return _quoted(_pieces(crop(value, 0)), width, None, bare=bool(_BARE.fullmatch(value)))


def show_pair(before: str | None, after: str | None, width: int) -> ShownPair:
    """Two values that together with an arrow take at most `width` cells (32 or more are needed to tell them apart)."""
    if before is None or after is None:
        first, second = _halves(show_value(before), show_value(after), width)
        return ShownPair(before=show_value(before, first), after=show_value(after, second))
    focus = first_difference(before, after)
    code_points = before != after and _look(before) == _look(after)
    a, b = (_pieces(crop(value, focus), code_points=code_points) for value in (before, after))
    a_bare, b_bare = (bool(_BARE.fullmatch(value)) for value in (before, after))
    first, second = _halves(_quoted(a, 0, None, bare=a_bare), _quoted(b, 0, None, bare=b_bare), width)
    at = first_difference(a, b)
    return ShownPair(before=_quoted(a, first, at, bare=a_bare), after=_quoted(b, second, at, bare=b_bare))


def show_masked(value: str | None, pii: str, mask: Mask, width: int = 0) -> Shown:
    """What stands in the place of a value that not everybody may read; a blank stays a blank."""
    return BLANK if value is None else plain(mask(value, pii), width)


def _quoted(pieces: list[str], width: int, focus: int | None, *, bare: bool) -> Shown:
    quotes = 0 if bare else 2
    inner = _isolated(cut(pieces, max(width - quotes, 1), focus) if width else "".join(pieces))
    return Shown(inner if bare else f'"{inner}"')


def _pieces(value: str, *, code_points: bool = False) -> list[str]:
    if not code_points and not _is_odd(value) and '"' not in value and "\\" not in value:
        return list(value)
    return clusters("".join(_escaped(value, index, code_points=code_points) for index in range(len(value))))


def _escaped(text: str, index: int, *, code_points: bool) -> str:
    """Injective: quotes, backslashes and the signs that stand for something else are themselves escaped."""
    character = text[index]
    if character in ('"', "\\"):
        return f"\\{character}"
    if character in _STAND_INS or (code_points and not character.isascii()):
        return _code_point(character)
    return _visible(text, index)


def _all_visible(text: str) -> str:
    return "".join(_visible(text, index) for index in range(len(text))) if _is_odd(text) else text


def _visible(text: str, index: int) -> str:
    character = text[index]
    if character.isascii() and character.isprintable():
        return character
    if character in _NAMED:
        return _NAMED[character]
    kind = category(character)
    if character in _JOINERS and _joins(text, index):
        return character
    if kind in _HIDDEN or character in _INVISIBLE:
        return _code_point(character)
    # A mark without a letter to stand on would join whatever the line shows before it.
    return f"{_PLACEHOLDER}{character}" if index == 0 and kind.startswith("M") else character


def _joins(text: str, index: int) -> bool:
    """True where a joiner stands between characters that can be joined; elsewhere it would be hidden text."""
    if not 0 < index < len(text) - 1:
        return False
    return all(category(text[i]) in _JOINABLE and not text[i].isascii() for i in (index - 1, index + 1))


def _code_point(character: str) -> str:
    return f"\\u{{{ord(character):x}}}"


def _is_odd(text: str) -> bool:
    return not (text.isascii() and text.isprintable())


def _look(value: str) -> str:
    """Equal for values that a person cannot tell apart although they differ."""
    return normalize("NFKC", value).translate({ord(c): None for c in _JOINERS})


def _isolated(text: str) -> str:
    """A right-to-left text may not turn the rest of the line around."""
    if text.isascii() or not any(bidirectional(c) in _RIGHT_TO_LEFT for c in text):
        return text
    return f"{_ISOLATE}{text}{_END_ISOLATE}"


def _halves(before: str, after: str, width: int) -> tuple[int, int]:
    """How many cells each value gets: its own need where both fit, else what the shorter one leaves."""
    room = max(width - cell_len(ARROW), 2)
    first, second = cell_len(before), cell_len(after)
    if first + second <= room:
        return first, second
    half = room // 2
    if first <= half:
        return first, room - first
    if second <= room - half:
        return room - second, second
    return half, half
