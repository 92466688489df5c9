"""Refusals of our own: rows that no request can carry, so that nothing of them is ever sent.

They stand beside the vendors' codes and are explained like them.
"""

from pardotflow.connectors.protocol import Row, RowResult
from pardotflow.connectors.verdict import VendorCode, Verdict, code_table

ROW_TOO_LARGE = "ROW_TOO_LARGE"
FIELD_TOO_LARGE = "FIELD_TOO_LARGE"

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
)


def refused_row(row: Row, code: str, message: str, fields: tuple[str, ...] = ()) -> RowResult:
    """The result of a row that is not sent."""
    return RowResult(
        key=row.key, ok=False, id=row.id, created=False, error_code=code, error_message=message, error_fields=fields
    )
