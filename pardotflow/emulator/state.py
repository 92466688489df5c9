"""What one request may look at: the connection, the clock, the switches and the org, read once at its start.

A request sees one value of each; a switch that is turned meanwhile holds from the next request.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from pardotflow.emulator.clock import from_epoch, read_zone
from pardotflow.emulator.clock_setting import read_clock
from pardotflow.emulator.datafile import DataFile
from pardotflow.emulator.identity import Identity, load_identity
from pardotflow.emulator.switches import Switches, build_switches, check_switch


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The surroundings of one request. `now` is Unix seconds of the emulator's clock."""

    file: DataFile
    db: sqlite3.Connection
    now: float
    switches: Switches
    identity: Identity

    @property
    def moment(self) -> datetime:
        """`now` as an aware instant."""
        return from_epoch(self.now)


def load_state(file: DataFile) -> State:
    """Read the surroundings for a request of this thread."""
    db = file.read()
    return State(file=file, db=db, now=read_clock(db).now, switches=load_switches(db), identity=load_identity(db))


def load_switches(db: sqlite3.Connection) -> Switches:
    """The switches in force."""
    return _build(tuple(db.execute("SELECT name, value FROM switch")))


@lru_cache(maxsize=8)
def _build(rows: tuple[tuple[str, str], ...]) -> Switches:
    """The switches depend on the stored rows alone, so they are kept; the rows themselves are read every time."""
    return build_switches({name: json.loads(value) for name, value in rows})


def turn_switches(file: DataFile, values: Mapping[str, object]) -> None:
    """Put values in force, all or none; raises `EmulatorError` for one that cannot be."""
    checked = {name: check_switch(name, value) for name, value in values.items()}
    if "pardot_time_zone" in checked:
        read_zone(str(checked["pardot_time_zone"]))
    with file.write() as db:
        db.executemany(
            "INSERT INTO switch VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [(name, json.dumps(value)) for name, value in checked.items()],
        )
