"""Files that were cut, overwritten or hit by a fault of the disk: which one it is, and what can be done about it.

DuckDB finds a damaged block when it reads it, and does not say of which file it is: then every file is read whole.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pardotflow.core.errors import StateError
from pardotflow.plan.file import is_damage, unreadable
from pardotflow.plan.instance import in_memory
from pardotflow.store.disk import disk_error
from pardotflow.store.layout import Layout
from pardotflow.store.memory import MEMORY_WAY_OUT, SNAPSHOTS_WAY_OUT


def find_damage(layout: Layout) -> StateError | None:
    """The error that names the damaged file; None where memory and snapshots can be read whole."""
    for path, way_out in ((layout.memory, MEMORY_WAY_OUT), (layout.snapshots, SNAPSHOTS_WAY_OUT)):
        trouble = _trouble(path) if path.is_file() else ""
        if trouble:
            return StateError(f"{path} is damaged: {trouble}", hint=way_out)
    return None


def is_sound(path: Path) -> bool:
    """True for a database that can be read to its end."""
    return not _trouble(path)


def _trouble(path: Path) -> str:
    """What DuckDB says of the first block that it cannot read."""
    quoted = str(path).replace("'", "''")
    try:
        with in_memory() as con:
            con.execute(f"attach '{quoted}' as one (read_only)")
            tables = con.execute("select table_name from duckdb_tables() where database_name = 'one'").fetchall()
            for (table,) in tables:
                quoted = table.replace('"', '""')
                con.execute(f'select bit_xor(hash(t)) from one."{quoted}" t').fetchall()
    except duckdb.Error as trouble:
        return str(trouble).splitlines()[0]
    return ""


@contextmanager
def named_plan_damage(path: Path, layout: Layout) -> Iterator[None]:
    """A plan file that turns out to be damaged while it is used is named; raises UsageError.

    A block of an index is read by some questions alone: so it is the plan's where both other files are sound.
    """
    try:
        yield
    except duckdb.Error as trouble:
        if not is_damage(trouble) or disk_error(trouble) or find_damage(layout):
            raise
        raise unreadable(path) from trouble


def ledger_error(path: Path, trouble: sqlite3.Error) -> StateError:
    """What a ledger that SQLite cannot use means: it is damaged, or it may not be written, or it is in use."""
    if path.is_dir():
        return StateError(f"{path} is a folder, and a file is needed there", hint="Move it away.")
    code = getattr(trouble, "sqlite_errorcode", 0) & 0xFF
    way_out = {
        sqlite3.SQLITE_CANTOPEN: "Check the rights of the file and its folder.",
        sqlite3.SQLITE_READONLY: "Check the rights of the file and its folder.",
        sqlite3.SQLITE_FULL: "Make room on the disk.",
        # On a full disk SQLite cannot make its file of shared memory, and says no more than that.
        sqlite3.SQLITE_IOERR: "Check the disk: it may be full, or at fault.",
        sqlite3.SQLITE_BUSY: "Another program has it open: end that first.",
    }
    damaged = "Restore it from a backup, or move it away: runs and sync errors are then forgotten."
    return StateError(f"{path} cannot be used: {trouble}", hint=way_out.get(code, damaged))
