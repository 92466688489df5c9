"""Changes whose answer never came are looked up: each was done, was not done, or nobody can tell any more.

Asked for by id, or by the match keys of a record that was to be made, once a read must show what was sent. What was
done counts as confirmed; what was not done may be sent; of what nobody can tell the next plan decides.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import duckdb

from pardotflow.connectors.protocol import Connector, ReadRequest
from pardotflow.core.clock import Clock
from pardotflow.core.progress import Progress
from pardotflow.core.values import System
from pardotflow.engine.asking import asked
from pardotflow.engine.bykeys import search_by_keys
from pardotflow.engine.columns import made_columns
from pardotflow.engine.compile import snapshot_table
from pardotflow.engine.compiled import CompiledSync
from pardotflow.engine.decidesql import CACHE_LAG
from pardotflow.engine.interruption import stop_if_asked
from pardotflow.engine.landed import naive
from pardotflow.engine.outcome import Outcome
from pardotflow.engine.quote import literal, name
from pardotflow.engine.sqlfile import insert_rows, rows, run
from pardotflow.store.layout import Layout

LATE = timedelta(minutes=10)
"""How long after it was sent a request can take effect: no call to Salesforce lasts longer, and no time-out of ours."""
EARLY = timedelta(seconds=2)
"""Stamps are cut to seconds."""

_WRITTEN = "c.action in ('create', 'update') and not starts_with(looked.id, 'new:')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a look has shown. `done` has the record's id, `untold` why nobody can say; what is in neither did not
    happen."""

    done: Mapping[int, str]
    untold: Mapping[int, str]


def wait_for_cache(
    unknown: Mapping[str, Iterable[Outcome]],
    connectors: Mapping[str, Connector],
    clock: Clock,
    progress: Progress,
    *,
    is_over: Callable[[], bool] = lambda: False,
) -> frozenset[str]:
    """Wait until a read of each system must show what was sent to it; `unknown` are the outcomes by system. Returns the
    systems that were waited for. Each has answered before, so that its own time is known. Where a Ctrl-C is noted and
    not raised, `is_over` tells of it and ends the waiting."""
    waited = set()
    for system, outcomes in unknown.items():
        lag = CACHE_LAG[System(system)]
        shows_at = max(o.answered_at for o in outcomes) + timedelta(seconds=lag)
        step = f"wait until {system} must show what was sent"
        # However the clocks stand, what was sent is older than this run.
        left = min(lag, (shows_at - connectors[system].server_now()).total_seconds())
        if left <= 0:
            continue
        waited.add(system)
        progress.start(step, round(left))
        while left > 0 and not is_over():
            stop_if_asked()
            clock.sleep(min(1.0, left))
            progress.advance(step, 1)
            left -= 1.0
        progress.finish(step)
    return frozenset(waited)


def by_system(con: duckdb.DuckDBPyConnection, outcomes: Mapping[int, Outcome]) -> dict[str, list[Outcome]]:
    """Outcomes of changes of the attached plan, by the system that they were sent to."""
    found: dict[str, list[Outcome]] = {}
    systems = dict(rows(con, "select change, system from plan.changes")) if outcomes else {}
    for number, outcome in outcomes.items():
        found.setdefault(systems[number], []).append(outcome)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Whom to ask for what no snapshot tells. `writers` is our user by system."""

    connectors: Mapping[str, Connector]
    layout: Layout
    writers: Mapping[str, str]


def look_up(
    con: duckdb.DuckDBPyConnection,
    syncs: Sequence[CompiledSync],
    unknown: Mapping[int, Outcome],
    asking: Asking,
    new_ids: Mapping[str, str],
) -> Found:
    """Look for what became of some changes of the attached plan, in the refreshed snapshots; who made a record that
    somebody else wrote last is asked for. `new_ids` is as of `changes.load_confirmed`."""
    con.execute("create or replace temp table looked (change integer, id varchar, sent_at timestamp, until timestamp)")
    insert_rows(con, "looked", [_window(number, outcome) for number, outcome in unknown.items()])
    con.execute("update looked set id = c.id from plan.changes c where c.change = looked.change and looked.id = ''")
    con.execute("create or replace temp table looked_ids (planned_id varchar, record_id varchar)")
    insert_rows(con, "looked_ids", list(new_ids.items()))
    con.execute("create or replace temp table our_users (system varchar, writer varchar)")
    insert_rows(con, "our_users", list(asking.writers.items()))
    con.execute("create or replace temp table shown (change integer, record_id varchar, fate varchar, reason varchar)")
    _look_at_updates(con)
    _look_at_turned(con)
    if rows(con, "select 1 from looked l join plan.changes c using (change) where starts_with(l.id, 'new:') limit 1"):
        _look_for_creates(con, syncs, asking)
    found = rows(con, "select change, record_id, fate, reason from shown order by change")
    return Found(
        done={number: record for number, record, fate, _ in found if fate == "done"},
        untold={number: reason for number, _, fate, reason in found if fate == "untold"},
    )


def _window(number: int, outcome: Outcome) -> list[object]:
    return [number, outcome.record_id, naive(outcome.sent_at - EARLY), naive(outcome.answered_at + LATE)]


def _look_at_updates(con: duckdb.DuckDBPyConnection) -> None:
    """What has an id was written where the record holds every value that was sent."""
    con.execute(
        "create or replace temp table held_now (change integer, field varchar, value varchar, is_there boolean)"
    )
    fields = rows(
        con,
        "select distinct c.system, c.object, f.field from looked join plan.changes c using (change)"
        f" join plan.field_changes f using (change) where {_WRITTEN} and f.sendable order by all",
    )
    for system, item, field in fields:
        con.execute(
            f"insert into held_now select c.change, {literal(field)}, s.{name(field)}, s._visible and not s._deleted"
            f" from looked join plan.changes c using (change) join {snapshot_table(system, item)} s"
            f" on s._id = looked.id where {_WRITTEN}"
            f" and c.system = {literal(system)} and c.object = {literal(item)}"
        )
    run(con, "looked_updates")


def _look_at_turned(con: duckdb.DuckDBPyConnection) -> None:
    """A delete was done where the record is in the recycle bin, an undelete where it is out of it."""
    turned = rows(
        con,
        "select distinct c.system, c.object from looked join plan.changes c using (change)"
        " where c.action in ('delete', 'undelete') order by all",
    )
    for system, item in turned:
        con.execute(
            "insert into shown select c.change, c.id, 'done', '' from looked join plan.changes c using (change)"
            f" join {snapshot_table(system, item)} s on s._id = c.id"
            f" where c.system = {literal(system)} and c.object = {literal(item)}"
            " and (c.action = 'delete' and s._deleted or c.action = 'undelete' and s._visible and not s._deleted)"
        )


def _look_for_creates(con: duckdb.DuckDBPyConnection, syncs: Sequence[CompiledSync], asking: Asking) -> None:
    """What was to be made was made where a match key finds a record that is ours."""
    columns = "change integer, system varchar, object varchar, record_id varchar, is_ours boolean"
    con.execute(f"create or replace temp table made_now ({columns})")
    search_by_keys(con, syncs, "looked_creates")
    _ask_for_makers(con, asking)
    con.execute(
        "insert into shown select change, min(record_id), case when count(distinct record_id) = 1 then 'done' else"
        " 'untold' end, 'a create of it was sent, its answer never came, and several records may be it'"
        " from made_now where is_ours group by change"
    )


def _ask_for_makers(con: duckdb.DuckDBPyConnection, asking: Asking) -> None:
    """Somebody edited what we had made: the last writer tells nothing, and who made it never changes."""
    edited = rows(
        con, "select system, object, list(distinct record_id) from made_now where not is_ours group by all order by all"
    )
    for system, item, ids in edited:
        columns = made_columns(system)
        request = ReadRequest(object=item, fields=columns.all, ids=tuple(sorted(ids)))
        with asked(con, asking.connectors[system], request, columns, asking.layout) as has_rows:
            if has_rows:
                con.execute(
                    "update made_now m set is_ours = true from landed r, looked l, our_users u"
                    f" where m.system = {literal(system)} and m.object = {literal(item)} and m.record_id = r._id"
                    " and l.change = m.change and u.system = m.system and (u.writer = '' or r._writer = u.writer)"
                    " and r._stamp between l.sent_at and l.until"
                )
