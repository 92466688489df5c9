"""Which records moved between plan and apply: one delta read a side, then the digests of the touched rows.

The window that is left is the time between this read and the arrival of each request; it is stated, not hidden.
"""

from collections.abc import Iterable

import duckdb

from pardotflow.engine.compile import snapshot_table
from pardotflow.engine.compiled import CompiledSync
from pardotflow.engine.quote import literal, name
from pardotflow.engine.seen import record_seen
from pardotflow.engine.sqlfile import rows, run

CLOCK_SLACK = 60
"""Seconds by which a record may be older than the plan's read and still count as made after it."""

_EMAIL = {"salesforce": "Email", "pardot": "email"}


def mark_moved(con: duckdb.DuckDBPyConnection, syncs: Iterable[CompiledSync]) -> int:
    """Fill the session's table `moved (change, reason)` from the refreshed snapshots; says how many changes moved."""
    con.execute("create or replace temp table seen_now (system varchar, object varchar, id varchar, digest varchar)")
    record_seen(con, "seen_now", syncs)
    run(con, "moved")
    _mark_made_meanwhile(con)
    run(con, "moved_with")
    return int(rows(con, "select count(*) from moved")[0][0])


def _mark_made_meanwhile(con: duckdb.DuckDBPyConnection) -> None:
    """A create whose key or address a record carries that came with the last read: somebody made that person."""
    made = "select distinct system, object, key_field from plan.changes where action = 'create' and sendable"
    for system, item, key_field in rows(con, made):
        read = rows(con, "select value from plan.meta where key = ?", f"cursor.{system}.{item}")
        table = snapshot_table(system, item)
        known = {row[0] for row in rows(con, f"describe {table}")}
        tests = [f"nf_text(s.{name(key_field)}) = c.key_value"] if key_field in known else []
        if _EMAIL[system] in known:
            tests.append(f"nf_email(s.{name(_EMAIL[system])}) = nf_email(f.after)")
        if tests and read:
            con.execute(
                "insert into moved select distinct c.change,"
                f" 'its counterpart exists now: ' || {literal(item)} || '/' || s._id"
                f" from {table} s join plan.changes c on c.system = {literal(system)} and c.object = {literal(item)}"
                f" left join plan.field_changes f on f.change = c.change and f.field = {literal(_EMAIL[system])}"
                " where c.action = 'create' and s._visible and not s._deleted"
                f" and s._stamp >= cast({literal(read[0][0])} as timestamp) - interval {CLOCK_SLACK} second"
                f" and s._id not in (select id from plan.seen where system = {literal(system)})"
                f" and ({' or '.join(tests)}) and c.change not in (select change from moved)"
                " qualify row_number() over (partition by c.change order by s._id) = 1"
            )
