"""The files of an import: options, CSV batches, and the list of rows that failed.

Pure. Source: Account Engagement API, "Import". No default of an option is relied on. In an import of ours an empty cell
means *leave the field alone*, so a value that should be cleared cannot travel here and is refused.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pardotflow.connectors.pardot.query import check_name
from pardotflow.connectors.protocol import Batch, Operation, Row, Value

MOST_BATCHES = 10
"""CSV batches of one import (Account Engagement API v4, "Import", limits)."""
MOST_BYTES = 9_900_000
"""Of one CSV batch; the vendor's limit is 10 MB."""

_MATCH = {
    Operation.IMPORT_UPDATES: "matchId",
    Operation.IMPORT_CREATES: "matchSalesforceId",
    Operation.IMPORT_UNDELETES: "matchId",
}
_LINK, _LEFT_ALONE = "salesforceId", "email"


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedRow:
    """One line of the errors file: what addressed the row, and what the vendor wrote beside it."""

    match: str
    code: str
    message: str


def build_columns(batch: Batch) -> tuple[str, ...]:
    """The match column, then every written field by name.

    An import of creates always writes `salesforceId` too: the key by which a repeat finds what the first one made. One
    of undeletes writes nothing: its one field has empty cells, and is one that the vendor lets nobody clear.
    """
    written = {check_name(name) for row in batch.rows for name in row.values}
    if batch.operation is Operation.IMPORT_CREATES:
        written.add(_LINK)
    if batch.operation is Operation.IMPORT_UNDELETES:
        written.add(_LEFT_ALONE)
    return (_MATCH[batch.operation], *sorted(written))


def build_options(operation: Operation, columns: Sequence[str]) -> bytes:
    """The JSON that opens an import."""
    options = {
        "operation": "Upsert",
        "object": "Prospect",
        "createOnNoMatch": operation is Operation.IMPORT_CREATES,
        "restoreDeleted": operation is Operation.IMPORT_UNDELETES,
        # A row of creates that meets a prospect, which nobody planned for, fills its blanks and overwrites nothing.
        "fields": [
            {"field": name, "overwrite": operation is Operation.IMPORT_UPDATES, "nullOverwrite": False}
            for name in columns
        ],
    }
    return json.dumps(options, separators=(",", ":")).encode()


def build_batches(batch: Batch, columns: Sequence[str], most_bytes: int) -> tuple[bytes, ...]:
    """CSV batches with the same header; raises ValueError where they are more than one import takes."""
    header = _line(columns)
    batches, size = [[header]], len(header)
    for row in batch.rows:
        line = _row_line(row, columns)
        if len(batches[-1]) > 1 and size + len(line) > most_bytes:
            batches.append([header])
            size = len(header)
        batches[-1].append(line)
        size += len(line)
    if len(batches) > MOST_BATCHES:
        raise ValueError(f"an import takes {MOST_BATCHES} batches, and these rows make {len(batches)}")
    return tuple(b"".join(lines) for lines in batches)


def split_rows(batch: Batch, most_bytes: int, most_rows: int = 0) -> Iterator[tuple[Row, ...]]:
    """Cut rows into imports; `most_rows` is the most of each, 0 for what the API takes."""
    columns = build_columns(batch)
    header = len(_line(columns))
    rows: list[Row] = []
    batches, size = 1, header
    for row in batch.rows:
        length = len(_row_line(row, columns))
        if size > header and size + length > most_bytes:
            batches, size = batches + 1, header
        if batches > MOST_BATCHES or (most_rows and len(rows) == most_rows):
            yield tuple(rows)
            rows, batches, size = [], 1, header
        rows.append(row)
        size += length
    if rows:
        yield tuple(rows)


def check_rows(batch: Batch) -> None:
    """Raises ValueError for rows that an import cannot carry."""
    if not batch.rows:
        raise ValueError("an import needs at least one row")
    if not all(row.id for row in batch.rows):
        raise ValueError(f"every row of an import needs its {_MATCH[batch.operation]}")
    if len({row.id for row in batch.rows}) != len(batch.rows):
        raise ValueError("two rows of one import address the same record, and imports keep no order")


def read_errors(content: bytes, columns: Sequence[str]) -> list[FailedRow]:
    """The errors file: our columns, and others whose names are not documented."""
    failed = []
    for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")):
        told = {name: str(value or "") for name, value in row.items() if name not in columns}
        codes = [value for name, value in told.items() if str(name).lower().endswith("code")]
        failed.append(
            FailedRow(
                match=str(row.get(columns[0]) or "").strip(),
                code=codes[0] if codes else "",
                message="; ".join(value for value in told.values() if value),
            )
        )
    return failed


def _row_line(row: Row, columns: Sequence[str]) -> bytes:
    # Only where the row is addressed by its Salesforce id is that the value of the link.
    linked = {_LINK: row.id} if columns[0] == _MATCH[Operation.IMPORT_CREATES] else {}
    values: Mapping[str, Value] = {**linked, **row.values}
    return _line([row.id, *(_cell(name, values[name]) if name in values else "" for name in columns[1:])])


def _cell(name: str, value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or (isinstance(value, str) and not value.strip()):
        raise ValueError(f"{name} would be cleared, and an import leaves fields with empty cells alone")
    if not isinstance(value, str | int | float):
        raise ValueError(f"{name} holds several values and cannot be imported")
    return str(value)


def _line(cells: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue().encode()
