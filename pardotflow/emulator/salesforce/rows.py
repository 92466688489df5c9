"""Records in their tables: found, made, changed and deleted, with everything the platform fills in by itself.

Stamps move on every save that is accepted, whether or not a value changed. Nothing here validates; callers do, before.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from pardotflow.emulator.clock import from_epoch, salesforce_stamp
from pardotflow.emulator.ids import mint_id
from pardotflow.emulator.salesforce.catalog import Catalog, ObjectInfo
from pardotflow.emulator.write_log import note_write

Values = dict[str, Any]
MODIFIED = ("LastModifiedDate", "LastModifiedById", "SystemModstamp")


def find_row(db: sqlite3.Connection, info: ObjectInfo, record_id: str) -> Values | None:
    """The stored record, deleted or not, with canonical field names."""
    cursor = db.execute(f'SELECT * FROM {info.table} WHERE "Id" = ?', (record_id,))
    row = cursor.fetchone()
    return None if row is None else dict(zip((d[0] for d in cursor.description), row, strict=True))


def find_by(db: sqlite3.Connection, info: ObjectInfo, name: str, value: object) -> list[Values]:
    """Live records that carry a value in an indexed field."""
    cursor = db.execute(f'SELECT * FROM {info.table} WHERE "{name}" = ? AND "IsDeleted" = 0', (value,))
    names = [d[0] for d in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def new_id(db: sqlite3.Connection, info: ObjectInfo) -> str:
    """An id that no record of the object has."""
    while True:
        (made,) = db.execute(
            "INSERT INTO minted VALUES (?, 1) ON CONFLICT (prefix) DO UPDATE SET last = last + 1 RETURNING last",
            (info.prefix,),
        ).fetchone()
        candidate = mint_id(info.prefix, made)
        if find_row(db, info, candidate) is None:
            return candidate


def complete_row(info: ObjectInfo, values: Mapping[str, Any], *, record_id: str, stamp: str, user_id: str) -> Values:
    """A new record: defaults, owner, stamps and derived fields around the given values."""
    made: Values = {f.name: f.default for f in info.fields.values() if f.stored}
    made.update({name: int(value) for name, value in made.items() if isinstance(value, bool)})
    made.update(
        {name: 0 for name, value in made.items() if value is None and _is_zero_by_default(info, name)},
    )
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


def _is_zero_by_default(info: ObjectInfo, name: str) -> bool:
    field = info.fields[name.lower()]
    return field.defaulted and field.type == "int"


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
    names = ", ".join(f'"{name}"' for name in row)
    db.execute(f"INSERT INTO {info.table} ({names}) VALUES ({','.join('?' * len(row))})", list(row.values()))
    fields = {name: value for name, value in row.items() if value is not None}
    note_write(db, system="salesforce", kind=info.name, record_id=row["Id"], action="create", fields=fields)


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
    touched.update(_stamps(info, moved, stamp, user_id))
    row.update(touched)
    if not touched:
        return
    sets = ", ".join(f'"{name}" = ?' for name in touched)
    db.execute(f'UPDATE {info.table} SET {sets} WHERE "Id" = ?', [*touched.values(), row["Id"]])


def delete_row(
    db: sqlite3.Connection, catalog: Catalog, info: ObjectInfo, row: Values, *, stamp: str, user_id: str
) -> None:
    """Move a record to the recycle bin, and with it the children whose lookup says so."""
    update_row(db, info, row, {"IsDeleted": 1}, stamp=stamp, user_id=user_id, action="delete")
    for child, lookup in catalog.children_of(info.name):
        if lookup.cascade:
            for found in find_by(db, child, lookup.name, row["Id"]):
                delete_row(db, catalog, child, found, stamp=stamp, user_id=user_id)


def stamp_of(seconds: float) -> str:
    """The platform's stamp of an instant in Unix seconds."""
    return salesforce_stamp(from_epoch(seconds))
