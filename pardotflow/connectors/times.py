"""Moments as the vendors write them.

Inside the project every moment is aware and in UTC; both vendors keep whole seconds.
"""

from datetime import UTC, datetime


def parse_time(text: str) -> datetime:
    """`2021-12-02T18:23:39.000+0000` or `2025-05-16T11:27:08-07:00`; raises ValueError for others or without offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no offset")
    return moment.astimezone(UTC)


def format_offset_time(moment: datetime) -> str:
    """In UTC with the offset in digits, cut to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")
