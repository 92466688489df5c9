"""A CSV file as typed columns.

Each column has one function that turns a cell into its stored form; a cell that it refuses becomes empty and a problem.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pardotflow.emulator.seeding.report import Findings

Read = Callable[[str], Any]
csv.field_size_limit(16_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column that is used: its field's name, its place in the file, and how its cells are read."""

    name: str
    place: int
    read: Read | None


def read_header(path: Path) -> list[str]:
    """The first line of a CSV file; empty for an empty file."""
    with path.open(newline="", encoding="utf-8-sig", errors="replace") as stream:
        return [name.strip() for name in next(csv.reader(stream), [])]


def read_table(path: Path, columns: Sequence[Column], findings: Findings) -> Iterator[tuple[int, list[Any]]]:
    """Line numbers and values, in the order of `columns`; rows that cannot be read are reported and passed over."""
    with path.open(newline="", encoding="utf-8-sig", errors="replace") as stream:
        reader = csv.reader(stream)
        width = len(next(reader, []))
        while True:
            try:
                row = next(reader, None)
            except csv.Error as cause:
                findings.problem(path.name, reader.line_num, f"unreadable: {cause}")
                continue
            if row is None:
                return
            if not row:
                continue
            if len(row) > width:
                findings.problem(path.name, reader.line_num, f"{len(row)} values under {width} columns")
                continue
            row.extend([""] * (width - len(row)))
            yield reader.line_num, _convert(path.name, reader.line_num, row, columns, findings)


def read_cells(path: Path, column: Column) -> Iterator[Any]:
    """The values of one column alone, without those that cannot be read: they are reported where rows are read."""
    for _, (value,) in read_table(path, [column], Findings()):
        if value is not None:
            yield value


def _convert(file: str, line: int, row: list[str], columns: Sequence[Column], findings: Findings) -> list[Any]:
    try:
        return [
            text if column.read is None or not text else column.read(text)
            for column in columns
            for text in (row[column.place] or None,)
        ]
    except ValueError:
        return [_convert_cell(file, line, row[column.place], column, findings) for column in columns]


def _convert_cell(file: str, line: int, text: str, column: Column, findings: Findings) -> object:
    if not text or column.read is None:
        return text or None
    try:
        value: object = column.read(text)
    except ValueError:
        findings.problem(file, line, f"{column.name} cannot hold {text!r}")
        return None
    return value
