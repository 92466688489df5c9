"""The lines around each diagnostic, read from the user's files.

Frames are display only and are filled last; a file that has gone leaves its diagnostics without one.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from pardotflow.config.credentials import masked_lines
from pardotflow.config.lines import split_lines
from pardotflow.core.diagnostic import Diagnostic, Frame

_MASKED_FOLDER = "environments/"


def with_frames(diagnostics: Iterable[Diagnostic], root: Path) -> tuple[Diagnostic, ...]:
    """The diagnostics with the line before, the line itself and the line after; places are relative to `root`."""
    files: dict[str, list[str]] = {}
    framed = []
    for diagnostic in diagnostics:
        if diagnostic.span is None:
            framed.append(diagnostic)
            continue
        file = diagnostic.span.file
        if file not in files:
            files[file] = _shown_lines(root, file)
        framed.append(replace(diagnostic, frame=_frame(files[file], diagnostic.span.line)))
    return tuple(framed)


def _shown_lines(root: Path, file: str) -> list[str]:
    try:
        text = (root / file).read_bytes().decode("utf-8", errors="replace")
    except OSError:
        return []
    lines = split_lines(text.removeprefix("\ufeff"))
    if lines[-1] == "":
        lines.pop()
    return masked_lines(lines) if file.startswith(_MASKED_FOLDER) else lines


def _frame(lines: list[str], line: int) -> Frame:
    numbers = range(max(1, line - 1), min(len(lines), line + 1) + 1)
    return Frame(lines=tuple((n, lines[n - 1]) for n in numbers))
