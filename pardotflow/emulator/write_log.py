"""What each request wrote: one row for every record that was stored, entered by the functions that store records.

The rows are part of the transaction that writes the records: what was undone is not in them, what is acknowledged is.
They are made from what was stored and never from a request's body, so they judge a client independently.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

_LOOKED_THROUGH = 200_000
_SHOWN = 20


@contextmanager
def recording(db: sqlite3.Connection, request: str) -> Iterator[None]:
    """For so long writes of this connection belong to a request; others are not recorded."""
    db.execute("INSERT INTO temp.request VALUES (?)", (request,))
    try:
        yield
    finally:
        db.execute("DELETE FROM temp.request")


def note_write(
    db: sqlite3.Connection,
    *,
    system: str,
    kind: str,
    record_id: object,
    action: str,
    fields: Mapping[str, Any] | None = None,
    before: Mapping[str, Any] | None = None,
) -> None:
    """Record that a record was created, updated or deleted; `before` holds the values that `fields` replaced."""
    db.execute(
        "INSERT INTO write_log (request, system, object, record_id, action, fields, before)"
        " SELECT id, ?, ?, ?, ?, ?, ? FROM temp.request",
        (system, kind, str(record_id), action, json.dumps(fields or {}), json.dumps(before or {})),
    )


def read_writes(db: sqlite3.Connection, request: str) -> list[dict[str, Any]]:
    """What a request wrote, in its order."""
    rows = db.execute(
        "SELECT system, object, record_id, action, fields, before FROM write_log WHERE request = ? ORDER BY n",
        (request,),
    )
    return [
        {
            "system": system,
            "object": kind,
            "id": record_id,
            "action": action,
            "fields": json.loads(fields),
            "before": json.loads(before),
        }
        for system, kind, record_id, action, fields, before in rows
    ]


def read_history(db: sqlite3.Connection, *, system: str, kind: str, record_id: object) -> list[dict[str, Any]]:
    """The last writes of one record among the many last, newest first, with the number of the request in the log."""
    rows = db.execute(
        "SELECT request_log.n, action, fields, before FROM write_log LEFT JOIN request_log USING (request)"
        " WHERE record_id = ? AND object = ? AND write_log.system = ?"
        " AND write_log.n > (SELECT max(n) FROM write_log) - ? ORDER BY write_log.n DESC LIMIT ?",
        (str(record_id), kind, system, _LOOKED_THROUGH, _SHOWN),
    )
    return [
        {"n": n, "action": action, "fields": json.loads(fields), "before": json.loads(before)}
        for n, action, fields, before in rows
    ]


def forget_writes(db: sqlite3.Connection, requests: Iterable[str]) -> None:
    """Forget what these requests wrote."""
    db.executemany("DELETE FROM write_log WHERE request = ?", [(request,) for request in requests])
