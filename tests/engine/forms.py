"""The forms in which values are compared, a second time, in plain Python.

Written from the words of the design alone, so that a mistake in the SQL cannot be made here again by copying.
"""

import re
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal

from pardotflow.core.values import FieldType

Form = str | Decimal | bool | date | datetime | frozenset[str] | None
"""What two equal values have in common; None is blank."""

TEXTS = frozenset(
    (
        FieldType.TEXT,
        FieldType.TEXTAREA,
        FieldType.PHONE,
        FieldType.URL,
        FieldType.PICKLIST,
        FieldType.ARRAY,
        FieldType.UNKNOWN,
    )
)
_WHITE = " \t\r\n"
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}


class Unreadable(ValueError):
    """A text that is no value of its type."""


def common_type(a: FieldType, b: FieldType) -> FieldType:
    """The stricter of two types: a text gives way to everything, a time to a date, an integer to a number."""
    if a == b:
        return a
    if a in TEXTS and b in TEXTS:
        return FieldType.TEXT
    if a in TEXTS:
        return b
    if b in TEXTS:
        return a
    if a.is_number and b.is_number:
        return FieldType.NUMBER
    if {a, b} == {FieldType.DATE, FieldType.DATETIME}:
        return FieldType.DATE
    raise ValueError(f"{a} and {b} cannot be compared")


def form_of(value: str | None, kind: FieldType, *, is_checkbox: bool = False) -> Form:
    """The form of one value; raises Unreadable. `is_checkbox` says that the Salesforce side of the pair is a boolean,
    for which blank and false are one."""
    text = unicodedata.normalize("NFC", value).rstrip(_WHITE) if value is not None else ""
    if not text:
        return False if is_checkbox else None
    if kind in TEXTS:
        return text
    if kind is FieldType.EMAIL:
        return text.strip(_WHITE).lower()
    if kind is FieldType.ID:
        return id_form(value.strip(_WHITE) if value else "")
    if kind is FieldType.BOOLEAN:
        return _boolean(text)
    if kind.is_number:
        return _number(text)
    if kind is FieldType.MULTIPICKLIST:
        return frozenset(p for part in text.split(";") if (p := part.strip())) or None
    return _date(text) if kind is FieldType.DATE else _datetime(text)


def id_form(text: str) -> str:
    """A Salesforce id of 15 or 18 characters as its 18 characters; any other text as it is, in lower case."""
    if re.fullmatch(r"[0-9A-Za-z]{15}", text) is None:
        return text.lower()
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    bits = (sum(1 << n for n, c in enumerate(text[i : i + 5]) if "A" <= c <= "Z") for i in (0, 5, 10))
    return (text + "".join(alphabet[b] for b in bits)).lower()


def _boolean(text: str) -> bool:
    known = _BOOLEANS.get(text.strip().lower())
    if known is None:
        raise Unreadable(text)
    return known


def _number(text: str) -> Decimal:
    if _NUMBER.fullmatch(text.strip()) is None:
        raise Unreadable(text)
    return Decimal(text.strip())


def _date(text: str) -> date:
    return _datetime(text).date()


def _datetime(text: str) -> datetime:
    """In UTC, to the second; a text without a zone is in UTC."""
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError as trouble:
        raise Unreadable(text) from trouble
    aware = read.replace(tzinfo=UTC) if read.tzinfo is None else read
    return aware.astimezone(UTC).replace(microsecond=0)
