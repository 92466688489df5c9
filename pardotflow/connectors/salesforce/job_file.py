"""The files of an ingest job: the CSV that is uploaded, and the lists of results.

Pure. Source: Bulk API 2.0 Developer Guide. In an update an empty cell means *leave the field alone*, and `#N/A` clears
it, so the text `#N/A` itself cannot travel here. Results come in any order, with the columns of the upload behind their
own; numbers may be written anew in them (`912260031` as `9.12260031E8`).
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pardotflow.connectors.protocol import Batch, Operation, Row, Value
from pardotflow.connectors.salesforce.ids import long_id
from pardotflow.connectors.salesforce.sizes import split_rows
from pardotflow.connectors.salesforce.soql import check_name
from pardotflow.connectors.salesforce.writes import plain_value, refuse_key

CLEARED = "#N/A"
_ID = "Id"
_NUMBER = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,3})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRow:
    """One line of a list of results: the record's id where it is told, the second column, and the cells as sent."""

    id: str
    told: str
    cells: tuple[str, ...]


def build_columns(batch: Batch) -> tuple[str, ...]:
    """What addresses a row, then every written field by name."""
    written = sorted({check_name(name) for row in batch.rows for name in row.values})
    if batch.operation is Operation.BULK_DELETES:
        return (_ID,)
    if batch.operation is Operation.BULK_CREATES:
        return tuple(written)
    return (check_name(batch.key_field) if batch.operation.is_upsert else _ID, *written)


def build_file(batch: Batch, columns: Sequence[str]) -> bytes:
    """Header and rows."""
    lines = [",".join(columns).encode() + b"\n"]
    lines.extend(row_line(batch, row, columns) for row in batch.rows)
    return b"".join(lines)


def check_rows(batch: Batch) -> None:
    """Raises ValueError for rows that a job cannot carry."""
    if not batch.rows:
        raise ValueError("a job needs at least one row")
    if batch.operation.is_upsert and not batch.key_field:
        raise ValueError("an upsert needs its external id field")
    if batch.operation.is_create:
        return
    if not all(row.id for row in batch.rows):
        raise ValueError(f"every row of {batch.operation} needs an id")
    if len({row.id for row in batch.rows}) != len(batch.rows):
        raise ValueError("two rows of one job address the same record, and jobs keep no order")


def split_jobs(batch: Batch, most_bytes: int) -> Iterator[Batch]:
    """Batches whose files are not too large, in order."""
    columns = build_columns(batch)
    header = len(",".join(columns)) + 1
    return split_rows(batch, len(batch.rows), most_bytes - header, lambda row: len(row_line(batch, row, columns)))


def row_line(batch: Batch, row: Row, columns: Sequence[str]) -> bytes:
    """One row of the file; raises ValueError for values that it cannot hold."""
    return (",".join(_quoted(cell) for cell in row_cells(batch, row, columns)) + "\n").encode()


def row_cells(batch: Batch, row: Row, columns: Sequence[str]) -> tuple[str, ...]:
    """The cells of a row in the order of the columns; one that is not written is empty."""
    address: tuple[str, ...] = ()
    if batch.operation.is_upsert:
        refuse_key(row.values, batch.key_field)
        address = (row.id,)
    elif not batch.operation.is_create:
        refuse_key(row.values, _ID)
        address = (long_id(row.id),)
    names = columns[len(address) :]
    return (*address, *(_cell(name, row.values[name], batch) if name in row.values else "" for name in names))


def read_results(content: bytes) -> Iterator[ResultRow]:
    """The lines of `successfulResults` or `failedResults`."""
    for cells in _read(content):
        yield ResultRow(id=cells[0], told=cells[1], cells=tuple(cells[2:]))


def read_rows(content: bytes) -> Iterator[tuple[str, ...]]:
    """The rows of an upload, or of a list of rows that were never tried."""
    yield from map(tuple, _read(content))


def respelled(cells: Sequence[str]) -> tuple[str, ...]:
    """The cells with every number in one form: equal where a list of results has written numbers anew."""
    return tuple(str(Decimal(cell).normalize()) if _NUMBER.fullmatch(cell) else cell for cell in cells)


def _read(content: bytes) -> Iterator[list[str]]:
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    next(rows, None)
    yield from (row for row in rows if row)


def _cell(name: str, value: Value, batch: Batch) -> str:
    plain = plain_value(value)
    if plain is None or plain == "":
        return "" if batch.operation.is_create else CLEARED
    if isinstance(plain, bool):
        return "true" if plain else "false"
    if plain == CLEARED:
        raise ValueError(f"{name} is {CLEARED}, which would clear it")
    return str(plain)


def _quoted(cell: str) -> str:
    return f'"{cell.replace(chr(34), chr(34) * 2)}"' if cell else ""
