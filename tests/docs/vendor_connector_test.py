"""docs/vendor-connector.md names for every row what shows it, and that is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "vendor-connector.md").read_text(encoding="utf-8")
CASES = {path.name for path in (ROOT / "tests" / "cases" / "plans").iterdir()}
ROWS = [
    line
    for line in PAGE.splitlines()
    if line.startswith("| ") and not re.search(r"\| (shown by|in pardotflow) \|", line)
]


def is_there(name: str) -> bool:
    file, _, test = name.partition("::")
    if not test:
        return name in CASES
    return f"def {test}(" in (ROOT / file).read_text(encoding="utf-8")


def test_what_each_row_names_is_there() -> None:
    after_first_table = [row for row in ROWS if "preset: connector`, `policy" not in row][2:]
    assert len(after_first_table) > 25
    for row in after_first_table:
        names = re.findall(r"`([^`]+)`", row.strip("| ").rpartition("|")[2])
        assert names, row
        assert all(map(is_there, names)), row


def test_what_shows_the_first_table_is_there() -> None:
    (line,) = [line for line in PAGE.splitlines() if line.startswith("Shown by ")]
    assert all(map(is_there, re.findall(r"`([^`]+)`", line)))


def test_every_case_of_the_connector_is_named() -> None:
    spoken_of = {
        p.name
        for p in (ROOT / "tests/cases/plans").iterdir()
        if "vendor's connector" in (p / "steps.txt").read_text("utf-8")
    }
    assert not {case for case in spoken_of if f"`{case}`" not in PAGE}
