"""A DuckDB in memory for a session.

To open one costs 20 ms, for the thousands of functions that it knows: the one that a session let go of serves the next
session of the process. A session works in one thread, until it meets with much.

Where the process has a ceiling of memory its sessions share a part of it, and move to disk what does not fit.
"""

import atexit
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

SETTINGS = ("threads", "temp_directory", "disabled_optimizers", "memory_limit")
"""What sessions set for a whole instance and not for themselves alone; the next session finds the defaults."""
MUCH = 8 * 1024 * 1024
"""Bytes of files from which on several threads are worth what it costs to start them and to hand them pieces."""

SHARE = 0.6
"""Of a ceiling: what sessions get. The rest is for Python, its libraries and the rows that it holds."""


@dataclass(slots=True)
class _Ceiling:
    """What the sessions of this process may use: MB, none where it is 0; and where they put what does not fit."""

    memory: int = 0
    scratch: Path | None = None


_ceiling = _Ceiling()
_idle: list[tuple[str, duckdb.DuckDBPyConnection]] = []


def limit_memory(megabytes: int, scratch: Path) -> None:
    """Hold this process to so many MB from the next session on, 0 for no limit; what does not fit goes into files in a
    folder, for as long as it is needed."""
    _ceiling.memory, _ceiling.scratch = megabytes, scratch


@contextmanager
def in_memory(setup: str = "") -> Iterator[duckdb.DuckDBPyConnection]:
    """A session for the length of a block, with nothing attached and no table but what it makes; at its end every
    attached file is let go of.

    `setup` are statements that the instance was given before, once: functions that the session counts on.
    """
    instance = _take(setup)
    is_clean = False
    try:
        with instance.cursor() as con:
            yield con
        is_clean = _clean(instance)
    finally:
        # What a failure leaves behind is nobody's to find.
        if is_clean:
            _idle.append((setup, instance))
        else:
            instance.close()


def is_much(files: Iterable[Path]) -> bool:
    """True where files are worth several threads; one that is not there counts nothing."""
    return sum(file.stat().st_size for file in files if file.exists()) >= MUCH


def use_threads(con: duckdb.DuckDBPyConnection) -> None:
    """From here to its end a session works in as many threads as the machine has."""
    con.execute("reset threads")


def _take(setup: str) -> duckdb.DuckDBPyConnection:
    """An idle instance with that setup, or a new one."""
    found = next((item for item in _idle if item[0] == setup), None)
    if found:
        _idle.remove(found)
        instance = found[1]
    else:
        instance = duckdb.connect(":memory:", config={"threads": 1})
        instance.execute(f"set autoinstall_known_extensions = false; set autoload_known_extensions = false; {setup}")
    if _ceiling.memory:
        instance.execute(f"set memory_limit = '{int(_ceiling.memory * SHARE)}MB'")
        scratch = str(_ceiling.scratch).replace("'", "''")
        instance.execute(f"set temp_directory = '{scratch}'")
    return instance


def _clean(instance: duckdb.DuckDBPyConnection) -> bool:
    """Let go of what a session attached and set; false where it made more than temporary tables, or had to put some of
    its rows on disk: then its folder for them cannot be changed any more."""
    attached = "select database_name from duckdb_databases() where not internal and database_name <> 'memory'"
    for (name,) in instance.execute(attached).fetchall():
        instance.execute(f"detach {name}")
    defaults = (f"reset {setting}" for setting in SETTINGS if setting != "threads")
    try:
        instance.execute("; ".join(["set threads = 1", *defaults]))
    except duckdb.NotImplementedException:
        return False
    made = "select 1 from duckdb_{}() where database_name = 'memory' and not internal"
    kinds = " union all ".join(made.format(kind) for kind in ("tables", "views"))
    return not instance.execute(kinds).fetchall()


@atexit.register
def _close_idle() -> None:
    """What nobody closes ends only after the threads that it counts on."""
    while _idle:
        _idle.pop()[1].close()
