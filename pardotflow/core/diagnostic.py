"""Messages about the user's own files, as values that accumulate.

A diagnostic has a code of the registry in `core.codes`, the place, the lines around it and one next step. Errors of
the world (a host that does not answer, a refused login) are exceptions instead: see `core.errors`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from pardotflow.core.span import Span


class Severity(StrEnum):
    """`error` stops the command, `warning` is shown and lets it go on."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The source lines around a span, as (line number, text)."""

    lines: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One message: what is wrong, where, and the way out."""

    code: str
    message: str
    severity: Severity = Severity.ERROR
    span: Span | None = None
    frame: Frame = Frame()
    help: str = ""

    def sort_key(self) -> tuple[str, int, int, str, str]:
        """Files in order, then lines; messages without a place come first."""
        span = self.span or Span(file="", line=0, column=0)
        return (span.file, span.line, span.column, self.code, self.message)


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """True when at least one diagnostic stops the command."""
    return any(d.severity is Severity.ERROR for d in diagnostics)
