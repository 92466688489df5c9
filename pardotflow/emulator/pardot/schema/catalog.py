"""The collections of one data file: the standard ones, and prospects with their custom fields.

A custom field is a record of the custom-fields collection and a column of the prospects table; both change together.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import replace

from pardotflow.emulator.pardot.schema.objects import COLLECTIONS, Attribute, Collection
from pardotflow.emulator.pardot.schema.shapes import table_prefix

_INTEGER = {"integer", "boolean"}
_JOBS = ("imports", "exports", "bulk_actions")
_MANY = {"checkbox", "multi-select"}


def column_type(attribute: Attribute) -> str:
    """The SQLite column type."""
    if attribute.type in _INTEGER:
        return "INTEGER"
    return {"float": "REAL", "number": "NUMERIC"}.get(attribute.type, "TEXT")


def custom_attribute(api_field_id: str, kind: str, *, many: bool) -> Attribute:
    """The prospect attribute of a custom field of a given type."""
    lower = kind.lower()
    single = lower if lower in {"number", "date"} else "string"
    made = "array" if many or lower in _MANY else single
    return Attribute(name=api_field_id, type=made, createable=True, updateable=True)


def unit_collections(unit: int) -> Mapping[str, Collection]:
    """The collections of a business unit without its custom fields."""
    return {path: replace(collection, unit=unit) for path, collection in COLLECTIONS.items()}


def create_tables(db: sqlite3.Connection, unit: int) -> None:
    """Make a unit's tables of all collections, and beside each the one of replaced states that cache lag needs."""
    for collection in unit_collections(unit).values():
        columns = [f'"{a.name}" {column_type(a)}' for a in collection.attributes.values() if a.name != "id"]
        body = ", ".join(['"id" INTEGER PRIMARY KEY', *columns])
        db.execute(f'CREATE TABLE "{collection.table}" ({body})')
        past = ", ".join(['"id" INTEGER NOT NULL', *columns])
        db.execute(f'CREATE TABLE "{collection.table}_past" (_until REAL NOT NULL, _absent INTEGER NOT NULL, {past})')
    prefix = table_prefix(unit)
    for name in _JOBS:
        db.execute(f'ALTER TABLE "{prefix}{name}" ADD COLUMN _due REAL')
        db.execute(f'ALTER TABLE "{prefix}{name}" ADD COLUMN _finished REAL')
    db.execute(f'ALTER TABLE "{prefix}imports" ADD COLUMN _header TEXT')
    db.execute(f'ALTER TABLE "{prefix}bulk_actions" ADD COLUMN _body BLOB')
    db.execute(f'ALTER TABLE "{prefix}bulk_actions" ADD COLUMN _errors TEXT')


def index_tables(db: sqlite3.Connection, unit: int) -> None:
    """Make a unit's indexes; after a bulk load, because that is faster."""
    for collection in unit_collections(unit).values():
        for name in sorted({*collection.filters, *collection.sorts} - {"id"}):
            db.execute(f'CREATE INDEX "{collection.table}_{name}" ON "{collection.table}" ("{name}", "id")')
        db.execute(f'CREATE INDEX "{collection.table}_was" ON "{collection.table}_past" (_until)')
    prefix = table_prefix(unit)
    db.execute(f'CREATE INDEX {prefix}prospects_email_any ON "{prefix}prospects" ("email" COLLATE NOCASE)')
    db.execute(f'CREATE INDEX {prefix}users_salesforce ON "{prefix}users" ("salesforceId")')
    for name in _JOBS:
        db.execute(f'CREATE INDEX {prefix}{name}_due ON "{prefix}{name}" (_due) WHERE _due IS NOT NULL')


def add_prospect_columns(db: sqlite3.Connection, unit: int, attributes: Iterable[Attribute]) -> None:
    """Give a unit's prospects table the columns of custom fields that it lacks."""
    prospects = f"{table_prefix(unit)}prospects"
    present = {row[1].lower() for row in db.execute(f"PRAGMA table_info('{prospects}')")}
    for attribute in attributes:
        if attribute.name.lower() not in present:
            for table in (prospects, f"{prospects}_past"):
                db.execute(f'ALTER TABLE "{table}" ADD COLUMN "{attribute.name}" {column_type(attribute)}')
            present.add(attribute.name.lower())


def drop_prospect_column(db: sqlite3.Connection, unit: int, name: str) -> None:
    """Remove the column that a deleted custom field has left, whatever its type and the case of its name were."""
    prospects = f"{table_prefix(unit)}prospects"
    for table in (prospects, f"{prospects}_past"):
        for (left,) in db.execute(
            f"SELECT name FROM pragma_table_info('{table}') WHERE lower(name) = lower(?)", (name,)
        ):
            db.execute(f'ALTER TABLE "{table}" DROP COLUMN "{left}"')


def read_collections(db: sqlite3.Connection, unit: int = 1) -> Mapping[str, Collection]:
    """All collections of a business unit, keyed by path."""
    plain = unit_collections(unit)
    table = plain["custom-fields"].table
    rows = db.execute(f'SELECT "apiFieldId", "type", "isRecordMultipleResponses" FROM {table} ORDER BY "id"')
    custom = {name: custom_attribute(name, kind or "text", many=bool(many)) for name, kind, many in rows}
    prospects = plain["prospects"]
    return {**plain, "prospects": replace(prospects, attributes={**prospects.attributes, **custom})}


class CollectionCache:
    """The collections, read again when a custom field was added, changed or removed."""

    def __init__(self) -> None:
        self._held: dict[int, tuple[str, Mapping[str, Collection]]] = {}

    def load(self, db: sqlite3.Connection, unit: int) -> Mapping[str, Collection]:
        """A unit's collections in force."""
        (version,) = db.execute("SELECT value FROM meta WHERE key = 'catalog'").fetchone()
        held = self._held.get(unit)
        if held is None or held[0] != version:
            held = self._held[unit] = (version, read_collections(db, unit))
        return held[1]
