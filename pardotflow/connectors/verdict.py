"""What an answer of a vendor means for us, decided by its code and never by its English text.

The tables of codes live beside each connector; the words that they use are here. A verdict says who is at fault and
thereby who acts: the caller (ROW, REQUEST), the token (SIGN_IN), or patience (BUSY, TROUBLE, QUOTA).
"""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """The closed list of what a refusal is about."""

    ROW = "row"
    """One record: other records are not affected."""
    REQUEST = "request"
    """The request as a whole: rights, configuration, or a fault of ours."""
    SIGN_IN = "sign_in"
    """The access token is not accepted; nothing was done."""
    BUSY = "busy"
    """Too much at once; nothing was done, so that every request may be repeated after a wait."""
    TROUBLE = "trouble"
    """The server broke; whether a write was done is not known."""
    QUOTA = "quota"
    """The day's allowance is used up; nothing was done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorCode:
    """One code of a vendor: what it is about, whether the same row may succeed later untouched, and the way out. `soon`
    says that later may be in seconds: another writer was at the record."""

    code: str
    about: Verdict
    transient: bool = False
    soon: bool = False
    way_out: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorError:
    """A refusal as the vendor wrote it. `code` is empty where the body carries none."""

    code: str = ""
    message: str = ""
    fields: tuple[str, ...] = ()


def code_table(*codes: VendorCode) -> dict[str, VendorCode]:
    """Codes by name; a name that stands twice is a fault of the table."""
    table = {c.code: c for c in codes}
    if len(table) != len(codes):
        raise ValueError("a vendor code stands twice in its table")
    return table
