"""The states of an import over time: Open, Waiting, Processing, Complete; or Canceling, Canceled.

Nothing runs in the background. Every Pardot request first lets the clock catch up: what is due by then has happened
before the request is answered, also after a restart.
"""

from __future__ import annotations

from dataclasses import replace

from pardotflow.emulator.clock import from_epoch, pardot_stamp
from pardotflow.emulator.pardot.context import Context
from pardotflow.emulator.pardot.errors import PardotError
from pardotflow.emulator.pardot.jobs.import_run import run_import
from pardotflow.emulator.pardot.records import Values, find_record, update_record
from pardotflow.emulator.pardot.schema.objects import Collection
from pardotflow.emulator.state import in_transaction

_OPEN_SECONDS = 86_400
_KEPT_SECONDS = 7 * 86_400


def imports(context: Context) -> Collection:
    """The imports collection."""
    return context.collections["imports"]


def catch_up_imports(context: Context) -> None:
    """Move every import to the state that it has by now, and carry out what is due."""
    now = context.state.now
    half = context.state.switches.import_delay / 2
    waiting = context.db.execute(
        f'SELECT "id" FROM {imports(context).table} WHERE _due IS NOT NULL'
        ' AND (_due <= ? OR ("status" = \'Waiting\' AND _due - ? <= ?)) ORDER BY _due, "id"',
        (now, half, now),
    ).fetchall()
    for (import_id,) in waiting:
        with in_transaction(context.state) as begun:
            _advance(replace(context, state=begun), import_id)


def _advance(context: Context, import_id: int) -> None:
    """Another process may have been faster; so the state is read again inside the transaction."""
    record = find_record(context.db, imports(context), import_id)
    if record is None or record["_due"] is None:
        return
    own = replace(context, user_id=record["createdById"])
    if record["_due"] > context.state.now:
        update_record(own, imports(context), record, {"status": "Processing"})
        return
    if record["status"] == "Canceling":
        update_record(
            own, imports(context), record, {"status": "Canceled", "_due": None, "_finished": context.state.now}
        )
        return
    counts = run_import(own, record)
    done = {"status": "Complete", "_due": None, "_finished": context.state.now}
    errors = f"/api/v5/imports/{import_id}/errors"
    refs = {"errorRef": errors, "errorsRef": errors} if counts["errorCount"] else {}
    update_record(own, imports(context), record, counts | done | refs)


def submit(context: Context, record: Values) -> None:
    """Start an open import; raises 156."""
    (batches,) = context.db.execute("SELECT count(*) FROM import_batch WHERE import_id = ?", (record["id"],)).fetchone()
    if not batches:
        raise PardotError(156)
    due = context.state.now + context.state.switches.import_delay
    update_record(context, imports(context), record, {"status": "Waiting", "_due": due})


def cancel(context: Context, record: Values) -> None:
    """Stop an import that has not finished: it is Canceling for a while, then Canceled. Raises 161."""
    if record["status"] not in {"Open", "Waiting", "Processing"} or record["isExpired"]:
        raise PardotError(161)
    due = context.state.now + context.state.switches.import_delay / 2
    update_record(context, imports(context), record, {"status": "Canceling", "_due": due})


def expire(context: Context) -> None:
    """Mark imports whose time is over: not submitted for a day, or finished for a week."""
    now = context.state.now
    opened = pardot_stamp(from_epoch(now - _OPEN_SECONDS))
    with context.state.file.write() as db:
        db.execute(
            f'UPDATE {imports(context).table} SET "isExpired" = 1 WHERE "isExpired" = 0'
            ' AND (_finished < ? OR ("status" = \'Open\' AND "createdAt" < ?))',
            (now - _KEPT_SECONDS, opened),
        )
