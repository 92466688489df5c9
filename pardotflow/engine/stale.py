"""Which records moved between plan and apply: one delta read a side, then the digests of the touched rows.

The window that is left is the time between this read and the arrival of each request; it is stated, not hidden.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

import duckdb

from pardotflow.engine.bykeys import search_by_keys
from pardotflow.engine.compiled import CompiledSync
from pardotflow.engine.seen import record_seen
from pardotflow.engine.sqlfile import insert_rows, rows, run


def mark_moved(
    con: duckdb.DuckDBPyConnection,
    syncs: Sequence[CompiledSync],
    *,
    newer_runs: Iterable[str],
    partly_read: Iterable[str],
    settled: Collection[int] = (),
    untold: Mapping[int, str] = MappingProxyType({}),
) -> int:
    """Fill the session's table `moved (change, reason)` from the refreshed snapshots; says how many changes moved.

    `settled` changes were carried out or refused by earlier runs of the plan: they cannot move any more, and what the
    session's table `own_writes` says that they wrote moved nothing else. Of `untold` changes nobody can say whether
    they happened: they are left out, for the reason that is given.

    `newer_runs` began after the plan was made: what they wrote counts although a lagging read may not show it yet. The
    stamps of writes say nothing about that, for systems tell whole seconds. `partly_read` are systems that kept rows
    back just now: nothing new is made there.
    """
    con.execute("create or replace temp table seen_now (system varchar, object varchar, id varchar, digest varchar)")
    con.execute("create or replace temp table newer_runs (run_id varchar)")
    insert_rows(con, "newer_runs", [[run_id] for run_id in newer_runs])
    record_seen(con, "seen_now", syncs, but_for_own=bool(settled))
    run(con, "moved")
    # Somebody may have made a person meanwhile whom the plan would make.
    search_by_keys(con, syncs, "made_meanwhile")
    con.execute("create or replace temp table settled (change integer)")
    insert_rows(con, "settled", [[number] for number in settled])
    con.execute("delete from moved where change in (from settled)")
    con.execute("create or replace temp table untold (change integer, reason varchar)")
    insert_rows(con, "untold", list(untold.items()))
    con.execute("insert into moved from untold where change not in (select change from moved)")
    for system in partly_read:
        con.execute(
            "insert into moved select change, 'its counterpart may be among the rows that were not read'"
            " from plan.changes where action = 'create' and system = ? and change not in (select change from moved)"
            " and change not in (from settled)",
            [system],
        )
    run(con, "moved_with")
    return int(rows(con, "select count(*) from moved")[0][0])
