"""What a compiled SOQL query is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, tzinfo

from pardotflow.emulator.salesforce.records.catalog import Catalog, ObjectInfo
from pardotflow.emulator.salesforce.records.fields import Field
from pardotflow.emulator.salesforce.soql.tree import Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One selected value. `path` are the keys in the record; a parent's key leads to a nested record.

    `kinds` are the objects of the parent for which TYPEOF shows the value; None shows it for all. A `formatted` value
    is shown as people write it.
    """

    path: tuple[str, ...]
    field: Field | None
    sql: str
    kinds: frozenset[str] | None = None
    formatted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a statement is read in: the objects, the rows it may see, the day, how deep subqueries go.

    Records that sharing hides are there only for `all_records`; of the objects in `hiding`, whose rules are being
    compiled, all are. `zone` is where the days of date words begin.
    """

    catalog: Catalog
    include_deleted: bool
    today: date
    levels: int
    all_records: bool = False
    user_id: str = ""
    zone: tzinfo = UTC
    hiding: frozenset[str] = frozenset()

    def in_zone(self, sql: str) -> str:
        """SQL of a date-time as SQL of the same in the user's time zone."""
        return f'in_zone({sql}, (SELECT "TimeZoneSidKey" FROM "sf_User" WHERE "Id" = \'{self.user_id}\'))'


@dataclass(frozen=True, slots=True, kw_only=True)
class Children:
    """A child subquery: `lookup` is the field of the child that holds the parent's id, `place` its column."""

    place: int
    key: str
    lookup: Field
    query: Query
    compiled: Compiled
    statement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """A joined parent. A polymorphic lookup has one option, alias and object, for each emulated one of its `kinds`."""

    options: tuple[tuple[str, ObjectInfo], ...]
    kinds: tuple[str, ...] = ()

    @property
    def polymorphic(self) -> bool:
        """Whether the lookup may lead to several objects, of which not all need be emulated."""
        return len(self.kinds) > 1

    @property
    def id_sql(self) -> str:
        """The id of the record that is there, of whichever kind."""
        return _first_of([f'{alias}."Id"' for alias, _ in self.options])

    @property
    def type_sql(self) -> str:
        """The name of the record's object, or NULL."""
        tests = " ".join(f"WHEN {alias}.\"Id\" IS NOT NULL THEN '{info.name}'" for alias, info in self.options)
        return f"CASE {tests} END"

    def find(self, name: str) -> tuple[Field, str] | None:
        """A field by its name and its SQL; a polymorphic parent has those that any kind has, and Type."""
        if self.polymorphic and name.lower() == "type":
            return Field(
                name="Type", type="string", label="Object Type", length=50
            ), f"({self.type_sql} COLLATE NOCASE)"
        found = [(f, _column(alias, f, info)) for alias, info in self.options if (f := info.find(name))]
        if not found:
            return None
        field, sql = found[0][0], _first_of([sql for _, sql in found])
        loses_collation = len(found) > 1 and field.is_text and not field.case_sensitive
        return field, f"({sql} COLLATE NOCASE)" if loses_collation else sql


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """One way to group the rows: the columns, what to sort by, and what follows WHERE. Subtotals have one each."""

    columns: tuple[str, ...]
    order: tuple[str, ...]
    tail: str
    values: tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """SQL in its parts, so that a caller can count, number or fetch the same rows.

    An aggregate query is the union of its `groupings`, sorted by the columns `s0`, `s1` and so on, which `order` names.
    """

    info: ObjectInfo
    columns: tuple[Column, ...]
    parents: dict[tuple[str, ...], Parent]
    source: str
    where: str
    values: tuple[object, ...]
    order: str
    groupings: tuple[Grouping, ...]
    children: tuple[Children, ...]


def address_sql(alias: str, compound: Field, info: ObjectInfo) -> str:
    """A compound address as JSON text, or NULL where all its parts are empty."""
    parts = {
        f.name.removeprefix(compound.name.removesuffix("Address")): f
        for f in info.fields.values()
        if f.compound == compound.name
    }
    columns = [f'{alias}."{f.name}"' for f in parts.values()]
    keys = ("City", "Country", "GeocodeAccuracy", "Latitude", "Longitude", "PostalCode", "State", "Street")
    pairs = ", ".join(f"'{key[0].lower()}{key[1:]}', {alias}.\"{parts[key].name}\"" for key in keys if key in parts)
    return f"CASE WHEN coalesce({', '.join(columns)}) IS NULL THEN NULL ELSE json_object({pairs}) END"


def _column(alias: str, field: Field, info: ObjectInfo) -> str:
    return f'{alias}."{field.name}"' if field.stored else address_sql(alias, field, info)


def _first_of(columns: Sequence[str]) -> str:
    return columns[0] if len(columns) == 1 else f"coalesce({', '.join(columns)})"
