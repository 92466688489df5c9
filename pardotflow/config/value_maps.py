"""CSV files that translate values between two sides.

A value stands once in the column that is read; only where it stands once in both can the file be used in two
directions.
"""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from pardotflow.config.files import relative
from pardotflow.config.findings import Findings
from pardotflow.config.lines import split_lines
from pardotflow.config.nodes import Scalar
from pardotflow.config.project import ValueMap
from pardotflow.core.span import Span

MAX_BAD_ROWS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Orientation:
    """Which column a mapping reads: the two sides in order, and which of them (0, 1) the values come from."""

    sides: tuple[str, str]
    reads: tuple[int, ...]


def load_value_map(
    written: Scalar, folder: Path, root: Path, orientation: Orientation, findings: Findings
) -> ValueMap | None:
    """The file that a mapping names, looked for beside the sync and then in the project's folder; None where it
    cannot be used, which has been reported."""
    path = next((p for p in (folder / written.text, root / written.text) if p.is_file()), None)
    if path is None:
        way_out = "Give a CSV file of two columns, relative to this file's folder or to the project's."
        findings.error("PF157", f'the value map "{written.text}" does not exist', written.span, way_out)
        return None
    name = relative(path, root)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as e:
        findings.error("PF157", f"the value map {name} cannot be read: {e}", written.span, "Save it as UTF-8.")
        return None
    rows = _rows(text, name, findings)
    return None if rows is None else _value_map(rows, name, orientation, written, findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    cells: tuple[str, ...]
    line: int


def _rows(text: str, name: str, findings: Findings) -> list[_Row] | None:
    """Header and rows, each of two cells; None where one is not."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines = split_lines(text)
    rows: list[_Row] = []
    bad, start = 0, 1
    try:
        for cells in reader:
            if cells:
                rows.append(_Row(cells=tuple(cells), line=start))
                bad += not _has_two_cells(rows[-1], lines, name, findings)
            start = reader.line_num + 1
            # A wrong header or many wrong lines are one mistake, not many.
            if bad and (len(rows) == 1 or bad == MAX_BAD_ROWS):
                return None
    except csv.Error as e:
        findings.error("PF157", f"not a CSV file: {e}", Span(file=name, line=start), "Look at the quotes of this line.")
        return None
    if not rows:
        findings.error("PF157", "the value map is empty", Span(file=name, line=1), "Its first line is a header.")
    return rows if rows and not bad else None


def _has_two_cells(row: _Row, lines: list[str], name: str, findings: Findings) -> bool:
    if len(row.cells) == 2:
        return True
    line = lines[row.line - 1]
    # The third cell is the first too many; it may stand on a later line, after a quoted line break.
    column = next(iter(cell_columns(line)[2:]), 1)
    help = (
        "Separate them by a comma, not by a semicolon." if ";" in line else 'Quote a value that holds a comma: "a,b".'
    )
    span = Span(file=name, line=row.line, column=column, length=max(1, len(line) - column + 1))
    findings.error("PF157", f"a row of a value map has two values, not {len(row.cells)}", span, help)
    return False


def cell_columns(line: str) -> list[int]:
    """The column, counted from 1, at which each cell of a CSV line starts."""
    columns, is_quoted = [1], False
    for number, character in enumerate(line, start=1):
        if character == '"':
            is_quoted = not is_quoted
        elif character == "," and not is_quoted:
            columns.append(number + 1)
    return columns


def _value_map(
    rows: list[_Row], name: str, orientation: Orientation, written: Scalar, findings: Findings
) -> ValueMap | None:
    header, body = rows[0], rows[1:]
    # A header that names the two sides decides which column is whose.
    is_swapped = tuple(c.strip().lower() for c in header.cells) == orientation.sides[::-1]
    pairs = [(r.cells[1], r.cells[0]) if is_swapped else (r.cells[0], r.cells[1]) for r in body]
    repeated = {column: _repeated(pairs, column) for column in (0, 1)}
    read = orientation.reads[0]
    if len(orientation.reads) == 1 and repeated[read]:
        index = repeated[read][0]
        span = Span(file=name, line=body[index].line)
        message = f'the value "{pairs[index][read]}" stands in the value map twice'
        findings.error("PF157", message, span, "One value becomes one other value: keep one of the lines.")
        return None
    is_one_to_one = not (repeated[0] or repeated[1])
    return ValueMap(file=name, pairs=tuple(pairs), one_to_one=is_one_to_one, span=written.span)


def _repeated(pairs: list[tuple[str, str]], column: int) -> list[int]:
    seen: set[str] = set()
    found = []
    for index, pair in enumerate(pairs):
        if pair[column] in seen:
            found.append(index)
        seen.add(pair[column])
    return found
