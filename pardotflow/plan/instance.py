"""A DuckDB in memory for a session.

To open one costs 20 ms, for the thousands of functions that it knows: the one that a session let go of serves the next
session of the process.
"""

import atexit
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

SETTINGS = ("threads", "temp_directory", "disabled_optimizers")
"""What sessions set for a whole instance and not for themselves alone; the next session finds the defaults."""

_idle: list[tuple[str, duckdb.DuckDBPyConnection]] = []


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


def _take(setup: str) -> duckdb.DuckDBPyConnection:
    """An idle instance with that setup, or a new one."""
    found = next((item for item in _idle if item[0] == setup), None)
    if found:
        _idle.remove(found)
        return found[1]
    instance = duckdb.connect(":memory:")
    instance.execute(f"set autoinstall_known_extensions = false; set autoload_known_extensions = false; {setup}")
    return instance


def _clean(instance: duckdb.DuckDBPyConnection) -> bool:
    """Let go of what a session attached and set; false where it made more than temporary tables."""
    attached = "select database_name from duckdb_databases() where not internal and database_name <> 'memory'"
    for (name,) in instance.execute(attached).fetchall():
        instance.execute(f"detach {name}")
    instance.execute("; ".join(f"reset {setting}" for setting in SETTINGS))
    made = "select 1 from duckdb_{}() where database_name = 'memory' and not internal"
    kinds = " union all ".join(made.format(kind) for kind in ("tables", "views"))
    return not instance.execute(kinds).fetchall()


@atexit.register
def _close_idle() -> None:
    """What nobody closes ends only after the threads that it counts on."""
    while _idle:
        _idle.pop()[1].close()
