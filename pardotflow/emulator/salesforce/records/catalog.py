"""The objects and fields that this data file has: standard ones, and what the seed added.

The catalogue in the file is the truth; a process keeps the parsed form for as long as the file's catalogue version
stays.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from pardotflow.emulator.salesforce.records.fields import ID_TYPES, NUMBER_TYPES, Field, from_definition, to_definition
from pardotflow.emulator.salesforce.records.org_rules import NO_RULES, ObjectRules, build_rules, read_document
from pardotflow.emulator.salesforce.standard.table import StandardObject
from pardotflow.emulator.state import State


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectInfo:
    """One object. `fields` is keyed by lower-case name, in the order of describe; `unseen` are hidden fields.

    `blank` is what a new record holds where nothing is said, `needed` are the fields that a create cannot do without.
    """

    name: str
    label: str
    plural: str
    prefix: str
    mergeable: bool
    deletable: bool
    createable: bool
    updateable: bool
    fields: Mapping[str, Field]
    relationships: Mapping[str, Field] = field(default_factory=dict)
    tracked: tuple[Field, ...] = ()
    rules: ObjectRules = NO_RULES
    unseen: tuple[Field, ...] = ()
    blank: Mapping[str, Any] = field(init=False, compare=False, repr=False)
    needed: tuple[Field, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        stored = (f for f in (*self.fields.values(), *self.unseen) if f.stored)
        object.__setattr__(self, "blank", {f.name: _blank(f) for f in stored})
        object.__setattr__(self, "needed", tuple(f for f in self.fields.values() if f.required))

    @property
    def table(self) -> str:
        """The quoted SQLite table name."""
        return f'"sf_{self.name}"'

    def find(self, name: str) -> Field | None:
        """A field by its API name, without regard to case."""
        return self.fields.get(name.lower())


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """All objects, keyed by lower-case name."""

    version: str
    objects: Mapping[str, ObjectInfo]

    def find(self, name: str) -> ObjectInfo | None:
        """An object by its API name, without regard to case."""
        return self.objects.get(name.lower())

    def prefix_of(self, name: str) -> str | None:
        """The key prefix of an object; None for one that is not emulated."""
        found = self.find(name)
        return found.prefix if found else None

    def of_id(self, record_id: str) -> ObjectInfo | None:
        """The object that the key prefix of an id belongs to."""
        return next((info for info in self.objects.values() if record_id.startswith(info.prefix)), None)

    def children_of(self, name: str) -> list[tuple[ObjectInfo, Field]]:
        """The lookups of other objects that point at this one."""
        return [
            (child, f)
            for child in self.objects.values()
            for f in (*child.fields.values(), *child.unseen)
            if name in f.reference_to
        ]

    def seen(self) -> Catalog:
        """The catalogue as field-level security lets a caller of the API see it."""
        return replace(self, objects={name: _seen(info) for name, info in self.objects.items()})


def _seen(info: ObjectInfo) -> ObjectInfo:
    """An object without its hidden fields, and with its read-only fields closed to writes."""
    hidden, closed = info.rules.hidden_fields, info.rules.read_only_fields
    if not hidden | closed:
        return info
    fields = {
        name: replace(f, createable=False, updateable=False) if name in closed else f
        for name, f in info.fields.items()
        if name not in hidden
    }
    related = {f.relationship.lower(): f for f in fields.values() if f.relationship}
    unseen = tuple(f for name, f in info.fields.items() if name in hidden)
    return replace(info, fields=fields, relationships=related, unseen=unseen)


def _blank(definition: Field) -> str | int | None:
    if isinstance(definition.default, bool):
        return int(definition.default)
    if definition.default is None and definition.defaulted and definition.type in {"int", "currency"}:
        return 0
    return definition.default


def column_type(definition: Field) -> str:
    """The SQLite column type. Text compares without case, as SOQL does, except where the field keeps it."""
    if definition.type in {"boolean", "int"}:
        return "INTEGER"
    if definition.type in NUMBER_TYPES:
        return "REAL"
    plain = definition.type in ID_TYPES | {"date", "datetime"} or definition.case_sensitive
    return "TEXT" if plain else "TEXT COLLATE NOCASE"


def save_object(db: sqlite3.Connection, new: StandardObject, fields: Iterable[Field]) -> None:
    """Enter an object into the catalogue of a new file and make its table."""
    definition = asdict(replace(new, fields=()))
    del definition["fields"]
    (position,) = db.execute("SELECT count(*) FROM sf_object").fetchone()
    db.execute("INSERT INTO sf_object VALUES (?, ?, ?)", (new.name, position, json.dumps(definition)))
    entered = list(fields)
    db.executemany(
        "INSERT INTO sf_field VALUES (?, ?, ?, ?)",
        [(new.name, f.name, place, to_definition(f)) for place, f in enumerate(entered)],
    )
    columns = [f'"{f.name}" {column_type(f)}' for f in entered if f.stored and f.name != "IsDeleted"]
    head = '_n INTEGER PRIMARY KEY, "IsDeleted" INTEGER NOT NULL DEFAULT 0'
    db.execute(f'CREATE TABLE "sf_{new.name}" ({head}, {", ".join(columns)})')


def index_object(db: sqlite3.Connection, name: str, fields: Iterable[Field]) -> None:
    """Make the indexes of an object's table; after the bulk load, because that is faster."""
    db.execute(f'CREATE UNIQUE INDEX "sf_{name}_id" ON "sf_{name}" ("Id")')
    for f in fields:
        if f.name in {"SystemModstamp", "LastModifiedDate", "CreatedDate"}:
            db.execute(f'CREATE INDEX "sf_{name}_{f.name}" ON "sf_{name}" ("{f.name}", "Id")')
        elif (f.id_lookup and f.type != "id") or f.external_id or f.unique or f.name in _LOOKED_UP:
            db.execute(f'CREATE INDEX "sf_{name}_{f.name}" ON "sf_{name}" ("{f.name}")')


_LOOKED_UP = frozenset(
    {"AccountId", "CampaignId", "ContactId", "ConvertedContactId", "LeadId", "MasterRecordId", "OpportunityId"}
    | {"WhatId", "WhoId"}
)


def read_catalog(db: sqlite3.Connection) -> Catalog:
    """The catalogue of the data file that the connection is open on."""
    (version,) = db.execute("SELECT value FROM meta WHERE key = 'catalog'").fetchone()
    objects: dict[str, ObjectInfo] = {}
    rules = build_rules(read_document(db))
    for name, definition in db.execute("SELECT name, definition FROM sf_object ORDER BY position").fetchall():
        rows = db.execute("SELECT definition FROM sf_field WHERE object = ? ORDER BY position", (name,))
        fields = {f.name.lower(): f for f in (from_definition(text) for (text,) in rows)}
        related = {f.relationship.lower(): f for f in fields.values() if f.relationship}
        tracked = tuple(f for f in fields.values() if f.tracked)
        objects[name.lower()] = ObjectInfo(
            **json.loads(definition),
            fields=fields,
            relationships=related,
            tracked=tracked,
            rules=rules.get(name.lower(), NO_RULES),
        )
    return Catalog(version=version, objects=objects)


class CatalogCache:
    """The parsed catalogue as callers of the API see it, kept until the file holds another version."""

    def __init__(self) -> None:
        self._held: Catalog | None = None

    def load(self, state: State) -> Catalog:
        """The catalogue in force."""
        held = self._held
        if held is None or held.version != state.catalog:
            held = self._held = read_catalog(state.db).seen()
        return held
