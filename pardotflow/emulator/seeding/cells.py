"""CSV cells of exports into stored values, by type.

A reader raises `ValueError` for a cell that it cannot read; text is never changed.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

from pardotflow.emulator.clock import pardot_stamp, parse_instant, salesforce_stamp
from pardotflow.emulator.ids import to_18
from pardotflow.emulator.pardot.schema.objects import Attribute
from pardotflow.emulator.salesforce.records.fields import NUMBER_TYPES, Field

Read = Callable[[str], Any]
_MOST = 10**18
_TRUE = {"true", "1", "t", "yes", "y"}
_FALSE = {"false", "0", "f", "no", "n"}


def salesforce_reader(field: Field) -> Read | None:
    """How the cells of a Salesforce column are read; None for text."""
    if field.type in {"id", "reference"}:
        return _read_id
    if field.type in NUMBER_TYPES:
        return _read_float
    readers: dict[str, Read] = {
        "boolean": _read_boolean,
        "int": _read_integer,
        "date": _read_date,
        "datetime": _read_salesforce_time,
        "anyType": json.dumps,
    }
    return readers.get(field.type)


def pardot_reader(attribute: Attribute) -> Read | None:
    """How the cells of a Pardot column are read; None for text.

    A Salesforce id stays in the form in which it stands, of 15 or of 18 characters.
    """
    readers: dict[str, Read] = {
        "boolean": _read_boolean,
        "integer": _read_integer,
        "float": _read_float,
        "number": _read_number,
        "datetime": _read_pardot_time,
        "array": _read_array,
    }
    return readers.get(attribute.type)


def _read_id(text: str) -> str:
    """An id in its long form; anything else as it is."""
    return to_18(text) or text


def _read_boolean(text: str) -> int:
    lower = text.strip().lower()
    if lower not in _TRUE | _FALSE:
        raise ValueError(text)
    return int(lower in _TRUE)


def _read_integer(text: str) -> int:
    value = _read_float(text) if "." in text else int(text)
    if value != int(value) or not abs(value) < _MOST:
        raise ValueError(text)
    return int(value)


def _read_float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def _read_number(text: str) -> int | float:
    return int(text) if re.fullmatch(r"[+-]?\d{1,18}", text) else _read_float(text)


def _read_date(text: str) -> str:
    return date.fromisoformat(text.strip()[:10]).isoformat()


@lru_cache(maxsize=65536)
def _read_salesforce_time(text: str) -> str:
    moment = parse_instant(text)
    if moment is None:
        raise ValueError(text)
    return salesforce_stamp(moment)


@lru_cache(maxsize=65536)
def _read_pardot_time(text: str) -> str:
    moment = parse_instant(text)
    if moment is None:
        raise ValueError(text)
    return pardot_stamp(moment)


def _read_array(text: str) -> str:
    if text.startswith("["):
        return json.dumps(json.loads(text), ensure_ascii=False)
    return json.dumps([part.strip() for part in text.split(";") if part.strip()], ensure_ascii=False)
