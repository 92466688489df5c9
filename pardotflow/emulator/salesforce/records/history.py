"""Field history of leads and contacts: one entry for each change of a tracked field, and for what happens to a record.

Nothing is tracked until a schema says so. A changed lookup has two entries, one with names and one with ids; values of
long text are not kept. `rows` calls this for every record that is stored.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from pardotflow.emulator.salesforce.records.catalog import ObjectInfo
from pardotflow.emulator.salesforce.records.fields import Field
from pardotflow.emulator.salesforce.records.row_store import fresh_id
from pardotflow.emulator.write_log import note_write

_PREFIX = "017"
_DATA_TYPES = {
    "boolean": "Boolean",
    "date": "DateOnly",
    "datetime": "DateTime",
    "double": "Double",
    "currency": "Currency",
    "percent": "Percent",
    "int": "Integer",
    "picklist": "DynamicEnum",
    "multipicklist": "MultiEnum",
    "email": "Email",
    "phone": "PhoneNumber",
    "url": "Url",
    "textarea": "TextArea",
}


def note_event(
    db: sqlite3.Connection, info: ObjectInfo, row: Mapping[str, Any], event: str, *, stamp: str, user_id: str
) -> None:
    """Enter what happened to a record: `created`, `leadConverted`, `contactMerged`."""
    if info.tracked:
        _enter(db, info, row["Id"], event, "Text", (None, None), (stamp, user_id))


def note_changes(
    db: sqlite3.Connection,
    info: ObjectInfo,
    before: Mapping[str, Any],
    changes: Mapping[str, Any],
    *,
    stamp: str,
    user_id: str,
) -> None:
    """Enter the tracked fields whose values change."""
    for field in info.tracked:
        old, new = before.get(field.name), changes.get(field.name, before.get(field.name))
        if old == new:
            continue
        name = field.name
        pair = (_shown(field, old), _shown(field, new))
        if field.reference_to:
            name = name if field.custom else name.removesuffix("Id")
            names = (_name_of(db, field, old), _name_of(db, field, new))
            _enter(db, info, before["Id"], name, "Text", names, (stamp, user_id))
            _enter(db, info, before["Id"], name, "EntityId", pair, (stamp, user_id))
        else:
            kind = _DATA_TYPES.get(field.type, "Text")
            _enter(db, info, before["Id"], name, kind, pair, (stamp, user_id))


def _shown(field: Field, value: object) -> object:
    if field.is_long_text:
        return None
    return bool(value) if field.type == "boolean" else value


def _name_of(db: sqlite3.Connection, field: Field, record_id: object) -> object:
    """The name of the record that a lookup leads to."""
    for target in field.reference_to:
        if db.execute("SELECT 1 FROM sf_object WHERE name = ?", (target,)).fetchone():
            found = db.execute(f'SELECT "Name" FROM "sf_{target}" WHERE "Id" = ?', (record_id,)).fetchone()
            if found:
                return found[0]
    return None


def _enter(
    db: sqlite3.Connection,
    info: ObjectInfo,
    record_id: str,
    name: str,
    kind: str,
    pair: tuple[object, object],
    signed: tuple[str, str],
) -> None:
    old, new = (None if value is None else json.dumps(value) for value in pair)
    row = {
        "Id": fresh_id(db, _PREFIX, f'"sf_{info.name}History"'),
        f"{info.name}Id": record_id,
        "Field": name,
        "DataType": kind,
        "OldValue": old,
        "NewValue": new,
        "CreatedDate": signed[0],
        "CreatedById": signed[1],
    }
    names = ", ".join(f'"{column}"' for column in row)
    marks = ",".join("?" * len(row))
    db.execute(f'INSERT INTO "sf_{info.name}History" ({names}) VALUES ({marks})', list(row.values()))
    note_write(db, system="salesforce", kind=f"{info.name}History", record_id=row["Id"], action="create", fields=row)
