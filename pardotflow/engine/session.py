"""One DuckDB session: the macros, the limits that the user set, and the attached memory and snapshots."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from pardotflow.engine.quote import literal
from pardotflow.engine.sqlfile import render
from pardotflow.plan.instance import in_memory, is_much, use_threads
from pardotflow.store.layout import Layout
from pardotflow.store.memory import attach_memory, attach_snapshots


@contextmanager
def open_session(layout: Layout, *, write_memory: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A session over one environment's files; they are released when the block ends.

    Raises StateError where a file cannot be opened. Times inside are UTC without a zone.
    """
    layout.prepare()
    with prepared() as con:
        con.execute(f"set temp_directory = {literal(str(layout.scratch))}")
        if is_much((layout.snapshots, layout.memory)):
            use_threads(con)
        attach_snapshots(con, layout.snapshots)
        attach_memory(con, layout.memory, read_only=not write_memory)
        yield con


@contextmanager
def prepared() -> Iterator[duckdb.DuckDBPyConnection]:
    """A session with the settings and macros that every statement of the engine counts on, and nothing attached."""
    with in_memory(render("normal_forms")) as con:
        con.execute("set TimeZone = 'UTC'; set enable_progress_bar = false")
        yield con
