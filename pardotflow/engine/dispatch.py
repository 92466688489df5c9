"""In which order the changes of a plan are sent, and the few that go before the others to see whether they arrive.

Urgent syncs come first. Within them, and then within the rest: creates, so that the ids of new records are known to the
updates that carry them; a record leaves the recycle bin before it is updated; deletes come last.
"""

from collections.abc import Collection, Sequence
from itertools import groupby

import duckdb

from pardotflow.connectors.protocol import Operation
from pardotflow.core.errors import ApplyStopped
from pardotflow.engine.changes import Change, changes_of, load_confirmed, load_stamps
from pardotflow.engine.compiled import CompiledSync
from pardotflow.engine.lookup import Asking, look_up
from pardotflow.engine.quote import literals
from pardotflow.engine.routes import SEND_ORDER
from pardotflow.engine.send import Sender
from pardotflow.engine.sqlfile import insert_rows, rows

_SUFFIX = {(True, True): " by import", (False, True): " by job", (False, False): ""}


def prepare_sending(con: duckdb.DuckDBPyConnection, sender: Sender) -> None:
    """What the sending asks the session for. Comes after `mark_moved`."""
    load_stamps(con)
    con.execute("create or replace temp table settled (change integer)")
    insert_rows(con, "settled", [[number] for number in (*sender.earlier, *sender.outcomes)])


def send_changes(con: duckdb.DuckDBPyConnection, sender: Sender, urgent: Collection[str], only: str = "") -> None:
    """Send what is neither settled nor moved; with `only` just the changes in that table of the session. `urgent` are
    the names of the syncs that come first."""
    wanted = f"c.change in (from {only})" if only else "true"
    first = f"c.change in (select change from plan.field_changes where sync in ({literals(sorted(urgent))}))"
    for urgency in (first, "true") if urgent else ("true",):
        actions = {row[0] for row in rows(con, "select distinct action from plan.changes where sendable")}
        for action in (a for a in SEND_ORDER if a in actions):
            new_ids = load_confirmed(con, sender.confirmed)
            condition = (
                f"c.action = '{action}' and {wanted} and {urgency} and c.change not in (from settled)"
                " and c.change not in (select change from moved)"
            )
            for (system, item, operation, *_), group in groupby(changes_of(con, condition, new_ids), key=_route):
                sender.send(f"{action} {system} {item}{_SUFFIX[operation.is_import, operation.is_job]}", list(group))
        insert_rows(con, "settled", [[number] for number in sender.outcomes])


def choose_canary(con: duckdb.DuckDBPyConnection, number: int) -> tuple[int, ...]:
    """So many changes, of each kind some, as the session's table `canary`."""
    con.execute(
        "create or replace temp table canary as select change from ("
        "select change, row_number() over (partition by system, object, action, operation order by change) as turn"
        " from plan.changes where sendable and change not in (from settled)"
        " and change not in (select change from moved)"
        f") order by turn, change limit {number}"
    )
    return tuple(row[0] for row in rows(con, "select change from canary order by 1"))


def judge_canary(
    con: duckdb.DuckDBPyConnection,
    sender: Sender,
    syncs: Sequence[CompiledSync],
    chosen: Sequence[int],
    asking: Asking,
) -> ApplyStopped | None:
    """Whether the canary is in its place: every change of it that was sent is confirmed, and the refreshed snapshots
    hold what was sent; the reason to stop otherwise."""
    outcomes = {number: sender.outcomes[number] for number in chosen if number in sender.outcomes}
    failed = [outcome for outcome in outcomes.values() if outcome.status != "confirmed"]
    shown = look_up(con, syncs, outcomes, asking, load_confirmed(con, sender.confirmed)).done
    lost = sorted(outcomes.keys() - {outcome.number for outcome in failed} - shown.keys())
    if not failed and not lost:
        return None
    parts = []
    if failed:
        code = failed[0].code or failed[0].status
        parts.append(f"{len(failed)} of {len(outcomes)} changes were not confirmed ({code})")
    if lost:
        numbers = ", ".join(str(number) for number in lost)
        seen = rows(con, f"select object, name from plan.changes where change in ({numbers}) order by change limit 3")
        who = ", ".join(f"{item} {name}" for item, name in seen)
        parts.append(f"{len(lost)} of {len(outcomes)} records do not hold what was sent ({who})")
    return ApplyStopped(
        f"the canary: {'; '.join(parts)}",
        hint="Look at these records (pardotflow why); to go on all the same: pardotflow apply",
    )


def _route(change: Change) -> tuple[str, str, Operation, str, tuple[tuple[str, str], ...]]:
    return change.system, change.object, change.operation, change.key_field, change.headers
