"""Where the readers of project files leave what they found, until all of it is shown at once.

A finding never stops the reading of another file; who needs a value that could not be read leaves it out.
"""

import difflib
from collections.abc import Iterable

from pardotflow.core.diagnostic import Diagnostic, Severity, has_errors
from pardotflow.core.span import Span

FEW = 6
"""How many known names are listed beside a suggestion."""
LISTED = 12
"""How many known names a message lists before it counts the rest."""


class Findings:
    """A growing list of diagnostics; `diagnostics` gives each once, in the order of files and lines."""

    def __init__(self) -> None:
        self._found: dict[Diagnostic, None] = {}

    def error(self, code: str, message: str, span: Span | None, help: str = "") -> None:
        """Something that stops the command."""
        self.add(Diagnostic(code=code, message=message, span=span, help=help))

    def warning(self, code: str, message: str, span: Span | None, help: str = "") -> None:
        """Something that is shown and lets the command go on."""
        self.add(Diagnostic(code=code, message=message, severity=Severity.WARNING, span=span, help=help))

    def add(self, diagnostic: Diagnostic) -> None:
        """Keep a diagnostic; an equal one is kept once."""
        self._found[diagnostic] = None

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All that was found, sorted."""
        return tuple(sorted(self._found, key=Diagnostic.sort_key))

    @property
    def has_errors(self) -> bool:
        """True when something stops the command."""
        return has_errors(self._found)


def closest(name: str, known: Iterable[str]) -> str:
    """The known name that is nearest to what was written, in any case, or the empty text."""
    by_lower = {k.lower(): k for k in known}
    found = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else ""


def suggest(name: str, known: Iterable[str], plural: str = "") -> str:
    """The way out of an unknown name: the nearest one and, where `plural` says what they are, all of them. A long
    list beside a likely name is left out."""
    names = tuple(known)
    near = closest(name, names)
    parts = [f'Did you mean "{near}"?'] if near else []
    if plural and not (near and len(names) > FEW):
        parts.append(f"{plural}: {listed(names)}.")
    return " ".join(parts)


def listed(names: Iterable[str]) -> str:
    """Names in one line, the rest counted."""
    every = tuple(names)
    shown = ", ".join(every[:LISTED]) or "none"
    return shown if len(every) <= LISTED else f"{shown} and {len(every) - LISTED} more"
