"""Engine against reference, cell by cell: where they differ, with everything that is needed to see why."""

from collections.abc import Sequence
from pathlib import Path

from tests.engine.cells import Run, run_cells
from tests.engine.forms import TEXTS, Unreadable
from tests.engine.reference import Cell, Outcome, Rules, decide

SHOWN = 5


def disagreements(rules: Sequence[Rules], cells: Sequence[Cell], run: Run) -> list[str]:
    """The first few cells on which engine and reference differ, in words."""
    found: list[str] = []
    for number, rule in enumerate(rules):
        for at, cell in enumerate(cells):
            if not rule.is_possible(cell):
                continue
            expected, got = decide(rule, cell), run.outcome(number, at)
            if not _is_same(rule, expected, got):
                found.append(f"{rule}\n  {cell}\n  reference: {expected}\n  engine:    {got}")
                if len(found) == SHOWN:
                    return found
    return found


def check(folder: Path, rules: Sequence[Rules], cells: Sequence[Cell]) -> Run:
    """Run all cells under all rules; fails with the first disagreements."""
    run = run_cells(folder, rules, cells)
    wrong = disagreements(rules, cells, run)
    assert not wrong, "\n\n" + "\n\n".join(wrong)
    return run


def _is_same(rule: Rules, expected: Outcome, got: Outcome) -> bool:
    """Equal. A text goes as it is; values of other types, and the end of a cut one, may be spelled differently."""
    if expected == got:
        return True
    if (expected.ending, expected.side, expected.held) != (got.ending, got.side, got.held):
        return False
    goes_as_it_is = rule.type in TEXTS and not any(kind.length for kind in rule.kinds)
    if expected.text is None or got.text is None or goes_as_it_is:
        return False
    try:
        return rule.form(expected.text) == rule.form(got.text)
    except Unreadable:
        return False
