"""One field change in the cells that it is given: `"Tech" → "Technology"`.

Red is kept for what cannot be seen again: deletes, and blanks written over values.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from pardotflow.plan.model import Action, FieldChange, Pattern
from pardotflow.views.labels import ACTIONS
from pardotflow.views.layout import join, shown, words
from pardotflow.views.page import Page
from pardotflow.views.values import ARROW, Shown, ShownPair, plain, show_pair, show_value

VARIOUS = "*"
"""In a pattern: the values of its records differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What happens to one field, whether for one record or for many."""

    action: str
    before: str | None
    after: str | None
    pii: str
    note: str = ""
    """Stands for a value that does not exist yet."""
    various_before: bool = False
    various_after: bool = False


def move_of(change: FieldChange) -> Move:
    """The move of a single change."""
    return Move(action=change.action, before=change.before, after=change.after, pii=change.pii, note=change.after_note)


def move_of_pattern(pattern: Pattern) -> Move:
    """The move of a pattern; a star is *various values* only where the samples do not all say a star."""
    befores, afters = zip(*pattern.sample_values, strict=True) if pattern.sample_values else ((), ())
    return Move(
        action=pattern.action,
        before=pattern.before,
        after=pattern.after,
        pii=pattern.pii,
        various_before=pattern.before == VARIOUS and _differ(befores),
        various_after=pattern.after == VARIOUS and _differ(afters),
    )


def _differ(samples: Iterable[str | None]) -> bool:
    return any(sample != VARIOUS for sample in samples)


def sign(action: str) -> Text:
    """`+`, `~` or `-` in its colour."""
    mark, colour = ACTIONS.get(action, ("?", ""))
    return words(mark, f"bold {colour}".strip())


def move_text(move: Move, width: int, page: Page) -> Text:
    """The move in at most `width` cells (20 or more); of a create only what is written."""
    if move.action == Action.DELETE:
        return words("deleted", "red")
    if move.action == Action.UNDELETE:
        return words("restored", "green")
    if move.action == Action.CREATE:
        return shown(_side(move.after, _after_stand_in(move, page), width), "green")
    pair = _pair(move, width, page)
    before = shown(pair.before, "dim" if move.before is None else "")
    return join(before, shown(ARROW, "dim"), shown(pair.after, _after_style(move)))


def _after_style(move: Move) -> str:
    if move.after is None and not move.note:
        return "bold red"
    return ACTIONS.get(move.action, ("", ""))[1]


def _pair(move: Move, width: int, page: Page) -> ShownPair:
    first, second = _before_stand_in(move, page), _after_stand_in(move, page)
    if first is None and second is None:
        return show_pair(move.before, move.after, width)
    room = width - cell_len(ARROW)
    before = _side(move.before, first, room // 2)
    return ShownPair(before=before, after=_side(move.after, second, room - cell_len(before)))


def _side(value: str | None, stand_in: str | None, width: int) -> Shown:
    return show_value(value, width) if stand_in is None else plain(stand_in, width)


def _before_stand_in(move: Move, page: Page) -> str | None:
    return "various" if move.various_before else _masked(move.before, move.pii, page)


def _after_stand_in(move: Move, page: Page) -> str | None:
    if move.note:
        return f"({page.note(move.note)})"
    return "various" if move.various_after else _masked(move.after, move.pii, page)


def _masked(value: str | None, pii: str, page: Page) -> str | None:
    return page.mask(value, pii) if page.mask is not None and pii and value is not None else None
