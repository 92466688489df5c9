"""How many API calls each vendor has counted today.

The day is that of the emulator's clock, in the vendor's zone: UTC for Salesforce, the account's zone for Pardot. Each
business unit of Pardot has a meter of its own; the name of a meter begins with that of its system.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC

from pardotflow.emulator.clock import read_zone
from pardotflow.emulator.state import State


def day_of(state: State, meter: str) -> str:
    """The calendar day that a call of now belongs to."""
    zone = read_zone(state.switches.pardot_time_zone) if meter.startswith("pardot") else UTC
    return state.moment.astimezone(zone).date().isoformat()


def used_today(state: State, meter: str) -> int:
    """Calls counted so far."""
    row = state.db.execute(
        "SELECT used FROM usage WHERE system = ? AND day = ?", (meter, day_of(state, meter))
    ).fetchone()
    return int(row[0]) if row else 0


def count_calls(db: sqlite3.Connection, meter: str, day: str, calls: int) -> None:
    """Add calls to a day."""
    db.execute(
        "INSERT INTO usage VALUES (?, ?, ?) ON CONFLICT (system, day) DO UPDATE SET used = used + excluded.used",
        (meter, day, calls),
    )
