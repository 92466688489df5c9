"""What is left of a plan: the records of its changes that were not carried out, for a plan that is narrowed to them."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from pardotflow.engine.focus import Focus
from pardotflow.engine.parts import parts_of
from pardotflow.engine.sqlfile import insert_rows, rows, run
from pardotflow.plan.file import attach_plan, open_plan
from pardotflow.store.ledger import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Remainder:
    """A run, the file of the plan that it worked at, and the changes of it that need no other plan: what was carried
    out, and what was refused, which is held until it differs."""

    run_id: str
    plan: Path
    settled: frozenset[int]

    @property
    def words(self) -> str:
        """What a plan is narrowed to by it."""
        return f"what is left of run {self.run_id}"


def find_remainder(ledger: Ledger) -> Remainder | None:
    """What the newest run may have left; None where there is none, or its plan is not known any more."""
    newest = ledger.newest_run()
    if newest is None or newest.path is None or not newest.path.is_file():
        return None
    outcomes = parts_of(ledger, newest.plan_id).outcomes
    settled = {n for n, o in outcomes.items() if o.status in ("confirmed", "refused") and not o.of_request}
    return Remainder(run_id=newest.run_id, plan=newest.path, settled=frozenset(settled))


def count_left(remainder: Remainder) -> int:
    """How many changes are left. Raises PlanRefused or UsageError where the plan cannot be read."""
    with open_plan(remainder.plan) as con:
        numbers = {row[0] for row in rows(con, "select change from plan.changes where sendable")}
    return len(numbers - remainder.settled)


def load_remainder(con: duckdb.DuckDBPyConnection, remainder: Remainder) -> Focus:
    """What is left, as a table of the session. Raises PlanRefused or UsageError where the plan cannot be read."""
    con.execute("create or replace temp table carried_out (change integer)")
    insert_rows(con, "carried_out", [[number] for number in remainder.settled])
    attach_plan(con, remainder.plan, alias="left_plan")
    run(con, "remainder")
    con.execute("detach left_plan")
    return Focus(table="left_records")
