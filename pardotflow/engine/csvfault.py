"""Where a CSV file is not what it should be: its lines read one by one, after the engine found that something is wrong.

A line is that of the file, as editors count: a value may hold line breaks.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_QUOTE = "has a quote that is not closed, or one inside a quoted value that is not doubled"


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvFault:
    """The first line that cannot be read, and what is said of it."""

    line: int
    reason: str


def find_fault(path: Path, width: int) -> CsvFault | None:
    """Why the file cannot be read as rows of `width` values; None where nothing is found."""
    return _no_text(path) or _broken_row(path, width)


def find_line(path: Path, column: int, value: str) -> int:
    """The line of the first row with that value in the column; 0 where there is none."""
    return next((line for line, row in _rows(path) if len(row) > column and row[column] == value), 0)


def _no_text(path: Path) -> CsvFault | None:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return CsvFault(line=number, reason="is not UTF-8")
    return None


def _broken_row(path: Path, width: int) -> CsvFault | None:
    line = 1
    try:
        for start, row in _rows(path):
            if row and len(row) != width:
                return CsvFault(line=start, reason=f"has {len(row)} values, and the header has {width}")
            line = start + 1 + sum(value.count("\n") for value in row)
    except csv.Error:
        return CsvFault(line=line, reason=_QUOTE)
    return None


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Every row with the line on which it starts."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.reader(lines, strict=True)
        start = 1
        for row in reader:
            yield start, row
            start = reader.line_num + 1
