"""Pardot records in their tables: found, made, changed, binned and restored.

Ids only grow and are never used twice. Nothing here validates; callers do, before.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from pardotflow.emulator.pardot.context import Context
from pardotflow.emulator.pardot.query.past import keep_past
from pardotflow.emulator.pardot.schema.objects import Collection
from pardotflow.emulator.write_log import note_write

Values = dict[str, Any]


def rows_of(cursor: sqlite3.Cursor) -> list[Values]:
    """All rows of a cursor as dictionaries."""
    names = [d[0] for d in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def find_record(db: sqlite3.Connection, collection: Collection, record_id: int) -> Values | None:
    """The stored record, deleted or not."""
    found = rows_of(db.execute(f'SELECT * FROM "{collection.table}" WHERE "id" = ?', (record_id,)))
    return found[0] if found else None


def new_id(db: sqlite3.Connection, collection: Collection) -> int:
    """The next id of a collection; higher than any that it has or had."""
    (highest,) = db.execute(f'SELECT coalesce(max("id"), 1000) FROM "{collection.table}"').fetchone()
    (made,) = db.execute(
        "INSERT INTO minted VALUES (?, ?) ON CONFLICT (prefix) DO UPDATE SET last = max(last, ?) + 1 RETURNING last",
        (collection.counter, highest + 1, highest),
    ).fetchone()
    return int(made)


def insert_record(context: Context, collection: Collection, values: Mapping[str, Any]) -> Values:
    """Store a new record with id, defaults and audit fields; returns it whole."""
    row: Values = {a.name: 0 if a.type == "boolean" else None for a in collection.attributes.values()}
    record_id = new_id(context.db, collection)
    stamps: Values = {"createdAt": context.stamp, "updatedAt": context.stamp}
    stamps |= {"createdById": context.user_id, "updatedById": context.user_id}
    row.update({name: value for name, value in stamps.items() if name in row})
    row.update(values, id=record_id)
    keep_past(context.state, context.db, collection, record_id)
    names = ", ".join(f'"{name}"' for name in row)
    context.db.execute(
        f'INSERT INTO "{collection.table}" ({names}) VALUES ({",".join("?" * len(row))})', list(row.values())
    )
    _note(context, collection, record_id, "create", {name: value for name, value in row.items() if value is not None})
    return row


def update_record(
    context: Context, collection: Collection, row: Values, changes: Mapping[str, Any], *, action: str = "update"
) -> None:
    """Save changes and move the stamps that are not among them; `row` is brought up to date."""
    unchanged = all(row.get(name) == value for name, value in changes.items())
    if unchanged and not context.state.switches.touch_unchanged:
        return
    stamps = {"updatedAt": context.stamp, "updatedById": context.user_id}
    touched = {name: value for name, value in stamps.items() if name in collection.attributes} | dict(changes)
    keep_past(context.state, context.db, collection, row["id"])
    _note(context, collection, row["id"], action, changes, {name: row.get(name) for name in changes})
    row.update(touched)
    sets = ", ".join(f'"{name}" = ?' for name in touched)
    context.db.execute(f'UPDATE "{collection.table}" SET {sets} WHERE "id" = ?', [*touched.values(), row["id"]])


def remove_record(context: Context, collection: Collection, row: Values) -> None:
    """Move a record to the recycle bin, or destroy it where the collection has none."""
    if collection.has_bin:
        update_record(context, collection, row, {"isDeleted": 1}, action="delete")
        return
    destroy_record(context, collection, row)


def destroy_record(context: Context, collection: Collection, row: Values) -> None:
    """Remove a record for good."""
    keep_past(context.state, context.db, collection, row["id"])
    context.db.execute(f'DELETE FROM "{collection.table}" WHERE "id" = ?', (row["id"],))
    _note(context, collection, row["id"], "delete", {})


def _note(
    context: Context,
    collection: Collection,
    record_id: object,
    action: str,
    fields: Mapping[str, Any],
    before: Mapping[str, Any] | None = None,
) -> None:
    """Record a write, without the emulator's own columns (`_body`)."""
    note_write(
        context.db,
        system="pardot",
        kind=collection.path,
        record_id=record_id,
        action=action,
        fields=_public(fields),
        before=_public(before or {}),
    )


def _public(values: Mapping[str, Any]) -> Values:
    return {name: value for name, value in values.items() if not name.startswith("_")}
