"""A program with one command alone says what the one with all of them says."""

import pytest
import typer.main
from typer.testing import CliRunner

from pardotflow.cli.app import app, asked
from pardotflow.cli.reference import commands

WORDS = sorted(commands())
GROUPS = sorted({line.split()[0] for line in WORDS if " " in line})


def said(program: typer.Typer, *words: str) -> tuple[int, str]:
    """Exit code and text."""
    done = CliRunner().invoke(program, [*words])
    return done.exit_code, done.output


@pytest.mark.parametrize("line", [*WORDS, *GROUPS])
def test_a_command_alone_is_the_same(line: str) -> None:
    words = line.split()
    program = asked(words)
    assert program is not app
    assert len(typer.main.get_group(program).commands) == 1
    assert said(program, *words, "--help") == said(app, *words, "--help")
    assert said(program, *words, "--nonsense") == said(app, *words, "--nonsense")


@pytest.mark.parametrize("words", [(), ("--help",), ("--version",), ("plam",), ("Plan",), ("",)])
def test_without_a_command_there_are_all(words: tuple[str, ...]) -> None:
    assert asked(words) is app
