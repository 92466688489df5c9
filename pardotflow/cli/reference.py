"""docs/command-line.md, made from the commands themselves.

python -m pardotflow.cli.reference
"""

from collections.abc import Iterator

import typer.main
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from pardotflow.cli.app import app

_HEAD = """# The command line

Made from the commands themselves by `python -m pardotflow.cli.reference`; a test keeps it equal.

Results go to stdout, progress and messages to stderr. Colour is for terminals only, and `NO_COLOR` turns it off.

| exit code | meaning |
|---|---|
| 0 | fine; with `plan --detailed-exitcode`: nothing to send, whether items are held or not |
| 1 | an error, also in how the command was used: a file that is no plan, a wrong `--confirm`; nobody agreed |
| 2 | `plan --detailed-exitcode` only: there is something to send |
| 3 | blocked: by a guard; the plan is spent, foreign, of another format or configuration; links are of another org |
| 4 | applied, with refusals or with a remainder |
| 130 | interrupted in good order |

A record is named `Object/id` or `Object/e-mail`, a field of it `Object/id#Field`.

`--format json` follows `schemas/plan.schema.json`. It is made to be shared: what a mapping marks as `pii`, and the
names of records, are masked by ordinals within the document, so that a change still shows as a change;
`--clear-values` shows them.

`plan --record` reads one record and its counterpart, with four calls at most; the descriptions of the objects are read
besides, once a day. Cursors do not move: the next full plan misses nothing.

`why` reads as much, and writes nothing. It decides as a whole plan over the same snapshots would, and shows of every
mapped field what both sides hold, what they held when they last agreed, what the next plan would do and by which line;
with `#Field` also the mapping and the last writes of that field. Its JSON follows `schemas/why.schema.json`.
"""


def reference_page() -> str:
    """The page as Markdown."""
    return "\n".join([_HEAD, *(line for name, command in commands().items() for line in _section(name, command))])


def commands() -> dict[str, TyperCommand]:
    """Every command by the words that call it."""
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    return dict(_walk("", group))


def _walk(prefix: str, group: TyperGroup) -> Iterator[tuple[str, TyperCommand]]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from _walk(f"{prefix}{name} ", command)
        elif isinstance(command, TyperCommand):
            yield f"{prefix}{name}", command


def _section(name: str, command: TyperCommand) -> Iterator[str]:
    arguments = [p for p in command.params if isinstance(p, TyperArgument)]
    options = [p for p in command.params if isinstance(p, TyperOption)]
    words = " ".join(["pardotflow", name, *(_metavar(a) for a in arguments)])
    yield from (f"## `{words}`", "", command.help or "", "")
    yield from ("| option | what it does |", "|---|---|")
    for argument in arguments:
        yield f"| `{_metavar(argument)}` | {argument.help} |"
    for option in options:
        yield f"| {', '.join(f'`{o}`' for o in option.opts)} | {option.help} |"
    yield ""


def _metavar(argument: TyperArgument) -> str:
    name = argument.metavar or (argument.name or "").upper()
    return f"{name}..." if argument.nargs == -1 else name


if __name__ == "__main__":
    from pathlib import Path

    page = Path(__file__).parents[2] / "docs" / "command-line.md"
    page.write_text(reference_page(), encoding="utf-8")
