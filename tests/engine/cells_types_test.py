"""The engine against the reference where types, consent, value maps, lengths and picklists have a say."""

from collections.abc import Sequence
from itertools import product
from pathlib import Path

from pardotflow.config.project import Direction, Into, OnBlank, OnLink, Policy, Preset, TooLong
from pardotflow.core.values import FieldType
from pardotflow.plan.model import HeldKind
from tests.engine.compare import check
from tests.engine.reference import Cell, Ending, FieldKind, Rules

T, K = FieldType, FieldKind
Values = Sequence[str | None]

FAMILIES: tuple[Values, ...] = (
    (None, "", "true", "false", "1", "0", "maybe"),
    (None, "5", "5.0", "5e0", "6", "-1", "five"),
    (None, "2024-01-02", "2024-01-03", "2024-01-02T00:00:00Z", "2024-01-02T00:30:00+01:00", "soon"),
    (None, "2024-01-02T00:00:00.000+0000", "2024-01-01T19:00:00-05:00", "2024-01-02T00:00:00.9Z", "2024-01-02"),
    (None, "A@X.org", "a@x.org", " a@x.org ", "b@x.org"),
    (None, "003000000000001", "003000000000001AAA", "003000000000001aaa", "00300000000000A", "00300000000000a"),
    (None, "a;b", "b;a", " a ; b ;a", "a", ";"),
    (None, " ", "x", "X", "x\n", "e\u0301", "\u00e9"),
)
TYPES = (
    (T.BOOLEAN, T.BOOLEAN),
    (T.BOOLEAN, T.TEXT),
    (T.TEXT, T.BOOLEAN),
    (T.NUMBER, T.NUMBER),
    (T.NUMBER, T.TEXT),
    (T.TEXT, T.INTEGER),
    (T.DATE, T.DATE),
    (T.DATE, T.TEXT),
    (T.DATETIME, T.DATETIME),
    (T.DATETIME, T.DATE),
    (T.DATE, T.DATETIME),
    (T.TEXT, T.DATETIME),
    (T.EMAIL, T.EMAIL),
    (T.EMAIL, T.TEXT),
    (T.ID, T.TEXT),
    (T.MULTIPICKLIST, T.TEXT),
    (T.PICKLIST, T.TEXT),
    (T.PHONE, T.TEXT),
    (T.TEXTAREA, T.UNKNOWN),
)
TWO_WAYS = (
    (Direction.TO_PARDOT, Policy.SALESFORCE, OnLink.FILL),
    (Direction.TO_SALESFORCE, Policy.SALESFORCE, OnLink.FILL),
    (Direction.TWO_WAY, Policy.SALESFORCE, OnLink.FILL),
    (Direction.TWO_WAY, Policy.PARDOT, OnLink.PARDOT),
    (Direction.TWO_WAY, Policy.ASK, OnLink.SALESFORCE),
)


def all_cells(values: Values, then: Values) -> list[Cell]:
    """Every pair of values: new, under a changed mapping, and over every base of the other values."""
    pairs = list(product(values, values))
    changed = (then[1], then[1])
    return [
        *(Cell(values=v) for v in pairs),
        *(Cell(values=v, base=changed, mapping_changed=True) for v in pairs),
        *(Cell(values=v, base=b) for v, b in product(pairs, product(then, then))),
    ]


def few_cells(values: Values) -> list[Cell]:
    """Every pair of values over six bases that tell the situations apart."""
    one, two, last = values[1], values[2], values[-1]
    bases = ((one, one), (one, two), (None, None), (values[-2], None), (None, last), (last, values[-2]))
    pairs = list(product(values, values))
    changed = [Cell(values=v, base=(one, one), mapping_changed=True) for v in pairs]
    return [*(Cell(values=v) for v in pairs), *changed, *(Cell(values=v, base=b) for v, b in product(pairs, bases))]


def test_every_pair_of_types_over_values_that_may_be_read_or_not(tmp_path: Path) -> None:
    rules = []
    for a, b in TYPES:
        kinds = (K(type=a), K(type=b))
        rules += [
            Rules(kinds=kinds),
            Rules(kinds=kinds, on_blank=OnBlank.CLEAR, on_link=OnLink.PARDOT, policy=Policy.ASK),
            Rules(kinds=kinds, direction=Direction.TO_PARDOT, into=Into.BLANK),
            Rules(kinds=kinds, direction=Direction.TO_SALESFORCE, on_blank=OnBlank.CLEAR),
            Rules(kinds=kinds, preset=Preset.CONNECTOR, policy=Policy.PARDOT, on_blank=OnBlank.REFILL),
            Rules(kinds=kinds, preset=Preset.CONNECTOR, on_blank=OnBlank.CLEAR),
        ]
    cells = [cell for family in FAMILIES for cell in few_cells(family)]
    run = check(tmp_path / "world", rules, cells)
    assert {HeldKind.UNREADABLE, HeldKind.BLANK} == {o.held for o in run.found.values() if o.held}


def test_consent_in_every_direction(tmp_path: Path) -> None:
    kinds = ((T.BOOLEAN, T.BOOLEAN), (T.BOOLEAN, T.UNKNOWN), (T.UNKNOWN, T.BOOLEAN))
    rules = [
        Rules(policy=Policy.CONSENT, direction=d, into=into, allow_opt_in=allow, kinds=(K(type=a), K(type=b)))
        for d, into, allow, (a, b) in product(Direction, Into, (False, True), kinds)
    ]
    run = check(tmp_path / "world", rules, all_cells((None, "true", "false", "1"), (None, "true", "false")))
    for (number, _), outcome in run.found.items():
        takes_back = outcome.ending is Ending.SEND and outcome.text == "false"
        assert not takes_back or rules[number].allow_opt_in


def test_value_maps_in_every_direction(tmp_path: Path) -> None:
    pairs = (("Web", "web"), ("Trade show", "event"), ("\u00e9", "e"))
    values = (None, "Web", "web", "Trade show", "event", "Other", "Web ", "e\u0301")
    rules = [
        Rules(direction=d, policy=p, on_link=on_link, on_blank=on_blank, into=into, pairs=pairs)
        for (d, p, on_link), on_blank, into in product(TWO_WAYS, OnBlank, Into)
    ]
    run = check(tmp_path / "world", rules, all_cells(values, (None, "Web", "web", "Other")))
    assert HeldKind.UNMAPPED_VALUE in {o.held for o in run.found.values()}


def test_lengths_and_restricted_picklists(tmp_path: Path) -> None:
    """A cut value never goes back over the longer one: the grid has it newly linked, edited and in every policy."""
    kinds = (
        (K(), K(length=5)),
        (K(length=5), K()),
        (K(length=3), K(length=5)),
        (K(type=T.PICKLIST, choices=("A", "B", "abc")), K()),
        (K(type=T.MULTIPICKLIST, choices=("A", "B")), K()),
    )
    rules = [
        Rules(direction=d, policy=p, on_link=on_link, on_blank=OnBlank.CLEAR, too_long=too_long, kinds=k)
        for (d, p, on_link), too_long, k in product(TWO_WAYS, TooLong, kinds)
    ]
    values = (None, "abc", "abcdef", "abcxyz", "abcde", "A", "A;B")
    run = check(tmp_path / "world", rules, all_cells(values, values[:6]))
    assert {HeldKind.TOO_LONG, HeldKind.UNKNOWN_PICKLIST_VALUE} <= {o.held for o in run.found.values()}


def test_a_single_choice_is_not_a_set(tmp_path: Path) -> None:
    """Regression: `A;B` was sent to a restricted picklist that takes A and B, but one of them only."""
    kinds = (K(type=T.PICKLIST, choices=("A", "B")), K())
    rules = [Rules(direction=Direction.TO_SALESFORCE, kinds=kinds)]
    run = check(tmp_path / "world", rules, [Cell(values=(None, "A;B")), Cell(values=(None, "B"))])
    assert run.outcome(0, 0).held is HeldKind.UNKNOWN_PICKLIST_VALUE
    assert run.outcome(0, 1).ending is Ending.SEND


def test_the_cut_copy_never_goes_back_when_two_records_first_meet(tmp_path: Path) -> None:
    """Regression: with an empty memory, a policy that lets Pardot win wrote the cut value over the whole one."""
    rules = [
        Rules(on_link=OnLink.PARDOT, too_long=TooLong.CUT, kinds=(K(), K(length=5))),
        Rules(on_link=OnLink.FILL, too_long=TooLong.CUT, kinds=(K(), K(length=5))),
    ]
    run = check(tmp_path / "world", rules, [Cell(values=("abcdef", "abcde"))])
    assert not run.found
    assert {(a["a_value"], a["b_value"]) for a in run.plan["agreed"]} == {("abcdef", "abcde")}
