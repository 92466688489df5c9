"""What messages, help and documents promise exists: commands that hints name, options that help lists."""

import ast
import re

from pardotflow.cli.reference import commands
from tests.house.source import ROOT, modules

DOCS = "".join(p.read_text(encoding="utf-8") for p in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))])
TYPE_IGNORES = {"emulator/salesforce/soql/filter.py": 1, "emulator/server.py": 1, "emulator/switches.py": 1}
"""Lowering a number is free, raising one needs a reason in the change that does it."""
_NOT_COMMANDS = {"command", "import"}


def test_every_option_has_a_help_text() -> None:
    found = commands()
    assert len(found) >= 11
    for name, command in found.items():
        for parameter in command.params:
            assert getattr(parameter, "help", None), f"{name} {parameter.name}"


def test_every_option_stands_in_the_documents() -> None:
    options = {o for command in commands().values() for p in command.params for o in p.opts if o.startswith("--")}
    assert not {option for option in options if not re.search(rf"{option}\b", DOCS)}


def test_a_hint_names_a_command_that_exists() -> None:
    known = {words.split()[0] for words in commands()} | set(commands())
    for name, tree in modules().items():
        texts = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
        for text in texts:
            for word in re.findall(r"\bpardotflow ([a-z]+)", text):
                assert word in known | _NOT_COMMANDS, f"{name}: pardotflow {word}"


def test_ignored_types_are_counted() -> None:
    found = {
        name: count
        for name in modules()
        if (count := (ROOT / "pardotflow" / name).read_text(encoding="utf-8").count("# type: ignore"))
    }
    assert found == TYPE_IGNORES
