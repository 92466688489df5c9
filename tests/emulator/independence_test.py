"""The emulator imports nothing else of this project, and its documentation names every switch."""

import ast
import re
from pathlib import Path

import pardotflow.emulator
from pardotflow.emulator.switches import TABLE, SwitchInfo, SwitchValue

PACKAGE = Path(pardotflow.emulator.__file__).parent
TURNING = (
    "cycles/draws.py",
    "emulator/pardot/error_cases.py",
    "emulator/salesforce/state_cases.py",
    "scenarios/busy.py",
)
"""Files beside the tests in which switches are turned."""
DOCS = PACKAGE.parents[1] / "docs" / "emulator-fidelity.md"


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_it_imports_nothing_of_ours() -> None:
    foreign = {
        (path.name, name)
        for path in PACKAGE.rglob("*.py")
        for name in imported(path)
        if name.startswith("pardotflow") and not name.startswith("pardotflow.emulator")
    }
    assert foreign == set()


def test_the_two_vendors_do_not_know_each_other() -> None:
    for vendor, other in (("salesforce", "pardot"), ("pardot", "salesforce")):
        for path in (PACKAGE / vendor).glob("*.py"):
            assert not any(name.startswith(f"pardotflow.emulator.{other}") for name in imported(path)), path


def row_of(info: SwitchInfo) -> str:
    """How the documentation shows a switch."""
    others = ", ".join(show(choice) for choice in other_choices(info)) or "any"
    return f"| `{info.name}` | {show(info.default)} | {others} | {info.fact} |"


def other_choices(info: SwitchInfo) -> list[SwitchValue]:
    if isinstance(info.default, bool):
        return [not info.default]
    return [choice for choice in info.choices if choice != info.default]


def show(value: SwitchValue) -> str:
    words = str(value).lower() if isinstance(value, bool) else str(value)
    return f"`{words or 'empty'}`"


def test_the_documentation_has_a_row_for_every_switch() -> None:
    rows = DOCS.read_text(encoding="utf-8").partition("\n## Switches\n")[2].splitlines()
    assert [row for row in rows if row.startswith("| `")] == [row_of(info) for info in TABLE]


def test_every_switch_of_a_vendor_stands_with_the_part_that_it_turns() -> None:
    parts = DOCS.read_text(encoding="utf-8").partition("\n## Switches\n")[0]
    own = {"latency", "log", "log_request_bytes", "log_answer_bytes", "log_keep"}
    assert {info.name for info in TABLE} - set(re.findall(r"`(\w+)`", parts)) == own


def test_every_switch_is_turned_by_a_test() -> None:
    """One of the emulator, or one of what is tried against it."""
    tests = Path(__file__).parents[1]
    texts = " ".join(path.read_text(encoding="utf-8") for path in tests.rglob("*_test.py") if path != Path(__file__))
    texts += " ".join((tests / name).read_text(encoding="utf-8") for name in TURNING)
    assert {info.name for info in TABLE} - set(re.findall(r"\w+", texts)) == set()


def test_every_part_says_what_is_assumed() -> None:
    parts = DOCS.read_text(encoding="utf-8").partition("\n## What is not\n")[0]
    rows = [line.strip("|").split(" | ") for line in parts.splitlines() if line.startswith("|")]
    assert rows
    assert [row for row in rows if len(row) != 4 and set(row[0]) != set("|-")] == []
