"""Time as the two vendors write it.

Instants are kept in UTC at second precision; only the text differs: Salesforce's own form is stored as it is sent,
Pardot's is stored with a `Z` and shown in the API user's zone.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import formatdate, parsedate_to_datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pardotflow.emulator.problem import EmulatorError

_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")


def salesforce_stamp(moment: datetime) -> str:
    """`2021-12-02T18:23:39.000+0000`, always UTC; it sorts as time does, in all years."""
    return moment.astimezone(UTC).isoformat()[:19] + ".000+0000"


def pardot_stamp(moment: datetime) -> str:
    """The stored form `2021-12-02T18:23:39Z`; it sorts as time does, in all years."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def from_epoch(seconds: float) -> datetime:
    """An aware UTC instant of Unix seconds."""
    return datetime.fromtimestamp(seconds, UTC)


def parse_instant(text: str, zone: tzinfo = UTC) -> datetime | None:
    """Read a date-time of any common layout; without an offset it is one of `zone`. None where it is none."""
    plain = text.strip()
    try:
        moment = datetime.fromisoformat(plain.removesuffix(" UTC"))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC if plain.endswith(" UTC") else zone)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def http_date(seconds: float) -> str:
    """`Thu, 02 Dec 2021 18:23:39 GMT`."""
    return _http_date(int(seconds))


@lru_cache(maxsize=1024)
def _http_date(seconds: int) -> str:
    return formatdate(seconds, usegmt=True)


def parse_http_date(text: str) -> datetime | None:
    """The instant of an HTTP date header; None where it cannot be read."""
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@lru_cache(maxsize=32)
def read_zone(name: str) -> tzinfo:
    """A zone from `-07:00` or an IANA name; raises `EmulatorError` for anything else."""
    match = _OFFSET.fullmatch(name)
    try:
        if match:
            sign = -1 if match[1] == "-" else 1
            return timezone(sign * timedelta(hours=int(match[2]), minutes=int(match[3])))
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as cause:
        raise EmulatorError(f"{name!r} is neither an offset like -07:00 nor a time zone name") from cause


@lru_cache(maxsize=65536)
def show_pardot_time(stored: str | None, zone: str) -> str | None:
    """A stored instant in the API user's zone: `2025-05-16T11:27:08-07:00`. Other text is shown as it is."""
    if stored is None:
        return None
    moment = parse_instant(stored)
    try:
        return stored if moment is None else moment.astimezone(read_zone(zone)).isoformat(timespec="seconds")
    except OverflowError:
        return stored
