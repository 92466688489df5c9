"""What people decided of conflicts, on its way through plan and apply.

A plan reads the decisions and changes none; an apply forgets those that it carried out and those that its plan found to
be about values which are no more.
"""

from collections.abc import Iterable, Sequence, Set

import duckdb

from pardotflow.engine.renaming import rename_decisions, renamed_decisions, renames_of_plan
from pardotflow.engine.sqlfile import insert_rows, rows
from pardotflow.graph.renames import Renames
from pardotflow.store.decisions import Decision
from pardotflow.store.ledger import Ledger


def load_decisions(con: duckdb.DuckDBPyConnection, ledger: Ledger, renames: Sequence[Renames] = ()) -> Set[str]:
    """Make the session's `decisions` and `out_decisions` where there are any; returns the syncs that have some."""
    decisions = renamed_decisions(ledger.decisions(), renames)
    if decisions:
        con.execute(
            "create or replace temp table decisions (sync varchar, a_object varchar, a_id varchar, b_object varchar,"
            " b_id varchar, mapping varchar, digest varchar, a_value varchar, b_value varchar, decision varchar,"
            " decided_at varchar);"
            "create or replace temp table out_decisions as from plan.decisions limit 0"
        )
        insert_rows(con, "decisions", list(_lines(decisions)))
    return {d.sync for d in decisions}


def _lines(decisions: Iterable[Decision]) -> Iterable[list[object]]:
    return ([*d.about, d.digest, d.a_value, d.b_value, d.decision, d.decided_at] for d in decisions)


def keep_outcomes(con: duckdb.DuckDBPyConnection) -> None:
    """What became of the decisions, into the attached plan."""
    con.execute("insert into plan.decisions from out_decisions")


def expired_note(con: duckdb.DuckDBPyConnection) -> list[str]:
    """How many decisions of the attached plan were about values that are no more; nothing where none were."""
    number = int(rows(con, "select count(*) from plan.decisions where state = 'expired'")[0][0])
    if not number:
        return []
    what, them = ("1 decision", "it was") if number == 1 else (f"{number:,} decisions", "they were")
    return [f"{what} expired: a value or the mapping changed since {them} made; the conflict is open again"]


def forget_decisions(con: duckdb.DuckDBPyConnection, ledger: Ledger) -> None:
    """Forget what this run carried out, and what its plan found expired or spent. Comes after `remember`."""
    rename_decisions(ledger, renames_of_plan(con))
    over = rows(
        con,
        "select d.sync, d.a_object, d.a_id, d.b_object, d.b_id, d.mapping, d.decided_at from plan.decisions d"
        " where d.state in ('expired', 'spent') or d.state = 'used' and exists (from plan.bases b join outcomes o"
        " using (change) where b.sync = d.sync and b.mapping = d.mapping and b.a_object = d.a_object"
        " and b.a_id = d.a_id and b.b_object = d.b_object and b.b_id = d.b_id)",
    )
    if over:
        ledger.forget_decisions(over)
