"""The emulator's clock: the machine's with an offset, or one instant for as long as it is frozen.

It stands in the data file, so all processes that serve the file and all later runs have the same time.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pardotflow.emulator.clock import from_epoch, parse_instant
from pardotflow.emulator.datafile import DataFile
from pardotflow.emulator.problem import EmulatorError

_KEYS = {"now", "offset", "advance", "frozen"}
_LATEST = 253_370_764_800.0  # the year 9999: what the vendors' stamps can hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The setting. `frozen_at` is Unix seconds, or None where the clock goes with the machine's."""

    offset: float = 0.0
    frozen_at: float | None = None

    @property
    def now(self) -> float:
        """Unix seconds."""
        return time.time() + self.offset if self.frozen_at is None else self.frozen_at

    def to_json(self) -> dict[str, Any]:
        """What the admin endpoint shows; the offset of a frozen clock is that of this moment."""
        offset = self.offset if self.frozen_at is None else self.frozen_at - time.time()
        return {"offset": offset, "now": from_epoch(self.now).isoformat(), "frozen": self.frozen_at is not None}


def read_clock(db: sqlite3.Connection) -> Clock:
    """The clock of a data file."""
    return build_clock(dict(db.execute("SELECT key, value FROM meta WHERE key IN ('clock_offset', 'clock_frozen')")))


def build_clock(rows: Mapping[str, str]) -> Clock:
    """The clock of what is stored under `clock_offset` and `clock_frozen`."""
    frozen = rows.get("clock_frozen")
    return Clock(offset=float(rows.get("clock_offset", 0.0)), frozen_at=None if frozen is None else float(frozen))


def set_clock(file: DataFile, wanted: Mapping[str, Any]) -> Clock:
    """Set the clock to an instant (`now`), an `offset` from the machine, or `advance` it; `frozen` stops or starts it.

    A clock that is started again goes on from where it stood. Raises `EmulatorError` for what cannot be meant.
    """
    unknown = sorted(set(wanted) - _KEYS)
    if unknown:
        raise EmulatorError(f"unknown key: {', '.join(unknown)}; write now, offset or advance, and frozen")
    frozen = wanted.get("frozen")
    if not isinstance(frozen, bool | None):
        raise EmulatorError(f"frozen is true or false, not {frozen!r}")
    moves = sorted(set(wanted) - {"frozen"})
    if len(moves) > 1 or not wanted:
        raise EmulatorError("write one of now, offset and advance, or frozen")
    with file.write() as db:
        clock = read_clock(db)
        stands = clock.frozen_at is not None if frozen is None else frozen
        clock = _move(clock, moves[0] if moves else "advance", wanted[moves[0]] if moves else 0, stands=stands)
        _save(db, clock)
    return clock


def _move(clock: Clock, how: str, value: object, *, stands: bool) -> Clock:
    machine = time.time()
    before = machine + clock.offset if clock.frozen_at is None else clock.frozen_at
    if how == "now":
        instant = parse_instant(value) if isinstance(value, str) else None
        if instant is None:
            raise EmulatorError(f"now is an instant like 2026-01-31T12:00:00Z, not {value!r}")
        target = instant.timestamp()
    elif not isinstance(value, (int, float)) or isinstance(value, bool):
        raise EmulatorError(f"{how} is a number of seconds, not {value!r}")
    else:
        target = (machine if how == "offset" else before) + value
    if not 0 <= target <= _LATEST:
        raise EmulatorError("the clock goes from 1970 to 9998")
    return Clock(frozen_at=target) if stands else Clock(offset=round(target - machine, 6))


def _save(db: sqlite3.Connection, clock: Clock) -> None:
    db.execute("DELETE FROM meta WHERE key = 'clock_frozen'")
    if clock.frozen_at is not None:
        db.execute("INSERT INTO meta VALUES ('clock_frozen', ?)", (repr(clock.frozen_at),))
    db.execute(
        "INSERT INTO meta VALUES ('clock_offset', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (repr(clock.offset),),
    )
