"""Which records moved between plan and apply: one delta read a side, then the digests of the touched rows.

The window that is left is the time between this read and the arrival of each request; it is stated, not hidden.
"""

from collections.abc import Iterable

import duckdb

from pardotflow.engine.compiled import CompiledSync
from pardotflow.engine.seen import record_seen
from pardotflow.engine.sqlfile import run


def mark_moved(con: duckdb.DuckDBPyConnection, syncs: Iterable[CompiledSync]) -> int:
    """Fill the session's table `moved (change, reason)` from the refreshed snapshots; says how many changes moved."""
    con.execute("create or replace temp table seen_now (system varchar, object varchar, id varchar, digest varchar)")
    record_seen(con, "seen_now", syncs)
    run(con, "moved")
    row = con.execute("select count(*) from moved").fetchone()
    return int(row[0]) if row else 0
