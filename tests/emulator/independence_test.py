"""The emulator imports nothing else of this project, and its documentation names every switch."""

import ast
from pathlib import Path

import pardotflow.emulator
from pardotflow.emulator.switches import TABLE

PACKAGE = Path(pardotflow.emulator.__file__).parent
DOCS = PACKAGE.parents[1] / "docs" / "emulator.md"


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


def test_the_documentation_has_a_row_for_every_switch() -> None:
    rows = [line.split("|")[1].strip(" `") for line in DOCS.read_text(encoding="utf-8").splitlines() if "|" in line]
    assert [name for name in rows if name in {info.name for info in TABLE}] == [info.name for info in TABLE]
