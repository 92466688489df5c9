"""What the SQL of every connection can call: text without regard to case, and stamps in a time zone.

Without case a letter counts as its upper case, and order is that of the code points of the upper case: the rule of the
SOQL reference for English locales. SQLite's own NOCASE knows A to Z only, but columns have it because it needs no call
into Python: for a value of ASCII characters both mean the same, so that equality goes through an index.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from functools import lru_cache

from pardotflow.emulator.clock import read_zone
from pardotflow.emulator.problem import EmulatorError

_STAMP = "%Y-%m-%dT%H:%M:%S.000+0000"
_CASED = range(0x20000)  # no letter beyond has a case


@lru_cache(maxsize=1)
def _upper_cases() -> dict[int, str]:
    """Letter to letter: one that would become two (ß) stays, and so does one that would become one of ASCII (ı)."""
    pairs = ((chr(code), chr(code).upper()) for code in _CASED)
    same_kind = ((one, upper) for one, upper in pairs if len(upper) == 1 and one.isascii() == upper.isascii())
    return {ord(one): upper for one, upper in same_kind if one != upper}


def fold(text: str) -> str:
    """What a text is compared by."""
    return text.upper() if text.isascii() else text.translate(_upper_cases())


def _folded(value: str | float | None) -> str | float | None:
    return fold(value) if isinstance(value, str) else value


def _compare(one: str, other: str) -> int:
    first, second = fold(one), fold(other)
    return (first > second) - (first < second)


@lru_cache(maxsize=65536)
def _in_zone(stamp: str | None, zone: str) -> str | None:
    """A stored date-time of Salesforce in another zone, in the same layout; one that is unknown is UTC."""
    if stamp is None:
        return None
    try:
        return datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC).astimezone(read_zone(zone)).strftime(_STAMP)
    except (ValueError, OverflowError, EmulatorError):
        return stamp


def add_functions(db: sqlite3.Connection) -> None:
    """Give a connection `folded(x)`, `in_zone(stamp, zone)`, and the collation `FOLDED` for `min` and `max`."""
    db.create_function("folded", 1, _folded, deterministic=True)
    db.create_function("in_zone", 2, _in_zone, deterministic=True)
    db.create_collation("FOLDED", _compare)
