"""JSON values on their way into a field: read by type, trimmed, and refused where the platform refuses them.

What comes out is what is stored and what a later read shows; nothing else touches a value.
"""

from __future__ import annotations

import re
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from pardotflow.emulator.clock import parse_instant, salesforce_stamp
from pardotflow.emulator.ids import to_18
from pardotflow.emulator.salesforce.errors import Problem, SalesforceError
from pardotflow.emulator.salesforce.records.fields import NUMBER_TYPES, Field
from pardotflow.emulator.salesforce.records.record_ids import wrong_id
from pardotflow.emulator.switches import Switches

_EMAIL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?", re.ASCII)
_JSON_NAMES = {
    bool: "VALUE_TRUE",
    int: "VALUE_NUMBER_INT",
    float: "VALUE_NUMBER_FLOAT",
    list: "START_ARRAY",
    str: "VALUE_STRING",
    type(None): "VALUE_NULL",
}
_PARSER_NAMES = {"datetime": "datetime", "int": "int", "boolean": "boolean", "date": "date"}


class BadValue(Exception):
    """A value that a field refuses."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def read_value(field: Field, raw: object, switches: Switches) -> object:
    """The stored form of a JSON value; raises `BadValue`. An empty string is null."""
    if field.type == "boolean":
        return _read_boolean(field, raw, switches)
    if raw is None or raw == "":
        return None
    if field.is_text:
        return _read_text(field, raw, switches)
    if field.type in NUMBER_TYPES or field.type == "int":
        return _read_number(field, raw)
    if field.type == "date":
        return _read_date(field, raw)
    if field.type == "datetime":
        return salesforce_stamp(_read_instant(field, raw))
    return _read_reference(field, raw)


def _unreadable(field: Field, raw: object) -> BadValue:
    wanted = _PARSER_NAMES.get(field.type, "double" if field.type in NUMBER_TYPES else "string")
    kind = _JSON_NAMES.get(type(raw), "START_OBJECT")
    shown = f" value {raw}" if isinstance(raw, (str, int, float)) else ""
    message = (
        f"Cannot deserialize instance of {wanted} from {kind}{shown} or request may be missing a required field"
        f" at [line:1, column:1] ({field.name})"
    )
    return BadValue(Problem(code="JSON_PARSER_ERROR", message=message))


def _refused(field: Field, code: str, message: str) -> BadValue:
    return BadValue(Problem(code=code, message=f"{field.label}: {message}", fields=(field.name,)))


def _read_boolean(field: Field, raw: object, switches: Switches) -> int:
    if raw is None and switches.boolean_null == "false":
        return 0
    if isinstance(raw, str) and raw.lower() in {"true", "false"}:
        return int(raw.lower() == "true")
    if not isinstance(raw, bool):
        raise _unreadable(field, raw)
    return int(raw)


def _read_text(field: Field, raw: object, switches: Switches) -> str | None:
    if not isinstance(raw, str):
        raise _unreadable(field, raw)
    text = (raw.strip() if switches.trim_text else raw) or None
    if text is None:
        return None
    if field.length and len(text) > field.length:
        raise _refused(field, "STRING_TOO_LONG", f"data value too large: {text} (max length={field.length})")
    if field.type == "email" and not _EMAIL.fullmatch(text):
        raise _refused(field, "INVALID_EMAIL_ADDRESS", f"invalid email address: {text}")
    if field.restricted:
        _check_picklist(field, text)
    return text


def _check_picklist(field: Field, text: str) -> None:
    chosen = text.split(";") if field.type == "multipicklist" else [text]
    known = {value.lower() for value in field.picklist}
    for value in chosen:
        if value.lower() not in known:
            raise _refused(
                field, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", f"bad value for restricted picklist field: {value}"
            )


def _read_number(field: Field, raw: object) -> int | float:
    if isinstance(raw, bool) or not isinstance(raw, (int, float, str)):
        raise _unreadable(field, raw)
    text = str(raw).strip()
    number = Decimal(text) if _NUMBER.fullmatch(text) else None
    if number is None or (field.type == "int" and number != number.to_integral_value()):
        raise _unreadable(field, raw)
    whole = field.digits if field.type == "int" else (field.precision or 18) - field.scale
    if abs(number) >= Decimal(10) ** whole:
        raise _refused(field, "NUMBER_OUTSIDE_VALID_RANGE", f"value outside of valid range on numeric field: {raw}")
    if field.type == "int":
        return int(number)
    return float(number.quantize(Decimal(1).scaleb(-field.scale), rounding=ROUND_HALF_UP))


def _read_date(field: Field, raw: object) -> str:
    """A day, or the day that a date-time begins with."""
    _read_instant(field, raw)
    return str(raw)[:10]


def _read_instant(field: Field, raw: object) -> datetime:
    moment = parse_instant(raw) if isinstance(raw, str) and _INSTANT.fullmatch(raw) else None
    if moment is None:
        raise _unreadable(field, raw)
    return moment


def _read_reference(field: Field, raw: object) -> str:
    known = to_18(raw) if isinstance(raw, str) else None
    if known is None:
        raise BadValue(wrong_id(field.label, raw, field.name))
    return known


def read_key(key: Field, value: object, switches: Switches) -> object:
    """The value that a record is named by, in its stored form; raises `SalesforceError`."""
    try:
        return read_value(key, value, switches)
    except BadValue as bad:
        raise SalesforceError(400, bad.problem) from None
