"""One DuckDB session: the macros, the limits that the user set, and the attached memory and snapshots."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from pardotflow.engine.sqlfile import execute, render
from pardotflow.store.layout import Layout
from pardotflow.store.memory import attach_memory, attach_snapshots


@contextmanager
def open_session(layout: Layout, *, write_memory: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A session over one environment's files; they are released when the block ends.

    Raises StateError where a file cannot be opened. Times inside are UTC without a zone.
    """
    layout.prepare()
    con = duckdb.connect(":memory:")
    try:
        scratch = layout.root / "scratch"
        con.execute(f"set temp_directory = '{str(scratch).replace(chr(39), chr(39) * 2)}'")
        prepare(con)
        attach_snapshots(con, layout.snapshots)
        attach_memory(con, layout.memory, read_only=not write_memory)
        yield con
    finally:
        con.close()


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """The settings and macros that every statement of the engine counts on."""
    con.execute("set TimeZone = 'UTC'")
    con.execute("set autoinstall_known_extensions = false")
    con.execute("set autoload_known_extensions = false")
    con.execute("set enable_progress_bar = false")
    execute(con, render("normal_forms"))
