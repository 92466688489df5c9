"""Refusals of our own: rows that no request can carry, and rows that a job never came to. Nothing of them was written.

They stand beside the vendors' codes and are explained like them.
"""

from pardotflow.connectors.cause import Cause
from pardotflow.connectors.protocol import Row, RowResult
from pardotflow.connectors.verdict import VendorCode, Verdict, code_table

ROW_TOO_LARGE = "ROW_TOO_LARGE"
FIELD_TOO_LARGE = "FIELD_TOO_LARGE"
NOT_PROCESSED = "NOT_PROCESSED"

CODES = code_table(
    VendorCode(
        code=ROW_TOO_LARGE,
        about=Verdict.ROW,
        way_out="it was not sent, since no request can carry it: map fewer or shorter fields of this record",
    ),
    VendorCode(
        code=FIELD_TOO_LARGE,
        about=Verdict.ROW,
        way_out="it was not sent, since no request can carry the value: shorten it, or declare too_long: cut",
    ),
    VendorCode(
        code=NOT_PROCESSED,
        about=Verdict.ROW,
        transient=True,
        way_out="the job was stopped before it came to this row, so nothing of it was written: plan again",
    ),
)

CAUSES_OF = {ROW_TOO_LARGE: Cause.DATA, FIELD_TOO_LARGE: Cause.DATA, NOT_PROCESSED: Cause.TRANSIENT}


def refused_row(row: Row, code: str, message: str, fields: tuple[str, ...] = ()) -> RowResult:
    """The result of a row that is not sent."""
    return RowResult(
        key=row.key, ok=False, id=row.id, created=False, error_code=code, error_message=message, error_fields=fields
    )
