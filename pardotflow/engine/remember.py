"""What an apply leaves in memory: links, bases of what was sent, bases of what agrees, and when we wrote which record.

A base half that was sent is `sent` until a read shows our own write. Where the answer carried what was stored, the
half is that value at once; it is still `sent`, because a lagging cache may show what was there before. A write whose
answer never came stands beside the base: it counts if the record shows it.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from types import MappingProxyType

import duckdb

from pardotflow.engine.landed import naive
from pardotflow.engine.outcome import Outcome, stored_text
from pardotflow.engine.recycle import remember_recycling
from pardotflow.engine.renaming import carry_out, renames_of_plan
from pardotflow.engine.sqlfile import insert_rows, rows, run

KEPT_WRITES = 6
"""Writes of one field that are remembered: as many as it takes to see that a value goes to and fro."""
_TOLD_OTHERWISE = (
    "from stored s join plan.bases b on b.change = s.change and b.field = s.field"
    " where s.value is distinct from case b.sent_side when 'a' then b.a_value else b.b_value end limit 1"
)
"""Whether an answer tells another value than was sent: only then it is asked whether the two are of one form."""


def remember(
    con: duckdb.DuckDBPyConnection,
    outcomes: Collection[Outcome],
    writers: Mapping[str, str],
    run_id: str,
    now: datetime,
    *,
    is_newest: bool,
    made_before: Mapping[int, str] = MappingProxyType({}),
) -> None:
    """Fold a run's outcomes into the attached memory, in one transaction; a second time changes nothing. `writers` is
    our user by system, `now` the clock of the run, `made_before` by change the ids of the records that earlier runs of
    the plan wrote.

    Pairs with a record that moved since the plan are not remembered. `is_newest` is false when another run came since:
    then only what this one sent is.
    """
    _load(con, outcomes, writers)
    con.execute("create or replace temp table made_before (change integer, record_id varchar)")
    insert_rows(con, "made_before", list(made_before.items()))
    con.execute("begin")
    carry_out(con, renames_of_plan(con))
    at = naive(now).isoformat(" ")
    told_otherwise = bool(rows(con, _TOLD_OTHERWISE))
    run(
        con,
        "remember",
        run_id=run_id,
        now=at,
        is_newest=is_newest,
        kept_writes=KEPT_WRITES,
        told_otherwise=told_otherwise,
    )
    remember_recycling(con, run_id, at)
    con.execute("commit")


def _load(con: duckdb.DuckDBPyConnection, outcomes: Collection[Outcome], writers: Mapping[str, str]) -> None:
    con.execute(
        "create or replace temp table outcomes (change integer, record_id varchar, sent_at timestamp, "
        "answered_at timestamp)"
    )
    con.execute("create or replace temp table stored (change integer, field varchar, value varchar)")
    con.execute("create or replace temp table writers (system varchar, writer varchar)")
    insert_rows(con, "writers", list(writers.items()))
    con.execute("create or replace temp table lost (change integer, sent_at timestamp, given_up_at timestamp)")
    confirmed = [o for o in outcomes if o.status == "confirmed"]
    answered = [
        [o.number, o.record_id, o.sent_at.replace(tzinfo=None), o.answered_at.replace(tzinfo=None)] for o in confirmed
    ]
    lost = [
        [o.number, o.sent_at.replace(tzinfo=None), o.answered_at.replace(tzinfo=None)]
        for o in outcomes
        if o.status == "unknown"
    ]
    values = [[o.number, f, stored_text(v)] for o in confirmed if o.stored for f, v in o.stored.items()]
    insert_rows(con, "outcomes", answered)
    insert_rows(con, "lost", lost)
    insert_rows(con, "stored", values)
