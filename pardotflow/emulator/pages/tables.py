"""The objects of both systems as one kind of table, as the page shows them.

Names of tables and columns come from the catalogues, never from a request.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pardotflow.emulator.ids import to_18
from pardotflow.emulator.pardot.schema.catalog import read_collections
from pardotflow.emulator.pardot.schema.objects import Collection
from pardotflow.emulator.pardot.units import Unit, load_units
from pardotflow.emulator.salesforce.records.catalog import Catalog, ObjectInfo, read_catalog

PAGE = 50
_NAMES = ("Name", "name", "title", "subject", "fieldId", "typeName", "type")
_STAMPS = ("SystemModstamp", "updatedAt", "createdAt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One object. `columns` are its fields with their types; `leads_to` the system's object that a field points at.

    `place` is the part of a path that stands for the system and its business unit: `salesforce`, `pardot`, `pardot-2`.
    """

    system: str
    place: str
    name: str
    table: str
    key: str
    columns: Mapping[str, str]
    binned: bool
    leads_to: Mapping[str, str] = field(default_factory=dict)
    email: str | None = None

    @property
    def shown(self) -> list[str]:
        """The columns of a list: the key, what a person knows a record by, and when it changed last."""
        named = next((name for name in _NAMES if name in self.columns), None)
        stamp = next((name for name in _STAMPS if name in self.columns), None)
        return [name for name in (self.key, named, self.email, stamp) if name]

    @property
    def path(self) -> str:
        """Where the page of the object is."""
        return f"/__pages/{self.place}/{self.name}"


def place_of(unit: Unit) -> str:
    """The place of a business unit in a path; the first one is Pardot itself."""
    return "pardot" if unit.number == 1 else f"pardot-{unit.number}"


def find_unit_at(db: sqlite3.Connection, place: str) -> Unit | None:
    """The business unit of a place."""
    return next((unit for unit in load_units(db) if place_of(unit) == place), None)


def list_objects(db: sqlite3.Connection) -> list[Table]:
    """The objects of Salesforce."""
    catalog = read_catalog(db)
    return [_salesforce(catalog, info) for info in catalog.objects.values()]


def list_collections(db: sqlite3.Connection, unit: Unit) -> list[Table]:
    """The collections of a business unit."""
    collections = read_collections(db, unit.number).values()
    return [_pardot(collection, place_of(unit)) for collection in collections if collection.attributes]


def find_table(db: sqlite3.Connection, place: str, name: str) -> Table | None:
    """The object of a path."""
    unit = find_unit_at(db, place)
    tables = list_objects(db) if place == "salesforce" else list_collections(db, unit) if unit else []
    return next((made for made in tables if made.name.lower() == name.lower()), None)


def _salesforce(catalog: Catalog, info: ObjectInfo) -> Table:
    fields = [made for made in info.fields.values() if made.stored]
    known = {made.name: [name for name in made.reference_to if catalog.find(name)] for made in fields}
    email = info.find("Email")
    return Table(
        system="salesforce",
        place="salesforce",
        name=info.name,
        table=info.table,
        key="Id",
        columns={made.name: made.type for made in fields},
        binned=True,
        leads_to={name: targets[0] for name, targets in known.items() if len(targets) == 1},
        email=email.name if email and email.stored else None,
    )


def _pardot(collection: Collection, place: str) -> Table:
    return Table(
        system="pardot",
        place=place,
        name=collection.path,
        table=f'"{collection.table}"',
        key="id",
        columns={made.name: made.type for made in collection.attributes.values()},
        binned="isDeleted" in collection.attributes,
        leads_to=dict(collection.relations.values()),
        email="email" if "email" in collection.attributes else None,
    )


def count_rows(db: sqlite3.Connection, table: Table) -> int:
    """How many records there are, those in the recycle bin too."""
    (count,) = db.execute(f"SELECT count(*) FROM {table.table}").fetchone()
    return int(count)


def list_rows(db: sqlite3.Connection, table: Table, search: str, after: str) -> list[dict[str, Any]]:
    """Up to a page of records and one more, in the order of their ids, after an id; a search is an id or an address."""
    condition, values = _condition(table, search.strip())
    if after:
        condition, values = f"{condition} AND {_quote(table.key)} > ?", [*values, _key(table, after) or after]
    columns = ", ".join(map(_quote, [*table.shown, _bin(table)] if table.binned else table.shown))
    found = db.execute(
        f"SELECT {columns} FROM {table.table} WHERE {condition} ORDER BY {_quote(table.key)} LIMIT {PAGE + 1}", values
    )
    return _dicts(found)


def find_record(db: sqlite3.Connection, table: Table, record_id: str) -> dict[str, Any] | None:
    """One record with all its fields."""
    columns = ", ".join(map(_quote, table.columns))
    key = _key(table, record_id)
    found = _dicts(db.execute(f"SELECT {columns} FROM {table.table} WHERE {_quote(table.key)} = ?", (key,)))
    return found[0] if found else None


def _condition(table: Table, search: str) -> tuple[str, list[object]]:
    if not search:
        return "1", []
    key = _key(table, search)
    if key is not None:
        return f"{_quote(table.key)} = ?", [key]
    if table.email is None:
        return "0", []
    return f"{_quote(table.email)} COLLATE NOCASE = ?", [search]


def _key(table: Table, text: str) -> object:
    """An id as it is stored; None for a text that is none."""
    if table.system == "salesforce":
        return to_18(text)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _bin(table: Table) -> str:
    return "IsDeleted" if table.system == "salesforce" else "isDeleted"


def _quote(name: str) -> str:
    return f'"{name}"'


def _dicts(found: sqlite3.Cursor) -> list[dict[str, Any]]:
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found]
