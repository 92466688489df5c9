"""Which rows no request to a business unit can carry.

Limits: a batch of an import is under 10 MB, an uploaded file 50 MB (Account Engagement API, "Import", error 204). For a
single record the vendor names no limit; the one of a file is taken.
"""

import json

from pardotflow.connectors.own_codes import ROW_TOO_LARGE, refused_row
from pardotflow.connectors.protocol import Batch, Row, RowResult

MOST_BODY = 50_000_000
_FRAME = 20_000
"""More than a header, an id and the commas of an import take."""


def unsendable_rows(batch: Batch, import_batch_bytes: int) -> tuple[RowResult, ...]:
    """A refusal for each row that is too large for every request of this kind."""
    most = import_batch_bytes if batch.operation.is_import else MOST_BODY
    rows = (row for row in batch.rows if batch.operation.has_values and _size(row, most) > most)
    return tuple(
        refused_row(row, ROW_TOO_LARGE, f"it is larger than the {most:,} bytes that a request takes") for row in rows
    )


def _size(row: Row, most: int) -> int:
    """Bytes of the values, or a bound of them that is small enough."""
    chars = sum(len(str(value)) + len(name) + 8 for name, value in row.values.items())
    if chars * 6 + _FRAME <= most:
        return chars
    return len(json.dumps(dict(row.values), ensure_ascii=False).encode())
