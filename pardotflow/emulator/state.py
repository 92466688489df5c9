"""What one request may look at: the connection, the clock, the switches and the org, read once at its start.

A request sees one value of each; a switch that is turned meanwhile holds from the next request. Only the clock is read
again when a transaction begins.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from pardotflow.emulator.clock import from_epoch
from pardotflow.emulator.clock_setting import build_clock, read_clock
from pardotflow.emulator.datafile import DataFile
from pardotflow.emulator.identity import Identity, parse_identity
from pardotflow.emulator.switches import Switches, build_switches, check_switch

_META, _SWITCH, _PENDING = range(3)
_SURROUNDINGS = (
    f"SELECT {_META}, key, value FROM meta WHERE key IN ('clock_offset', 'clock_frozen', 'identity', 'catalog')"
    f" UNION ALL SELECT {_SWITCH}, name, value FROM switch"
    f" UNION ALL SELECT {_PENDING}, 'fault', 1 WHERE EXISTS (SELECT 1 FROM fault)"
    f" UNION ALL SELECT {_PENDING}, 'deleted', min(deleted_at) FROM recycle_bin"
    f" UNION ALL SELECT {_PENDING}, 'due', min(due) FROM bulk_job"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The surroundings of one request. `now` is Unix seconds of the emulator's clock.

    `catalog` is the version of the Salesforce catalogue. What waits for its time stood so at the start of the request:
    whether there are faults, the stamp of the record that has been in the recycle bin for longest, and when
    the next move of a Bulk 2.0 job is due (Unix seconds).
    """

    file: DataFile
    db: sqlite3.Connection
    now: float
    switches: Switches
    identity: Identity
    catalog: str
    has_faults: bool
    oldest_deletion: str | None
    next_bulk_move: float | None

    @property
    def moment(self) -> datetime:
        """`now` as an aware instant."""
        return from_epoch(self.now)


def load_state(file: DataFile) -> State:
    """Read the surroundings for a request of this thread."""
    db = file.read()
    # One statement for all: each lets go of the interpreter's lock, and has to wait for it again.
    rows = db.execute(_SURROUNDINGS).fetchall()
    meta = {key: value for kind, key, value in rows if kind == _META}
    pending = {key: value for kind, key, value in rows if kind == _PENDING}
    return State(
        file=file,
        db=db,
        now=build_clock(meta).now,
        switches=_build(tuple((name, value) for kind, name, value in rows if kind == _SWITCH)),
        identity=parse_identity(meta["identity"]),
        catalog=meta["catalog"],
        has_faults="fault" in pending,
        oldest_deletion=pending["deleted"],
        next_bulk_move=pending["due"],
    )


@contextmanager
def in_transaction(state: State) -> Iterator[State]:
    """One durable transaction, with the clock as it stands once it has begun.

    So its stamps are never older than what was committed and read before it, however long it had to wait.
    """
    with state.file.write():
        yield replace(state, now=read_clock(state.db).now)


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
    with file.write() as db:
        db.executemany(
            "INSERT INTO switch VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [(name, json.dumps(value)) for name, value in checked.items()],
        )
