"""What the design says about one cell: a linked pair and one mapped field, decided a second time, in plain Python.

Slow and obvious on purpose. It was written before the SQL was read; where both differ, the words of the design judge.
"""

from dataclasses import dataclass
from enum import StrEnum

from pardotflow.config.project import Direction, Into, MostRecent, OnBlank, OnLink, Policy, Preset, TooLong
from pardotflow.core.values import FieldType
from pardotflow.plan.model import HeldKind
from tests.engine.forms import TEXTS, Form, Unreadable, common_type, form_of


class Side(StrEnum):
    """The two sides, in the order of a sync."""

    SALESFORCE = "salesforce"
    PARDOT = "pardot"

    @property
    def other(self) -> "Side":
        """The side across."""
        return Side.PARDOT if self is Side.SALESFORCE else Side.SALESFORCE


class Ending(StrEnum):
    """What becomes of a cell."""

    NOTHING = "nothing"
    SEND = "send"
    HELD = "held"
    CONFLICT = "conflict"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What becomes of a cell; `side` and `text` are what is written where it is sent, text None clears."""

    ending: Ending
    side: Side | None = None
    text: str | None = None
    held: HeldKind | None = None


NOTHING = Outcome(ending=Ending.NOTHING)
ACCEPTED = Outcome(ending=Ending.ACCEPTED)
CONFLICT = Outcome(ending=Ending.CONFLICT)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldKind:
    """What a system declares of a field. `choices` is empty where every value is taken."""

    type: FieldType = FieldType.TEXT
    length: int = 0
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """A mapping. `pairs` is its value map, Salesforce's value first; `kinds` are Salesforce's and Pardot's field."""

    direction: Direction = Direction.TWO_WAY
    policy: Policy = Policy.SALESFORCE
    on_link: OnLink = OnLink.FILL
    on_blank: OnBlank = OnBlank.HOLD
    into: Into = Into.ANY
    too_long: TooLong = TooLong.HOLD
    allow_opt_in: bool = False
    preset: Preset = Preset.NONE
    most_recent: MostRecent = MostRecent.RECORD
    pairs: tuple[tuple[str, str], ...] = ()
    kinds: tuple[FieldKind, FieldKind] = (FieldKind(), FieldKind())

    @property
    def type(self) -> FieldType:
        """The type in which the pair is compared."""
        return common_type(self.kinds[0].type, self.kinds[1].type)

    @property
    def is_checkbox(self) -> bool:
        """True where blank and false are one: beside a Salesforce checkbox, and in every consent field."""
        has_checkbox = self.kinds[0].type is FieldType.BOOLEAN
        return has_checkbox or (self.policy is Policy.CONSENT and self.type is FieldType.BOOLEAN)

    def form(self, value: str | None) -> Form:
        """The form of a value of either side; raises Unreadable."""
        return form_of(value, self.type, is_checkbox=self.is_checkbox)

    def is_possible(self, cell: "Cell") -> bool:
        """False where a field would hold more than it takes."""
        pairs = zip(self.kinds * 2, (*cell.values, *(cell.base or (None, None))), strict=True)
        return not any(kind.length and value and len(value) > kind.length for kind, value in pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """The two values, the base (None where there is none) and which record was changed later (None: cannot tell).

    The record that was changed later was changed at two o'clock, any other one at one. `entry` is the hour of the last
    entry in Salesforce's history of the field, None where there is none.
    """

    values: tuple[str | None, str | None]
    base: tuple[str | None, str | None] | None = None
    mapping_changed: bool = False
    later: Side | None = None
    entry: float | None = None

    @property
    def later_by_field(self) -> Side | None:
        """Which side is the later one where Salesforce's history tells when the field was changed there."""
        unit = 2 if self.later is Side.PARDOT else 1
        if self.entry is None or self.entry == unit:
            return None
        return Side.SALESFORCE if self.entry > unit else Side.PARDOT

    def of(self, side: Side) -> str | None:
        """The value of a side."""
        return self.values[0] if side is Side.SALESFORCE else self.values[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a side would become if the other one won, or why that cannot be written."""

    text: str | None = None
    held: HeldKind | None = None
    is_cut: bool = False


def decide(rules: Rules, cell: Cell) -> Outcome:
    """The outcome of one cell."""
    if _agree(rules, cell):
        return NOTHING
    if _is_unreadable(rules, cell):
        return Outcome(ending=Ending.HELD, held=HeldKind.UNREADABLE)
    moved = _moved(rules, cell)
    if moved is not None and not moved:
        return ACCEPTED
    if _is_cut_copy(rules, cell):
        return NOTHING
    if rules.policy is Policy.CONSENT:
        return _consent(rules, cell, moved or frozenset())
    if rules.preset is Preset.CONNECTOR:
        return _by_connector(rules, cell)
    winner = _winner(rules, cell, moved)
    return CONFLICT if winner is None else _write(rules, cell, winner, moved or frozenset())


def _moved(rules: Rules, cell: Cell) -> frozenset[Side] | None:
    """The sides that differ from their half of the base; None where there is no base that says anything."""
    if cell.base is None or cell.mapping_changed:
        return None
    halves = zip(Side, cell.values, cell.base, strict=True)
    return frozenset(side for side, now, then in halves if not _is_same(rules, now, then))


def _is_same(rules: Rules, now: str | None, then: str | None) -> bool:
    try:
        return rules.form(now) == rules.form(then)
    except Unreadable:
        return now == then


def _agree(rules: Rules, cell: Cell) -> bool:
    """True where what would be written, were there room for it, is what is there already."""
    wishes = [(side, _translated(rules, cell.of(side.other), side)) for side in _targets(rules.direction)]
    return any(w.held is not HeldKind.UNMAPPED_VALUE and _is_same(rules, w.text, cell.of(s)) for s, w in wishes)


def _is_cut_copy(rules: Rules, cell: Cell) -> bool:
    """True where one side holds the other's value as far as it has room: nothing is written in either direction."""
    wishes = [(side, _wish(rules, cell.of(side.other), side)) for side in _targets(rules.direction)]
    return any(w.is_cut and _is_same(rules, w.text, cell.of(s)) for s, w in wishes)


def _targets(direction: Direction) -> tuple[Side, ...]:
    if direction is Direction.TWO_WAY:
        return (Side.PARDOT, Side.SALESFORCE)
    return (Side.PARDOT,) if direction is Direction.TO_PARDOT else (Side.SALESFORCE,)


def _translated(rules: Rules, value: str | None, side: Side) -> Wish:
    """The other side's value through the value map, as far as it can be read."""
    normal = form_of(value, FieldType.TEXT)
    if rules.pairs and normal is not None:
        there = dict(rules.pairs if side is Side.PARDOT else [(b, a) for a, b in rules.pairs])
        if normal not in there:
            return Wish(text=value, held=HeldKind.UNMAPPED_VALUE)
        value = there[str(normal)]
    try:
        rules.form(value)
    except Unreadable:
        return Wish(text=value, held=HeldKind.UNREADABLE)
    return Wish(text=value)


def _wish(rules: Rules, value: str | None, side: Side) -> Wish:
    """What the other side's value becomes in the field of `side`."""
    wish = _translated(rules, value, side)
    if wish.held is not None:
        return wish
    return _fit(rules, wish.text, rules.form(wish.text), rules.kinds[0] if side is Side.SALESFORCE else rules.kinds[1])


def _fit(rules: Rules, value: str | None, form: Form, kind: FieldKind) -> Wish:
    """A readable value against the length and the choices of the field that takes it; texts go as they are."""
    if isinstance(form, bool):
        return Wish(text="true" if form else "false")
    if form is None or value is None:
        return Wish(text=None)
    if kind.choices and not _is_chosen(form, kind):
        return Wish(text=value, held=HeldKind.UNKNOWN_PICKLIST_VALUE)
    if kind.length and kind.type in TEXTS | {FieldType.EMAIL} and len(value) > kind.length:
        if rules.too_long is TooLong.CUT:
            return Wish(text=value[: kind.length], is_cut=True)
        return Wish(text=value, held=HeldKind.TOO_LONG)
    return Wish(text=value)


def _is_chosen(form: Form, kind: FieldKind) -> bool:
    wanted = form if isinstance(form, frozenset) else {str(form)}
    return wanted <= set(kind.choices)


def _is_unreadable(rules: Rules, cell: Cell) -> bool:
    if rules.pairs:
        return False
    try:
        for value in cell.values:
            rules.form(value)
    except Unreadable:
        return True
    return False


def _is_blank(rules: Rules, value: str | None) -> bool:
    """Nothing to fill from, and something to fill: in a checkbox that is false too."""
    form = rules.form(value)
    return form is None or (rules.is_checkbox and form is False)


def _consent(rules: Rules, cell: Cell, moved: frozenset[Side]) -> Outcome:
    """True on either side wins, along the direction; a person's move to false is sent only where that is allowed."""
    yes = Side.SALESFORCE if rules.form(cell.of(Side.SALESFORCE)) is True else Side.PARDOT
    is_opt_in = yes.other in moved and yes not in moved
    target = yes if is_opt_in else yes.other
    if target not in _targets(rules.direction) or (is_opt_in and not rules.allow_opt_in):
        return Outcome(ending=Ending.HELD, held=HeldKind.OPT_IN)
    if rules.into is Into.BLANK and not _is_blank(rules, cell.of(target)):
        return NOTHING
    return Outcome(ending=Ending.SEND, side=target, text="false" if is_opt_in else "true")


def _by_connector(rules: Rules, cell: Cell) -> Outcome:
    """The vendor's table: what is filled beats what is empty, but for the switch; else the rule's side."""
    empty = [side for side in Side if rules.form(cell.of(side)) is None or _holds_nothing(rules, cell.of(side))]
    winner = {Policy.MOST_RECENT: _later(rules, cell), Policy.PARDOT: Side.PARDOT}.get(rules.policy, Side.SALESFORCE)
    if empty and not (rules.on_blank is OnBlank.CLEAR and empty == [Side.SALESFORCE]):
        winner = empty[0].other
    if winner is None:
        return CONFLICT
    wish = _wish(rules, cell.of(winner), winner.other)
    if wish.held is not None:
        return Outcome(ending=Ending.HELD, held=wish.held)
    return Outcome(ending=Ending.SEND, side=winner.other, text=wish.text)


def _holds_nothing(rules: Rules, value: str | None) -> bool:
    """A blank beside a checkbox: it counts as false, and says nothing against a filled one."""
    return rules.is_checkbox and not (value or "").strip()


def _later(rules: Rules, cell: Cell) -> Side | None:
    return cell.later_by_field if rules.most_recent is MostRecent.FIELD else cell.later


def _winner(rules: Rules, cell: Cell, moved: frozenset[Side] | None) -> Side | None:
    """Whose value is written; None where a person decides. `moved` is None where there is no base to compare with."""
    if rules.direction is not Direction.TWO_WAY:
        return _targets(rules.direction)[0].other
    if moved is not None and len(moved) == 1:
        return next(iter(moved))
    if moved is None and rules.on_link is OnLink.FILL:
        return _filled_alone(rules, cell)
    word = str(rules.policy) if moved is not None else str(rules.on_link)
    if word == Policy.MOST_RECENT:
        return _later(rules, cell)
    return None if word == Policy.ASK else Side(word)


def _filled_alone(rules: Rules, cell: Cell) -> Side | None:
    filled = [side for side in Side if not _is_blank(rules, cell.of(side))]
    return filled[0] if len(filled) == 1 else None


def _write(rules: Rules, cell: Cell, winner: Side, moved: frozenset[Side]) -> Outcome:
    target = winner.other
    wish = _wish(rules, cell.of(winner), target)
    # An empty field beside a checkbox says false only where it was emptied.
    is_empty = wish.text is None or (_holds_nothing(rules, cell.of(winner)) and winner not in moved)
    is_clear = is_empty and wish.held is None
    if is_clear and rules.on_blank is OnBlank.REFILL:
        return _refill(rules, cell, winner)
    if rules.into is Into.BLANK and not _is_blank(rules, cell.of(target)):
        return NOTHING
    if wish.held is not None:
        return Outcome(ending=Ending.HELD, held=wish.held)
    if is_clear and rules.on_blank is OnBlank.HOLD:
        return Outcome(ending=Ending.HELD, held=HeldKind.BLANK)
    return Outcome(ending=Ending.SEND, side=target, text=wish.text)


def _refill(rules: Rules, cell: Cell, side: Side) -> Outcome:
    """The filled value comes back to the side that was emptied, where values may flow there."""
    if side not in _targets(rules.direction):
        return NOTHING
    wish = _wish(rules, cell.of(side.other), side)
    if wish.held is not None:
        return Outcome(ending=Ending.HELD, held=wish.held)
    return Outcome(ending=Ending.SEND, side=side, text=wish.text)
