"""Numbers and names as a person reads them: thousands, plural forms, shares, times, systems.

English only and without regard to the machine's locale, so that the same plan reads the same everywhere.
"""

import math
from collections.abc import Iterable

_SYSTEMS = {"salesforce": "Salesforce", "pardot": "Pardot", "warehouse": "Warehouse"}


def number(n: int) -> str:
    """`3412` as `3,412`."""
    return f"{n:,}"


def plural(n: int, one: str, many: str = "") -> str:
    """The count and its noun: `1 record`, `3,412 records`; `many` where the plural is irregular."""
    return f"{number(n)} {one if n == 1 else many or many_of(one)}"


def many_of(noun: str) -> str:
    """The plural of a noun or of an object's API name; custom objects (`Thing__c`) keep their name."""
    if noun.endswith("__c") or not noun[-1:].isalpha():
        return noun
    if noun.endswith("y") and noun[-2:-1].lower() not in tuple("aeiou"):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "ch", "sh")) else f"{noun}s"


def objects(n: int, name: str) -> str:
    """An object's name beside a count that stands elsewhere: `prospect` for one, `prospects` for more."""
    return name if n == 1 else many_of(name)


def system_name(system: str) -> str:
    """`salesforce` as `Salesforce`; the name of any other connection as it was written."""
    return _SYSTEMS.get(system, system)


def system_object(system: str, name: str) -> str:
    """Where a record lives: `Salesforce Contact`."""
    return f"{system_name(system)} {name}".strip()


def percent(part: int, whole: int) -> str:
    """A share with as many digits as matter: `under 0.1%`, `1.5%`, `42%`; empty where there is no whole."""
    if whole <= 0:
        return ""
    share = 100 * part / whole
    if 0 < share < 0.1:
        return "under 0.1%"
    return f"{share:.1f}%" if 0 < share < 9.95 else f"{share:.0f}%"


def duration(seconds: float) -> str:
    """A time that somebody waited: `0.4 s`, `12 s`, `1 min 12 s`, `2 h 5 min`."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def about(seconds: float, *, exact: bool = False) -> str:
    """A time that something will take: `2 s`, `under a minute`, `about 12 min`, `about 2 h 5 min`; to the second where
    `exact`."""
    whole = math.ceil(seconds)
    if exact or whole < 30:
        return f"{whole} s" if whole < 60 else duration(whole)
    if whole < 60:
        return "under a minute"
    return f"about {duration(math.ceil(whole / 60) * 60)}"


def bytes_text(size: int) -> str:
    """`84 bytes`, `1.2 KB`, `35 MB`, in thousands."""
    for unit, one in (("GB", 10**9), ("MB", 10**6), ("KB", 10**3)):
        if size >= one:
            return f"{size / one:.1f} {unit}" if size < 9.95 * one else f"{size / one:,.0f} {unit}"
    return plural(size, "byte")


def minute(stamp: str) -> str:
    """`2026-11-21T05:16:07Z` as `2026-11-21 05:16 UTC`."""
    date, middle, time = stamp.partition("T")
    return f"{date} {time[:5]} UTC" if middle else stamp


def listed(parts: Iterable[str]) -> str:
    """Names in a row: `a`, `a and b`, `a, b and c`."""
    every = list(parts)
    return " and ".join(part for part in (", ".join(every[:-1]), *every[-1:]) if part)
