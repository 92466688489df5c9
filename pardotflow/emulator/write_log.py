"""What each request wrote: one row for every record that was stored, entered by the functions that store records.

The rows are part of the transaction that writes the records: what was undone is not in them, what is acknowledged is.
They are made from what was stored and never from a request's body, so they judge a client independently. They gather on
the connection and go into the file together, at the latest before the transaction ends: `write` of the data file and
`savepoint` see to that.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

_LOOKED_THROUGH = 200_000
_SHOWN = 20
_MOST_GATHERED = 1_000
_to_json = json.JSONEncoder(check_circular=False, separators=(",", ":")).encode
_ENTER = (
    "INSERT INTO write_log (request, system, object, record_id, action, fields, before) VALUES (?, ?, ?, ?, ?, ?, ?)"
)


class NotingConnection(sqlite3.Connection):
    """A connection that knows which request it serves, and the notes of its open transaction."""

    request: str | None = None
    savepoints: int = 0

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - those of sqlite3.connect
        super().__init__(*arguments, **options)
        self.notes: list[tuple[str, ...]] = []


@contextmanager
def recording(db: sqlite3.Connection, request: str) -> Iterator[None]:
    """For so long writes of this connection belong to a request; others are not recorded."""
    assert isinstance(db, NotingConnection)
    db.request = request
    try:
        yield
    finally:
        db.request = None


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
    if not isinstance(db, NotingConnection) or db.request is None:
        return
    told, replaced = (_to_json(values) if values else "{}" for values in (fields, before))
    db.notes.append((db.request, system, kind, str(record_id), action, told, replaced))
    if not db.in_transaction or (db.savepoints == 0 and len(db.notes) >= _MOST_GATHERED):
        flush_notes(db)


def flush_notes(db: sqlite3.Connection) -> None:
    """Put the gathered notes into the file."""
    if isinstance(db, NotingConnection) and db.notes:
        db.executemany(_ENTER, db.notes)
        db.notes.clear()


def forget_notes(db: sqlite3.Connection) -> None:
    """The transaction was rolled back, and with it what was noted."""
    if isinstance(db, NotingConnection):
        db.notes.clear()


@contextmanager
def notes_of_part(db: sqlite3.Connection) -> Iterator[None]:
    """A part of the transaction: an exception takes back what was noted in it, and no other note.

    Notes go into the file before the outermost part only: inside of one its end could undo those of before.
    """
    assert isinstance(db, NotingConnection)
    if db.savepoints == 0 and len(db.notes) >= _MOST_GATHERED:
        flush_notes(db)
    noted = len(db.notes)
    db.savepoints += 1
    try:
        yield
    except BaseException:
        del db.notes[noted:]
        raise
    finally:
        db.savepoints -= 1


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


def read_history(
    db: sqlite3.Connection, *, system: str, kind: str, record_id: object, unit_id: str | None = None
) -> list[dict[str, Any]]:
    """The last writes of one record among the many last, newest first, with the number of the request in the log.

    With `unit_id` only those of requests to that business unit: units count their records alike.
    """
    rows = db.execute(
        "SELECT request_log.n, action, fields, before FROM write_log LEFT JOIN request_log USING (request)"
        " WHERE record_id = ? AND object = ? AND write_log.system = ?"
        " AND write_log.n > (SELECT max(n) FROM write_log) - ?"
        " AND coalesce(json_extract(headers, '$.\"pardot-business-unit-id\"') = ?, ? IS NULL)"
        " ORDER BY write_log.n DESC LIMIT ?",
        (str(record_id), kind, system, _LOOKED_THROUGH, unit_id, unit_id, _SHOWN),
    )
    return [
        {"n": n, "action": action, "fields": json.loads(fields), "before": json.loads(before)}
        for n, action, fields, before in rows
    ]


def forget_writes(db: sqlite3.Connection, requests: Iterable[str]) -> None:
    """Forget what these requests wrote."""
    db.executemany("DELETE FROM write_log WHERE request = ?", [(request,) for request in requests])
