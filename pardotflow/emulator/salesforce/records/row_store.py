"""Stored records by id and by value, and new ids: what everything that keeps records stands on."""

from __future__ import annotations

import sqlite3
from typing import Any

from pardotflow.emulator.ids import mint_id
from pardotflow.emulator.salesforce.records.catalog import ObjectInfo

Values = dict[str, Any]


def find_row(db: sqlite3.Connection, info: ObjectInfo, record_id: str) -> Values | None:
    """The stored record, deleted or not, with canonical field names."""
    cursor = db.execute(f'SELECT * FROM {info.table} WHERE "Id" = ?', (record_id,))
    row = cursor.fetchone()
    return None if row is None else dict(zip((d[0] for d in cursor.description), row, strict=True))


def find_by(db: sqlite3.Connection, info: ObjectInfo, name: str, value: object) -> list[Values]:
    """Live records that carry a value in an indexed field."""
    cursor = db.execute(f'SELECT * FROM {info.table} WHERE "{name}" = ? AND "IsDeleted" = 0', (value,))
    return rows_of(cursor)


def rows_of(cursor: sqlite3.Cursor) -> list[Values]:
    """What a cursor selects, with the names of its columns."""
    names = [d[0] for d in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def new_id(db: sqlite3.Connection, info: ObjectInfo) -> str:
    """An id that no record of the object has."""
    return fresh_id(db, info.prefix, info.table)


def fresh_id(db: sqlite3.Connection, prefix: str, table: str) -> str:
    """An id with a key prefix that no row of a quoted table has; those of a seed may be anything."""
    while True:
        (number,) = db.execute(
            "INSERT INTO minted VALUES (?, 1) ON CONFLICT (prefix) DO UPDATE SET last = last + 1 RETURNING last",
            (prefix,),
        ).fetchone()
        made = mint_id(prefix, number)
        if db.execute(f'SELECT 1 FROM {table} WHERE "Id" = ?', (made,)).fetchone() is None:
            return made
