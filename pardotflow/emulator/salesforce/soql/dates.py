"""Date keywords of SOQL (`TODAY`, `LAST_N_DAYS:30`) as ranges of days.

A keyword is a half-open range [start, end) of UTC days; a comparison asks on which side of the range a value lies.
Weeks begin on Sunday, and a fiscal year is a calendar year.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

_DAYS = {"TODAY": 0, "YESTERDAY": -1, "TOMORROW": 1}
_WORD = re.compile(r"(THIS|LAST|NEXT)_((?:FISCAL_)?[A-Z]+)")
_COUNTED = re.compile(r"(LAST|NEXT)_N_((?:FISCAL_)?[A-Z]+)S:(\d+)|N_((?:FISCAL_)?[A-Z]+)S_AGO:(\d+)")
_NINETY = {"LAST_90_DAYS": "LAST_N_DAYS:90", "NEXT_90_DAYS": "NEXT_N_DAYS:90"}


def keyword_range(keyword: str, today: date) -> tuple[date, date] | None:
    """The range of a keyword, or None for one that is not known or leaves the calendar."""
    try:
        return _range(_NINETY.get(keyword, keyword), today)
    except (OverflowError, ValueError):
        return None


def _range(keyword: str, today: date) -> tuple[date, date] | None:
    if keyword in _DAYS:
        return _periods("DAY", _DAYS[keyword], _DAYS[keyword] + 1, today)
    plain = _WORD.fullmatch(keyword)
    if plain and plain[2] != "DAY":
        start = {"LAST": -1, "THIS": 0, "NEXT": 1}[plain[1]]
        return _periods(plain[2], start, start + 1, today)
    counted = _COUNTED.fullmatch(keyword)
    if counted is None:
        return None
    if counted[4]:
        return _periods(counted[4], -int(counted[5]), 1 - int(counted[5]), today)
    unit, count = counted[2], int(counted[3])
    if counted[1] == "NEXT":
        return _periods(unit, 1, count + 1, today)
    return _periods(unit, -count, 1 if unit == "DAY" else 0, today)


def _periods(unit: str, first: int, end: int, today: date) -> tuple[date, date] | None:
    """From the start of one period to the start of another, both counted from the present one."""
    start_of = _STARTS.get(unit.removeprefix("FISCAL_"))
    if start_of is None or unit in {"FISCAL_DAY", "FISCAL_WEEK", "FISCAL_MONTH"}:
        return None
    return start_of(today, first), start_of(today, end)


def _week(today: date, count: int) -> date:
    return today + timedelta(days=7 * count - today.isoweekday() % 7)


def _month(today: date, count: int) -> date:
    years, month = divmod(today.month - 1 + count, 12)
    return date(today.year + years, month + 1, 1)


def _quarter(today: date, count: int) -> date:
    return _month(today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1), 3 * count)


_STARTS: dict[str, Callable[[date, int], date]] = {
    "DAY": lambda today, count: today + timedelta(days=count),
    "WEEK": _week,
    "MONTH": _month,
    "QUARTER": _quarter,
    "YEAR": lambda today, count: date(today.year + count, 1, 1),
}
