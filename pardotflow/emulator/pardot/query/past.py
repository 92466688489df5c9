"""The read cache that lags: reads show each changed record as it was `cache_lag` seconds ago.

While the switch is on, every write first keeps the state that it replaces, with the time until which it held. Writes
that were made before the switch was turned on are visible at once.
"""

from __future__ import annotations

import sqlite3

from pardotflow.emulator.pardot.schema.objects import Collection
from pardotflow.emulator.state import State


def keep_past(state: State, db: sqlite3.Connection, collection: Collection, record_id: int) -> None:
    """Keep the present state of a record that is about to be written; of one that is not there yet, its absence."""
    if not _lags(state, collection):
        return
    columns = ", ".join(collection.columns)
    kept = db.execute(
        f'INSERT INTO "{collection.table}_past" (_until, _absent, {columns})'
        f' SELECT ?, 0, {columns} FROM "{collection.table}" WHERE "id" = ?',
        (state.now, record_id),
    )
    if kept.rowcount == 0:
        db.execute(
            f'INSERT INTO "{collection.table}_past" (_until, _absent, "id") VALUES (?, 1, ?)', (state.now, record_id)
        )
    horizon = state.now - state.switches.cache_lag - 60
    db.execute(f'DELETE FROM "{collection.table}_past" WHERE _until < ?', (horizon,))


def _lags(state: State, collection: Collection) -> bool:
    """Whether reads of a collection come from the cache. Jobs are no records, and are always read fresh."""
    return state.switches.cache_lag > 0 and not collection.outside


def lagging_source(state: State, collection: Collection) -> tuple[str, list[object]]:
    """A FROM item for reads, with its bound values: the table itself, or the table as it was."""
    if not _lags(state, collection):
        return f'"{collection.table}"', []
    since = state.now - state.switches.cache_lag
    columns = ", ".join(collection.columns)
    past = f'"{collection.table}_past"'
    sql = (
        f'(SELECT {columns} FROM "{collection.table}" WHERE "id" NOT IN (SELECT "id" FROM {past} WHERE _until > ?)'
        f" UNION ALL SELECT {columns} FROM {past} AS p WHERE _until > ? AND NOT _absent"
        f' AND p.rowid = (SELECT q.rowid FROM {past} AS q WHERE q."id" = p."id" AND q._until > ?'
        f" ORDER BY q._until, q.rowid LIMIT 1))"
    )
    return sql, [since, since, since]
