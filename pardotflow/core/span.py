"""A place in one of the user's own files.

Lines and columns count from 1. A span is display only: no decision may depend on it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Span:
    """Where a piece of configuration stands: file (relative to the project), line, column and length in characters."""

    file: str
    line: int
    column: int = 1
    length: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    @property
    def short(self) -> str:
        """The form that plans show: file and line."""
        return f"{self.file}:{self.line}"
