"""Values as FORMAT of SOQL shows them: the way of the locale en_US, which every user of a new org has.

The reference gives examples of a date-time (`4/10/2025, 3:31 PM`), a date and a currency (`$44,000.00`); numbers and
percentages in the same way, with the decimals of the field, are assumed.
"""

from __future__ import annotations

from datetime import date, datetime

from pardotflow.emulator.salesforce.records.fields import Field

_DOLLAR_DECIMALS = 2


def format_value(field: Field, value: object) -> str | None:
    """A stored value, its date-time already in the user's zone, as text."""
    if value is None:
        return None
    if isinstance(value, str):
        return _format_day(value) if field.type == "date" else _format_time(value)
    if not isinstance(value, (int, float)):
        return str(value)
    if field.type == "currency":
        return f"{'-' if value < 0 else ''}${abs(value):,.{field.scale or _DOLLAR_DECIMALS}f}"
    shown = f"{value:,.{0 if field.type == 'int' else field.scale}f}"
    return f"{shown}%" if field.type == "percent" else shown


def _format_day(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day.month}/{day.day}/{day.year}"


def _format_time(text: str) -> str:
    moment = datetime.fromisoformat(text)
    return f"{_format_day(text[:10])}, {moment.hour % 12 or 12}:{moment.minute:02} {'AM' if moment.hour < 12 else 'PM'}"
