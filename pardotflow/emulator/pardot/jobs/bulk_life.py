"""The states of a bulk action over time, and what it does to the prospects of its file.

Open until it is Ready, then Waiting, Processing and Complete; Paused and Cancelled in between (facts pardot_api
section 6). A run is one transaction.
"""

from __future__ import annotations

from dataclasses import replace

from pardotflow.emulator.pardot.context import Context
from pardotflow.emulator.pardot.errors import PardotError
from pardotflow.emulator.pardot.jobs.import_csv import read_rows
from pardotflow.emulator.pardot.jobs.import_run import to_line
from pardotflow.emulator.pardot.prospects import prospects
from pardotflow.emulator.pardot.record_api import read_id
from pardotflow.emulator.pardot.records import Values, destroy_record, find_record, remove_record, update_record
from pardotflow.emulator.pardot.schema.objects import Collection
from pardotflow.emulator.state import in_transaction

DELETE, DESTROY = "delete", "permanentlyDelete"
# What may follow when a client sets a status, by the status before.
_ALLOWED = {
    "Ready": {"Open", "Paused"},
    "Paused": {"Waiting", "Processing"},
    "Cancelled": {"Open", "Waiting", "Processing", "Paused"},
}


def bulk_actions(context: Context) -> Collection:
    """The bulk actions collection."""
    return context.collections["bulk-actions"]


def set_status(context: Context, record: Values, wanted: object) -> None:
    """Start, pause, resume or cancel; raises 154 for another word, 161 where the state does not let it."""
    if not isinstance(wanted, str) or wanted not in _ALLOWED:
        raise PardotError(154, "status")
    if record["status"] not in _ALLOWED[wanted]:
        raise PardotError(161)
    changes: Values = {"status": wanted, "_due": None}
    if wanted == "Ready":
        changes = {"status": "Waiting", "_due": context.state.now + context.state.switches.bulk_action_delay}
    update_record(context, bulk_actions(context), record, changes)


def catch_up_bulk_actions(context: Context) -> None:
    """Move every bulk action to the state that it has by now, and carry out what is due."""
    now, half = context.state.now, context.state.switches.bulk_action_delay / 2
    waiting = context.db.execute(
        f'SELECT "id" FROM {bulk_actions(context).table} WHERE _due IS NOT NULL'
        ' AND (_due <= ? OR ("status" = \'Waiting\' AND _due - ? <= ?)) ORDER BY _due, "id"',
        (now, half, now),
    ).fetchall()
    for (action_id,) in waiting:
        with in_transaction(context.state) as begun:
            _advance(replace(context, state=begun), action_id)


def _advance(context: Context, action_id: int) -> None:
    """Another process may have been faster; so the state is read again inside the transaction."""
    record = find_record(context.db, bulk_actions(context), action_id)
    if record is None or record["_due"] is None:
        return
    own = replace(context, user_id=record["createdById"])
    if record["_due"] > context.state.now:
        update_record(own, bulk_actions(context), record, {"status": "Processing"})
        return
    lines = _run(own, record)
    done: Values = {"status": "Complete", "_due": None, "_errors": "".join(lines), "errorCount": len(lines)}
    done |= {"processedCount": record["count"], "percentComplete": 100}
    done["errorsRef"] = f"/api/v5/bulk-actions/{action_id}/errors" if lines else None
    update_record(own, bulk_actions(context), record, done)


def _run(context: Context, record: Values) -> list[str]:
    """Do it for every id of the file; the lines of those that failed."""
    failed: list[str] = []
    rows = read_rows(record["_body"])
    next(rows)
    for row in rows:
        try:
            _act(context, record["bulkAction"], read_id(row[0].strip()))
        except PardotError as error:
            failed.append(to_line([row[0], str(error.code), error.message]))
    return failed


def _act(context: Context, action: str, prospect_id: int) -> None:
    collection = prospects(context)
    row = find_record(context.db, collection, prospect_id)
    if row is None or bool(row["isDeleted"]) != (action == DESTROY):
        raise PardotError(109)
    if action == DELETE:
        remove_record(context, collection, row)
        return
    destroy_record(context, collection, row)
