"""Look for the counterparts of planned creates: records that a match key finds by now, in the refreshed snapshots."""

from collections.abc import Iterable

import duckdb

from pardotflow.engine.compiled import CompiledSync
from pardotflow.engine.overlay import open_overlay
from pardotflow.engine.sqlfile import execute, run
from pardotflow.engine.syncplan import keys_sql


def search_by_keys(con: duckdb.DuckDBPyConnection, syncs: Iterable[CompiledSync], template: str) -> None:
    """Run a template once for each side on which a sync makes records. It gets the `sync`, the `side`, whose rows are
    the session's table `side_a` or `side_b`, and `keys`: of each match key the number and its form on that side."""
    for sync in syncs:
        for role in sorted({create.role for create in sync.creates}):
            side = sync.side(role)
            for item in side.objects:
                open_overlay(con, str(side.system), item.name)
            execute(con, keys_sql(sync, side))
            run(con, template, sync=sync, side=side, keys=[(k.number, k.form(role)) for k in sync.keys])
