"""Records in their tables: found, made, changed and deleted, with everything the platform fills in by itself.

Stamps move on every save that is accepted, whether or not a value changed. Nothing here validates; callers do, before.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from pardotflow.emulator.salesforce.records.catalog import Catalog, ObjectInfo
from pardotflow.emulator.salesforce.records.history import note_changes, note_event
from pardotflow.emulator.salesforce.records.row_store import Values, find_by
from pardotflow.emulator.write_log import note_write

MODIFIED = ("LastModifiedDate", "LastModifiedById", "SystemModstamp")


def complete_row(info: ObjectInfo, values: Mapping[str, Any], *, record_id: str, stamp: str, user_id: str) -> Values:
    """A new record: defaults, owner, stamps and derived fields around the given values."""
    made: Values = dict(info.blank)
    if "OwnerId" in made:
        made["OwnerId"] = user_id
    made.update(Id=record_id, CreatedDate=stamp, CreatedById=user_id, IsDeleted=0)
    made.update(_stamps(info, MODIFIED, stamp, user_id))
    made.update(values)
    if "PhotoUrl" in made and made["PhotoUrl"] is None:
        made["PhotoUrl"] = f"/services/images/photo/{record_id}"
    made.update(derive(info, made))
    return made


def _stamps(info: ObjectInfo, moved: Iterable[str], stamp: str, user_id: str) -> Values:
    """The new values of the stamps that the object has; histories have none."""
    return {name: user_id if name.endswith("Id") else stamp for name in moved if info.find(name)}


def derive(info: ObjectInfo, row: Mapping[str, Any]) -> Values:
    """The values that follow from others: a person's Name, whether an e-mail bounced."""
    derived: Values = {}
    name = info.find("Name")
    if name is not None and not name.createable and info.find("LastName"):
        derived["Name"] = " ".join(filter(None, (row.get("FirstName"), row.get("LastName")))) or None
    if info.find("IsEmailBounced"):
        derived["IsEmailBounced"] = int(bool(row.get("EmailBouncedDate") or row.get("EmailBouncedReason")))
    return derived


def insert_row(db: sqlite3.Connection, info: ObjectInfo, row: Mapping[str, Any]) -> None:
    """Store a complete record."""
    fields = {name: value for name, value in row.items() if value is not None}
    names = ", ".join(f'"{name}"' for name in fields)
    db.execute(f"INSERT INTO {info.table} ({names}) VALUES ({','.join('?' * len(fields))})", list(fields.values()))
    note_write(db, system="salesforce", kind=info.name, record_id=row["Id"], action="create", fields=fields)
    note_event(db, info, row, "created", stamp=row["CreatedDate"], user_id=row["CreatedById"])


def update_row(
    db: sqlite3.Connection,
    info: ObjectInfo,
    row: Values,
    changes: Mapping[str, Any],
    *,
    stamp: str,
    user_id: str,
    action: str = "update",
    moved: Iterable[str] = MODIFIED,
) -> None:
    """Save changes to a stored record and move its stamps, or those that are `moved`. `row` is brought up to date."""
    before = dict(row)
    row.update(changes)
    touched = {**changes, **derive(info, row)}
    note_write(
        db,
        system="salesforce",
        kind=info.name,
        record_id=row["Id"],
        action=action,
        fields=touched,
        before={name: before.get(name) for name in touched},
    )
    note_changes(db, info, before, touched, stamp=stamp, user_id=user_id)
    touched.update(_stamps(info, moved, stamp, user_id))
    row.update(touched)
    if not touched:
        return
    sets = ", ".join(f'"{name}" = ?' for name in touched)
    db.execute(f'UPDATE {info.table} SET {sets} WHERE "Id" = ?', [*touched.values(), row["Id"]])


def delete_row(
    db: sqlite3.Connection,
    catalog: Catalog,
    info: ObjectInfo,
    row: Values,
    *,
    stamp: str,
    user_id: str,
    root: str | None = None,
    more: Mapping[str, Any] | None = None,
) -> None:
    """Move a record to the recycle bin, with its cascading children, which note the `root` they went with.

    `more` is what is stored in the record besides.
    """
    update_row(db, info, row, {"IsDeleted": 1, **(more or {})}, stamp=stamp, user_id=user_id, action="delete")
    put_in_bin(db, info, row["Id"], stamp, root or row["Id"])
    for child, lookup in catalog.children_of(info.name):
        if lookup.cascade:
            for found in find_by(db, child, lookup.name, row["Id"]):
                delete_row(db, catalog, child, found, stamp=stamp, user_id=user_id, root=root or row["Id"])


def put_in_bin(db: sqlite3.Connection, info: ObjectInfo, record_id: str, stamp: str, root: str) -> None:
    """Note when a record was deleted, and with which one, so that both come back together."""
    db.execute("INSERT OR REPLACE INTO recycle_bin VALUES (?, ?, ?, ?)", (record_id, info.name, root, stamp))
