"""The collections of one data file: the standard ones, and prospects with their custom fields.

A custom field is a record of the custom-fields collection and a column of the prospects table; both change together.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import replace

from pardotflow.emulator.pardot.objects import COLLECTIONS, Attribute, Collection

_INTEGER = {"integer", "boolean"}
_JOBS = ("pd_imports", "pd_exports", "pd_bulk_actions")
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


def create_tables(db: sqlite3.Connection) -> None:
    """Make the tables of all collections, and beside each the table of replaced states that cache lag needs."""
    for collection in COLLECTIONS.values():
        columns = [f'"{a.name}" {column_type(a)}' for a in collection.attributes.values() if a.name != "id"]
        body = ", ".join(['"id" INTEGER PRIMARY KEY', *columns])
        db.execute(f'CREATE TABLE "{collection.table}" ({body})')
        past = ", ".join(['"id" INTEGER NOT NULL', *columns])
        db.execute(f'CREATE TABLE "{collection.table}_past" (_until REAL NOT NULL, _absent INTEGER NOT NULL, {past})')
    for table in _JOBS:
        db.execute(f'ALTER TABLE "{table}" ADD COLUMN _due REAL')
        db.execute(f'ALTER TABLE "{table}" ADD COLUMN _finished REAL')
    db.execute('ALTER TABLE "pd_imports" ADD COLUMN _header TEXT')
    db.execute('ALTER TABLE "pd_bulk_actions" ADD COLUMN _body BLOB')
    db.execute('ALTER TABLE "pd_bulk_actions" ADD COLUMN _errors TEXT')


def index_tables(db: sqlite3.Connection) -> None:
    """Make the indexes; after a bulk load, because that is faster."""
    for collection in COLLECTIONS.values():
        for name in sorted({*collection.filters, *collection.sorts} - {"id"}):
            db.execute(f'CREATE INDEX "{collection.table}_{name}" ON "{collection.table}" ("{name}", "id")')
        db.execute(f'CREATE INDEX "{collection.table}_was" ON "{collection.table}_past" (_until)')
    db.execute('CREATE INDEX pd_prospects_email_any ON "pd_prospects" ("email" COLLATE NOCASE)')
    db.execute('CREATE INDEX pd_users_salesforce ON "pd_users" ("salesforceId")')
    for table in _JOBS:
        db.execute(f'CREATE INDEX {table}_due ON "{table}" (_due) WHERE _due IS NOT NULL')


def add_prospect_columns(db: sqlite3.Connection, attributes: Iterable[Attribute]) -> None:
    """Give the prospects table the columns of custom fields that it lacks."""
    present = {row[1].lower() for row in db.execute("PRAGMA table_info('pd_prospects')")}
    for attribute in attributes:
        if attribute.name.lower() not in present:
            for table in ("pd_prospects", "pd_prospects_past"):
                db.execute(f'ALTER TABLE "{table}" ADD COLUMN "{attribute.name}" {column_type(attribute)}')
            present.add(attribute.name.lower())


def read_collections(db: sqlite3.Connection) -> Mapping[str, Collection]:
    """All collections of a data file, keyed by path."""
    rows = db.execute('SELECT "apiFieldId", "type", "isRecordMultipleResponses" FROM pd_custom_fields ORDER BY "id"')
    custom = {name: custom_attribute(name, kind or "text", many=bool(many)) for name, kind, many in rows}
    prospects = COLLECTIONS["prospects"]
    return {**COLLECTIONS, "prospects": replace(prospects, attributes={**prospects.attributes, **custom})}


class CollectionCache:
    """The collections, read again when a custom field was added, changed or removed."""

    def __init__(self) -> None:
        self._held: tuple[str, Mapping[str, Collection]] | None = None

    def load(self, db: sqlite3.Connection) -> Mapping[str, Collection]:
        """The collections in force."""
        (version,) = db.execute("SELECT value FROM meta WHERE key = 'catalog'").fetchone()
        held = self._held
        if held is None or held[0] != version:
            held = self._held = (version, read_collections(db))
        return held[1]
