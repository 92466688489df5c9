"""Which rows no request to a business unit can carry.

Limits: a batch of an import is under 10 MB, an uploaded file 50 MB (Account Engagement API, "Import", error 204). For a
single record the vendor names no limit; the one of a file is taken.
"""

import json
from dataclasses import dataclass

from pardotflow.connectors.own_codes import ROW_TOO_LARGE, refused_row
from pardotflow.connectors.protocol import Batch, Row, RowResult

MOST_BODY = 50_000_000
_FRAME = 20_000
"""More than a header, an id and the commas of an import take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OlderLimits:
    """Limits of versions 3 and 4, where a record travelled in an address; off in version 5, where 0 stands for none.

    `row_chars` is the longest record as JSON (7,500 there), `payload_rows` the most rows of one import (5,000 there).
    """

    row_chars: int = 0
    payload_rows: int = 0


def unsendable_rows(batch: Batch, import_batch_bytes: int, older: OlderLimits) -> tuple[RowResult, ...]:
    """A refusal for each row that is too large for every request of this kind."""
    if not batch.operation.has_values:
        return ()
    most = import_batch_bytes if batch.operation.is_import else MOST_BODY
    found = []
    for row in batch.rows:
        if _size(row, most) > most:
            message = f"it is larger than the {most:,} bytes that a request takes"
        elif older.row_chars and len(json.dumps(dict(row.values), ensure_ascii=False)) > older.row_chars:
            message = f"it is longer than {older.row_chars:,} characters as JSON"
        else:
            continue
        found.append(refused_row(row, ROW_TOO_LARGE, message))
    return tuple(found)


def _size(row: Row, most: int) -> int:
    """Bytes of the values, or a bound of them that is small enough."""
    chars = sum(len(str(value)) + len(name) + 8 for name, value in row.values.items())
    if chars * 6 + _FRAME <= most:
        return chars
    return len(json.dumps(dict(row.values), ensure_ascii=False).encode())
