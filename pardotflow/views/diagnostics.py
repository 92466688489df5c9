"""A diagnostic as plain text: what is wrong, the place, the lines around it with the place marked, the way out.

Colour is added by the caller. Control characters of the user's files never reach the terminal.
"""

from rich.cells import cell_len

from pardotflow.core.diagnostic import Diagnostic
from pardotflow.core.span import Span

LINE_WIDTH = 100
"""Columns of a source line that are shown; longer ones are cut around the place."""

_LEAD = 40
"""Columns that stay visible before the place in a line that is cut."""


def render_diagnostic(d: Diagnostic) -> str:
    """The text of one diagnostic, without a line break at its end."""
    lines = [f"{d.severity}[{d.code}] {_printable(d.message)}"]
    gutter = max((len(str(number)) for number, _ in d.frame.lines), default=1)
    if d.span is not None:
        lines.append(f"{' ' * gutter}--> {d.span}")
        lines.extend(_frame(d, d.span, gutter))
    if d.help:
        lines.append(f"{' ' * gutter} = {_printable(d.help)}")
    return "\n".join(lines)


def _frame(d: Diagnostic, span: Span, gutter: int) -> list[str]:
    if not d.frame.lines:
        return []
    blank = f"{' ' * gutter} |"
    lines = [blank]
    for number, text in d.frame.lines:
        cut = _cut_start(text, span) if number == span.line else 0
        lines.append(f"{number:>{gutter}} | {_shown(text, cut)}".rstrip())
        if number == span.line:
            lines.append(f"{blank} {_mark(text, span, cut)}")
    return lines


def _cut_start(text: str, span: Span) -> int:
    """The first character of the line that is shown."""
    return max(0, span.column - 1 - _LEAD) if len(text) > LINE_WIDTH and span.column > LINE_WIDTH - _LEAD else 0


def _shown(text: str, start: int) -> str:
    before = "…" if start else ""
    after = "…" if len(text) - start > LINE_WIDTH else ""
    return before + _printable(text[start : start + LINE_WIDTH]) + after


def _mark(text: str, span: Span, start: int) -> str:
    """Carets below the place, counted in columns of the terminal; never beyond the end of what is shown."""
    before = text[start : span.column - 1]
    marked = text[span.column - 1 : min(span.column - 1 + span.length, start + LINE_WIDTH)]
    return " " * (_width(before) + (1 if start else 0)) + "^" * max(1, _width(marked))


def _width(text: str) -> int:
    return cell_len(_printable(text))


def _printable(text: str) -> str:
    """Tabs become one blank, other control characters a mark, so that columns stay what they are."""
    return "".join(c if c.isprintable() else " " if c in "\t\n" else "\N{REPLACEMENT CHARACTER}" for c in text)
