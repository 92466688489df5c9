"""The states of an export over time: Waiting, Processing, Complete, or Failed and Canceled.

The exports of an account run one after the other, oldest first; so each is due after the one before it. Files and
export live for seven days (facts pardot_api section 5.4).
"""

from __future__ import annotations

import json
from dataclasses import replace

from pardotflow.emulator.pardot.context import Context
from pardotflow.emulator.pardot.errors import PardotError
from pardotflow.emulator.pardot.jobs.export_run import run_export
from pardotflow.emulator.pardot.records import Values, find_record, update_record
from pardotflow.emulator.pardot.schema.objects import Collection
from pardotflow.emulator.state import in_transaction

_KEPT_SECONDS = 7 * 86_400


def exports(context: Context) -> Collection:
    """The exports collection."""
    return context.collections["exports"]


def schedule_export(context: Context, record: Values) -> None:
    """Put a new export at the end of the account's queue."""
    (last,) = context.db.execute(f"SELECT max(_due) FROM {exports(context).table}").fetchone()
    due = max(context.state.now, last or 0) + context.state.switches.export_delay
    context.db.execute(f'UPDATE {exports(context).table} SET _due = ? WHERE "id" = ?', (due, record["id"]))


def catch_up_exports(context: Context) -> None:
    """Move every export to the state that it has by now, and write the files of those that are due."""
    now, half = context.state.now, context.state.switches.export_delay / 2
    waiting = context.db.execute(
        f'SELECT "id" FROM {exports(context).table} WHERE _due IS NOT NULL'
        ' AND (_due <= ? OR ("status" = \'Waiting\' AND _due - ? <= ?)) ORDER BY _due, "id"',
        (now, half, now),
    ).fetchall()
    for (export_id,) in waiting:
        with in_transaction(context.state) as begun:
            _advance(replace(context, state=begun), export_id)


def _advance(context: Context, export_id: int) -> None:
    """Another process may have been faster; so the state is read again inside the transaction."""
    record = find_record(context.db, exports(context), export_id)
    if record is None or record["_due"] is None:
        return
    own = replace(context, user_id=record["createdById"])
    if record["_due"] > context.state.now:
        update_record(own, exports(context), record, {"status": "Processing"})
        return
    done: Values = {"_due": None, "_finished": context.state.now}
    try:
        files = run_export(own, record)
    except PardotError:
        update_record(own, exports(context), record, done | {"status": "Failed"})
        return
    context.db.executemany("INSERT INTO export_file VALUES (?, ?, ?)", [(export_id, *f) for f in enumerate(files, 1)])
    refs = [f"/api/v5/exports/{export_id}/results/{n}" for n in range(1, len(files) + 1)]
    update_record(own, exports(context), record, done | {"status": "Complete", "resultRefs": json.dumps(refs)})


def cancel_export(context: Context, record: Values) -> None:
    """Stop an export that has not finished; raises 178."""
    if record["status"] not in {"Waiting", "Processing"}:
        raise PardotError(178)
    done = {"status": "Canceled", "_due": None, "_finished": context.state.now}
    update_record(context, exports(context), record, done)


def expire_exports(context: Context) -> None:
    """Take the files of exports that finished a week ago."""
    before, table = context.state.now - _KEPT_SECONDS, exports(context).table
    with context.state.file.write() as db:
        db.execute(
            f'DELETE FROM export_file WHERE export_id IN (SELECT "id" FROM {table} WHERE _finished < ?)', (before,)
        )
        db.execute(
            f'UPDATE {table} SET "isExpired" = 1, "resultRefs" = NULL WHERE "isExpired" = 0 AND _finished < ?',
            (before,),
        )
