"""`snapshot`, `restore` and `reset`: a data file as it was, under a name, while servers run or not.

Putting a copy back is one transaction of SQLite on the data file itself: other connections and processes go on, see
the old state until it ends and the new one from then on, and a crash in the middle leaves the old one. Everything in
the file goes back with it: records, ids still to be given, tokens, cursors, switches, faults, clock, log, instance id;
only the certificate and the key for assertions stay.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from pardotflow.emulator.datafile import DataFile
from pardotflow.emulator.environment import read_instance
from pardotflow.emulator.identity import CERTIFICATE, SIGNING_KEY, load_identity
from pardotflow.emulator.problem import EmulatorError
from pardotflow.emulator.snapshot_files import SEEDED, list_names, make_file, place_of

Progress = Callable[[int, int, int], None]
_PAGES_AT_ONCE = 4096
# Clients hold their other halves, which do not go back: a key beside the file, a certificate that a server shows.
_HELD = (CERTIFICATE, SIGNING_KEY)


def take_snapshot(file: DataFile, name: object) -> str:
    """Copy a data file as it is now under a name, in the place of an older copy; returns the name.

    Raises `EmulatorError` for what cannot be a name, and where the copy cannot be written.
    """
    place = place_of(file.path, name)
    if name == SEEDED:
        raise EmulatorError(f"{SEEDED!r} is the state after seeding; choose another name")
    with make_file(place) as part, closing(sqlite3.connect(part, isolation_level=None)) as copy:
        try:
            file.read().backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, without others beside it
        except sqlite3.Error as cause:
            raise EmulatorError(f"cannot write {place}: {cause}") from cause
    return place.stem


def restore_snapshot(file: DataFile, name: object, *, progress: Progress | None = None) -> str:
    """Put a copy back; returns its name. `progress` is called after every few thousand pages, before the end.

    Raises `EmulatorError` where there is no such copy or it cannot be used; the data file is as before then.
    """
    place = place_of(file.path, name)
    if not place.is_file():
        there = ", ".join(list_names(file.path)) or "none"
        raise EmulatorError(f"there is no snapshot {place.stem!r} of {file.path}; there are: {there}")
    DataFile(place).close()  # raises where it is no data file of this format
    _put_back(place, file, progress)
    return place.stem


def reset(file: DataFile) -> str:
    """Put a data file back to the state just after it was made; raises `EmulatorError` where no copy was kept."""
    place = place_of(file.path, SEEDED)
    if not place.is_file() or read_instance(place) != load_identity(file.read()).instance:
        raise EmulatorError(f"no copy of {file.path} was kept when it was made; seed it again")
    return restore_snapshot(file, SEEDED)


def _put_back(place: Path, file: DataFile, progress: Progress | None) -> None:
    source = sqlite3.connect(f"{place.resolve().as_uri()}?mode=ro", uri=True)
    with closing(source), file.alone() as target:
        try:
            held = target.execute("SELECT key, value FROM meta WHERE key IN (?, ?)", _HELD).fetchall()
            source.backup(target, pages=_PAGES_AT_ONCE, progress=progress, sleep=0.01)
            target.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", held)
        except sqlite3.Error as cause:
            raise EmulatorError(f"cannot restore {file.path}: {cause}") from cause
        target.execute("PRAGMA wal_checkpoint(PASSIVE)")
