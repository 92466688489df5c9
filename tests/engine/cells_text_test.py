"""Every rule against every situation, over texts: the engine decides as the reference does.

All cells of a grid are records of one run; nothing is sampled.
"""

from itertools import product
from pathlib import Path

import pytest

from pardotflow.config.project import Direction, Into, OnBlank, OnLink, Policy, Preset
from tests.engine.cells import Run, mapping_number
from tests.engine.compare import check
from tests.engine.reference import Cell, Ending, Rules, Side

POLICIES = (Policy.SALESFORCE, Policy.PARDOT, Policy.MOST_RECENT, Policy.ASK)
ONE_WAY = (Direction.TO_PARDOT, Direction.TO_SALESFORCE)
LATER = (None, Side.SALESFORCE, Side.PARDOT)
NOW = (None, "x", "y", "x ")
NEW = (*NOW, "", " ")
THEN = (None, "x", "z")
CONNECTOR = (
    *(Rules(preset=Preset.CONNECTOR, policy=p, on_blank=OnBlank.REFILL) for p in POLICIES if p is not Policy.ASK),
    Rules(preset=Preset.CONNECTOR, policy=Policy.SALESFORCE, on_blank=OnBlank.CLEAR),
)

RULES = (
    *(
        Rules(policy=p, on_link=on_link, on_blank=on_blank, into=into)
        for p, on_link, on_blank, into in product(POLICIES, OnLink, OnBlank, Into)
    ),
    *(Rules(direction=d, on_blank=on_blank, into=into) for d, on_blank, into in product(ONE_WAY, OnBlank, Into)),
    *CONNECTOR,
)
CELLS = (
    *(Cell(values=v, later=later) for v, later in product(product(NEW, NEW), LATER)),
    *(
        Cell(values=v, base=base, mapping_changed=changed, later=later)
        for v, base, changed, later in product(product(NOW, NOW), product(THEN, THEN), (False, True), LATER)
        if not changed or base in (("x", "x"), ("x", "z"))
    ),
)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One plan over the whole grid; that it agrees is the first thing that is asserted."""
    folder: Path = tmp_path_factory.mktemp("cells") / "world"
    return check(folder, RULES, CELLS)


def test_the_grid_has_every_ending(run: Run) -> None:
    endings = {outcome.ending for outcome in run.found.values()}
    assert endings == set(Ending) - {Ending.NOTHING}
    assert len(RULES) * len(CELLS) > 50_000


def test_an_edit_is_overwritten_only_where_the_plan_shows_it(run: Run) -> None:
    """Law 4: the row is a conflict with a winner, or drift, or stands among what a changed mapping does."""
    shown = {(mapping_number(c["field"]), run.records[c["a_id"]]): c["winner"] for c in run.plan["conflicts"]}
    overwritten = 0
    for row in run.plan.sendable:
        if row["field"] == "salesforceId":
            continue
        key = (mapping_number(row["field"]), run.records[row["id"]])
        rules, cell = RULES[key[0]], CELLS[key[1]]
        side = Side(row["system"])
        at = tuple(Side).index(side)
        if cell.base is None or cell.mapping_changed or rules.form(cell.values[at]) == rules.form(cell.base[at]):
            continue
        overwritten += 1
        is_refill = row["reason"].startswith("a blank is refilled")
        is_told = row["section"] == "drift" or shown.get(key) == side.other or is_refill
        assert is_told, (rules, cell, row)
        assert row["before"] == cell.values[at]
    assert overwritten > 1000


def test_a_conflict_shows_both_values_and_both_halves_of_the_base(run: Run) -> None:
    for row in run.plan["conflicts"]:
        cell = CELLS[run.records[row["a_id"]]]
        assert (row["a_value"], row["b_value"]) == cell.values
        if cell.base is not None and not cell.mapping_changed:
            assert (row["base_a"], row["base_b"]) == cell.base


def test_nothing_that_is_held_is_sent(run: Run) -> None:
    held = {(mapping_number(h["field"]), run.records[h["id"]]) for h in run.plan["held"]}
    open_ones = {
        (mapping_number(c["field"]), run.records[c["a_id"]]) for c in run.plan["conflicts"] if c["winner"] == "open"
    }
    sent = {key for key, outcome in run.found.items() if outcome.ending is Ending.SEND}
    assert not sent & (held | open_ones)


def test_no_change_is_without_effect(run: Run) -> None:
    """Law 9: what would be written differs from what is there, in the form in which values are compared."""
    for (number, at), outcome in run.found.items():
        if outcome.ending is Ending.SEND and outcome.side is not None:
            rules, cell = RULES[number], CELLS[at]
            assert rules.form(outcome.text) != rules.form(cell.of(outcome.side))
