"""Which recorded requests are asked for: over the admin endpoint and on the command line alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pardotflow.emulator.problem import EmulatorError
from pardotflow.emulator.troubles import SYSTEMS


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """The conditions, all of which hold; `dropped` wants requests whose connection was closed without an answer."""

    since: int = 0
    limit: int | None = None
    system: str | None = None
    method: str | None = None
    path: re.Pattern[str] | None = None
    lowest_status: int | None = None
    highest_status: int | None = None
    dropped: bool = False

    def to_sql(self) -> tuple[str, list[object]]:
        """The conditions that the data file can check, with their values."""
        conditions, values = ["n > ?"], list[object]([self.since])
        for name, wanted in (("system", self.system), ("method", self.method)):
            if wanted is not None:
                conditions.append(f"{name} = ?")
                values.append(wanted)
        if self.lowest_status is not None:
            conditions.append("status BETWEEN ? AND ?")
            values += [self.lowest_status, self.highest_status]
        if self.dropped:
            conditions.append("status IS NULL")
        return " AND ".join(conditions), values


def read_filter(arguments: Mapping[str, str | None]) -> Filter:
    """A filter from `since`, `limit`, `system`, `method`, `path` and `status`; raises `EmulatorError`."""
    given = {name: text for name, text in arguments.items() if text is not None}
    system, method = given.get("system"), given.get("method")
    if system is not None and system not in SYSTEMS:
        raise EmulatorError(f"system is {', '.join(SYSTEMS)}, not {system!r}")
    lowest, highest, dropped = _read_status(given.get("status"))
    return Filter(
        since=_number(given, "since", 0),
        limit=_number(given, "limit", 0) if "limit" in given else None,
        system=system,
        method=None if method is None else method.upper(),
        path=_pattern(given["path"]) if "path" in given else None,
        lowest_status=lowest,
        highest_status=highest,
        dropped=dropped,
    )


def _read_status(text: str | None) -> tuple[int | None, int | None, bool]:
    """`404`, `4xx`, or `none` for a connection that was dropped."""
    if text is None or text == "none":
        return None, None, text == "none"
    if not re.fullmatch(r"[1-5](\d\d|xx)", text):
        raise EmulatorError(f"status is a number like 404, a class like 4xx, or none, not {text!r}")
    return int(text.replace("x", "0")), int(text.replace("x", "9")), False


def _number(given: Mapping[str, str], name: str, default: int) -> int:
    text = given.get(name)
    if text is None:
        return default
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise EmulatorError(f"{name} must be a number, not {text!r}")
    return int(text)


def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as cause:
        raise EmulatorError(f"path is no regular expression: {cause}") from cause
