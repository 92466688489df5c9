"""Date keywords of SOQL (`TODAY`, `LAST_N_DAYS:30`) as ranges of days.

A keyword is a half-open range [start, end) of UTC days; a comparison asks on which side of the range a value lies.
"""

from __future__ import annotations

from datetime import date, timedelta


def keyword_range(keyword: str, today: date) -> tuple[date, date] | None:
    """The range of a keyword, or None for one that is not known."""
    word, _, count = keyword.partition(":")
    if count:
        return _counted(word, int(count), today)
    day = timedelta(days=1)
    week = today - timedelta(days=(today.weekday() + 1) % 7)
    month = today.replace(day=1)
    ranges = {
        "TODAY": (today, today + day),
        "YESTERDAY": (today - day, today),
        "TOMORROW": (today + day, today + 2 * day),
        "THIS_WEEK": (week, week + 7 * day),
        "LAST_WEEK": (week - 7 * day, week),
        "NEXT_WEEK": (week + 7 * day, week + 14 * day),
        "THIS_MONTH": (month, _months(month, 1)),
        "LAST_MONTH": (_months(month, -1), month),
        "NEXT_MONTH": (_months(month, 1), _months(month, 2)),
        "LAST_90_DAYS": (today - 90 * day, today + day),
        "NEXT_90_DAYS": (today + day, today + 91 * day),
        "THIS_YEAR": (date(today.year, 1, 1), date(today.year + 1, 1, 1)),
        "LAST_YEAR": (date(today.year - 1, 1, 1), date(today.year, 1, 1)),
        "NEXT_YEAR": (date(today.year + 1, 1, 1), date(today.year + 2, 1, 1)),
    }
    return ranges.get(word)


def _counted(word: str, count: int, today: date) -> tuple[date, date] | None:
    day = timedelta(days=1)
    month = today.replace(day=1)
    counted = {
        "LAST_N_DAYS": (today - count * day, today + day),
        "NEXT_N_DAYS": (today + day, today + (count + 1) * day),
        "N_DAYS_AGO": (today - count * day, today - (count - 1) * day),
        "LAST_N_MONTHS": (_months(month, -count), month),
        "NEXT_N_MONTHS": (_months(month, 1), _months(month, count + 1)),
    }
    return counted.get(word)


def _months(first: date, count: int) -> date:
    """The first day of the month `count` months away."""
    years, month = divmod(first.month - 1 + count, 12)
    return date(first.year + years, month + 1, 1)
