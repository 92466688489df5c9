"""Results on stdout, progress and messages on stderr; the one place that creates a console."""

import shutil
import sys
from collections.abc import Iterable

from rich.console import Console, RenderableType
from rich.text import Text

from pardotflow.core.diagnostic import Diagnostic, Severity
from pardotflow.core.errors import InvalidProject, PardotflowError
from pardotflow.views.diagnostics import render_diagnostic

WIDEST = 120
WITHOUT_TERMINAL = 100

OUT = Console(
    highlight=False, width=None if sys.stdout.isatty() else shutil.get_terminal_size((WITHOUT_TERMINAL, 0)).columns
)
ERR = Console(stderr=True, highlight=False)


def width() -> int:
    """The width to draw for: the terminal's up to 120; where there is none, that of COLUMNS or 100."""
    return min(OUT.width, WIDEST)


def show(renderable: RenderableType) -> None:
    """A result."""
    OUT.print(renderable, width=width())


def write(text: str) -> None:
    """A result for programs: exactly these characters."""
    sys.stdout.write(text)


def say(text: str, style: str = "") -> None:
    """A message beside the result."""
    ERR.print(Text(text, style=style), soft_wrap=True)


def show_diagnostics(diagnostics: Iterable[Diagnostic]) -> None:
    """Every problem of the user's files, in the order of the files."""
    for diagnostic in sorted(diagnostics, key=Diagnostic.sort_key):
        style = "red" if diagnostic.severity is Severity.ERROR else "yellow"
        head, _, rest = render_diagnostic(diagnostic).rstrip("\n").partition("\n")
        say(head, style)
        say(f"{rest}\n" if rest else "")


def show_error(error: PardotflowError) -> None:
    """One error with its way out."""
    if isinstance(error, InvalidProject):
        show_diagnostics(error.diagnostics)
        return
    say(f"error: {error}", "red")
    if error.hint:
        say(f"  = {error.hint}")
