"""How large rows are, which of them no request can carry, and how a batch is cut so that every request is one that can.

Limits: 50 MB a request body (not confirmed), 131,072 characters a field, 400,000 characters a record of Bulk 2.0 ("Bulk
API 2.0 Limits"). No address grows with its rows beyond 200 ids, which is a quarter of what an org takes.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from pardotflow.connectors.own_codes import FIELD_TOO_LARGE, ROW_TOO_LARGE, refused_row
from pardotflow.connectors.protocol import Batch, Row, RowResult, Value
from pardotflow.connectors.salesforce.prices import JOB_BYTES

MOST_BODY = 50_000_000
MOST_FIELD_CHARS = 131_072
MOST_RECORD_CHARS = 400_000
_ROW_FRAME, _BODY_FRAME = 200, 100
_SMALL = 10_000
_LONGEST_ESCAPE = 6
"""A control character as JSON writes it, in bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """The most bytes of one request's body and of one job's file."""

    body: int = MOST_BODY
    job: int = JOB_BYTES


def json_size(row: Row) -> int:
    """Bytes of a row in a request, or a little more: exact where it matters."""
    chars = _chars(row)
    if chars <= _SMALL:
        return _ROW_FRAME + chars * _LONGEST_ESCAPE
    return _ROW_FRAME + sum(len(json.dumps([n, v], ensure_ascii=False).encode()) for n, v in row.values.items())


def split_rows(batch: Batch, most_rows: int, most_size: int, size_of: Callable[[Row], int]) -> Iterator[Batch]:
    """Batches of at most so many rows and bytes, in order, full before the next one begins."""
    rows: list[Row] = []
    size = _BODY_FRAME
    for row in batch.rows:
        own = size_of(row)
        if rows and (len(rows) == most_rows or size + own > most_size):
            yield replace(batch, rows=tuple(rows))
            rows, size = [], _BODY_FRAME
        rows.append(row)
        size += own
    if rows:
        yield replace(batch, rows=tuple(rows))


def unsendable_rows(batch: Batch, sizes: Sizes) -> tuple[RowResult, ...]:
    """A refusal for each row that is too large for every request of this kind."""
    most = sizes.job if batch.operation.is_job else sizes.body
    return tuple(found for row in batch.rows if (found := _refused(batch, row, most)) is not None)


def _refused(batch: Batch, row: Row, most: int) -> RowResult | None:
    chars = _chars(row)
    if chars <= min(MOST_FIELD_CHARS, (most - _ROW_FRAME - _BODY_FRAME) // _LONGEST_ESCAPE):
        return None
    long = tuple(sorted(n for n, v in row.values.items() if _length(v) > MOST_FIELD_CHARS))
    if long:
        return refused_row(
            row,
            FIELD_TOO_LARGE,
            f"{', '.join(long)} is longer than the {MOST_FIELD_CHARS:,} characters that Salesforce takes for a field",
            long,
        )
    if batch.operation.is_job and chars > MOST_RECORD_CHARS:
        return refused_row(
            row, ROW_TOO_LARGE, f"it has {chars:,} characters, and Bulk 2.0 takes {MOST_RECORD_CHARS:,} for a record"
        )
    if _BODY_FRAME + json_size(row) > most:
        return refused_row(row, ROW_TOO_LARGE, f"it is larger than the {most:,} bytes that a request takes")
    return None


def _chars(row: Row) -> int:
    return sum(len(name) + _length(value) + 8 for name, value in row.values.items())


def _length(value: Value) -> int:
    """Characters of a value as it travels."""
    if value is None or isinstance(value, int | float):
        return 24
    return len(value) if isinstance(value, str) else sum(len(v) + 1 for v in value)
