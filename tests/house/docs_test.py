"""The documents say what there is: every command, every code; and the README's commands are the first two blocks."""

import re

import typer.main
from typer.core import TyperGroup

from pardotflow.cli.app import app
from pardotflow.core.codes import CODES
from tests.house.source import PACKAGE, ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCS = README + "".join(p.read_text(encoding="utf-8") for p in sorted((ROOT / "docs").glob("*.md")))


def test_every_command_stands_in_the_documents() -> None:
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    for name, command in group.commands.items():
        assert re.search(rf"`(pardotflow )?{name}\b", DOCS), name
        assert command.help, name
        for inner in command.commands if isinstance(command, TyperGroup) else ():
            assert re.search(rf"\b{inner}\b", DOCS), f"{name} {inner}"


def test_every_code_in_the_source_is_registered_and_documented() -> None:
    page = (ROOT / "docs" / "diagnostics.md").read_text(encoding="utf-8")
    known = set(CODES)
    used = {c for p in PACKAGE.rglob("*.py") for c in re.findall(r'"(PF\d{3})"', p.read_text(encoding="utf-8"))}
    assert used <= known
    assert [c for c in sorted(known) if c not in page] == []


def test_the_readme_begins_with_two_commands() -> None:
    blocks = re.findall(r"^```bash\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 2
    assert "pardotflow plan" in blocks[0] and "pardotflow apply --yes" in blocks[0]
    assert blocks[1].rstrip().endswith("pytest")


def test_nothing_names_a_machine_or_a_registry() -> None:
    words = ("/work/", "/root/", "pypi.org", "files.pythonhosted")
    for path in [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md"), *ROOT.glob("*.lock")]:
        text = path.read_text(encoding="utf-8")
        assert [w for w in words if w in text] == [], path


def test_the_documents_do_not_say_that_every_plan_is_tried() -> None:
    told = [line for line in DOCS.splitlines() if "on copies" in line]
    assert len(told) >= 3
    assert not [line for line in told if "every plan" in line.lower()]
