"""The vendor's table for one field, row by row, as its help page `pardot_sync_behavior_works` has it.

Each is asked of pairs that have just met, of pairs whose sides both moved, and of pairs of which one side moved alone.
"""

from pathlib import Path

import pytest

from pardotflow.config.project import OnBlank, Policy, Preset
from tests.engine.cells import Run
from tests.engine.compare import check
from tests.engine.reference import Cell, Ending, Rules, Side

S, P = "in Salesforce", "in Pardot"
TO_PARDOT, TO_SALESFORCE = (Side.PARDOT, S), (Side.SALESFORCE, P)
CLEARED = (Side.PARDOT, None)
VALUES = {"equal": (S, S), "both": (S, P), "pardot_empty": (S, None), "salesforce_empty": (None, P)}
COLUMNS = ("equal", "both", "pardot_empty", "salesforce_empty")
USE_PARDOT = Rules(preset=Preset.CONNECTOR, policy=Policy.PARDOT, on_blank=OnBlank.REFILL)
USE_SALESFORCE = Rules(preset=Preset.CONNECTOR, policy=Policy.SALESFORCE, on_blank=OnBlank.REFILL)
BLANK_OVERWRITES = Rules(preset=Preset.CONNECTOR, policy=Policy.SALESFORCE, on_blank=OnBlank.CLEAR)
MOST_RECENT = Rules(preset=Preset.CONNECTOR, policy=Policy.MOST_RECENT, on_blank=OnBlank.REFILL)
TABLE = (
    # the rule, which record is newer, and for each column what is written where
    (USE_PARDOT, None, (None, TO_SALESFORCE, TO_PARDOT, TO_SALESFORCE)),
    (USE_SALESFORCE, None, (None, TO_PARDOT, TO_PARDOT, TO_SALESFORCE)),
    (BLANK_OVERWRITES, None, (None, TO_PARDOT, TO_PARDOT, CLEARED)),
    (MOST_RECENT, Side.SALESFORCE, (None, TO_PARDOT, TO_PARDOT, TO_SALESFORCE)),
    (MOST_RECENT, Side.PARDOT, (None, TO_SALESFORCE, TO_PARDOT, TO_SALESFORCE)),
)
RULES = tuple(dict.fromkeys(rules for rules, _, _ in TABLE))
BASES = (None, ("old", "older"), (S, "older"), ("old", P))
"""No base; both moved; Pardot alone moved where Salesforce holds S; Salesforce alone moved where Pardot holds P."""
CELLS = tuple(
    Cell(values=VALUES[column], base=base, later=later)
    for column in COLUMNS
    for base in BASES
    for later in (None, *Side)
    if base is None or VALUES[column] != base
)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder: Path = tmp_path_factory.mktemp("vendor") / "world"
    return check(folder, RULES, CELLS)


@pytest.mark.parametrize(("rules", "newer", "row"), TABLE)
@pytest.mark.parametrize("column", COLUMNS)
def test_each_cell_of_the_vendors_table(
    run: Run, rules: Rules, newer: Side | None, row: tuple[tuple[Side, str | None] | None, ...], column: str
) -> None:
    expected = row[COLUMNS.index(column)]
    asked = [n for n, c in enumerate(CELLS) if c.values == VALUES[column] and (newer is None or c.later is newer)]
    assert asked
    for number in asked:
        outcome = run.outcome(RULES.index(rules), number)
        written = (outcome.side, outcome.text) if outcome.ending is Ending.SEND else None
        assert written == expected, (CELLS[number], outcome)


def test_where_the_times_do_not_tell_a_person_is_asked(run: Run) -> None:
    """The vendor takes one of the two; pardotflow never guesses."""
    (number,) = [n for n, c in enumerate(CELLS) if c == Cell(values=(S, P))]
    assert run.outcome(RULES.index(MOST_RECENT), number).ending is Ending.CONFLICT
