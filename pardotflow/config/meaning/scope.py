"""What the checks look things up in: the project, the catalog, and the columns of its models.

None always means *not known*, never *not there*.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import sqlglot
from sqlglot import exp

from pardotflow.config.findings import Findings
from pardotflow.config.lineage import Obstacle, origin_of
from pardotflow.config.project import Direction, FieldMapping, FieldRef, Model, Project, Side, Source, Sync
from pardotflow.core.describe import Catalog, FieldInfo, ObjectInfo
from pardotflow.core.span import Span
from pardotflow.core.values import FieldType, System

VENDORS = (System.SALESFORCE, System.PARDOT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """One check of one project. The catalog may hold models too, as objects of the connection `warehouse`."""

    project: Project
    catalog: Catalog
    findings: Findings
    unread: dict[str, dict[str, Span]] = field(default_factory=dict)
    """By source, the fields that it leaves out and where each is used first; reported by source at the end."""

    def object_info(self, side: Side, name: str) -> ObjectInfo | None:
        """What is known of an object of a vendor's side, with what its read model computes beside it. A side reads the
        connection of its own name."""
        info = self.catalog.find(side.system, name) if side.system in VENDORS else None
        if info is None or not side.model:
            return info
        return replace(info, fields=(*info.fields, *self.computed(side, info)))

    def computed(self, side: Side, info: ObjectInfo) -> Iterator[FieldInfo]:
        """The columns of a side's read model that are more than a field under another name, and no field's name."""
        known = self.catalog.find(System.WAREHOUSE, side.model)
        model = self.model(side.model)
        names = [f.name for f in known.fields] if known else (columns_of(model) if model else None) or ()
        for name in names:
            if isinstance(origin_of(side, name), Obstacle) and info.field(name) is None:
                found = (known.field(name) if known else None) or FieldInfo(name=name, type=FieldType.TEXT)
                yield replace(found, updateable=False, createable=False)

    def infos(self, side: Side, ref: FieldRef) -> Iterator[tuple[str, FieldInfo]]:
        """What is known of a field in each object that has it."""
        for name, written in ref.by_object.items():
            info = self.object_info(side, name)
            found = info.field(written) if info else None
            if found is not None:
                yield name, found

    def source(self, side: Side, name: str) -> Source | None:
        """The source that reads an object of a vendor's side."""
        return self.project.source_of(side.system, name)

    def model(self, name: str) -> Model | None:
        """The model of that name."""
        return next((m for m in self.project.models if m.name == name), None)

    def names_in(self, side: Side, name: str) -> tuple[str, ...] | None:
        """The fields of an object, or the columns of a side's model; None where they are not known."""
        info = self.object_info(side, name) or self.catalog.find(side.system, name)
        if info is None and side.system is System.WAREHOUSE:
            model = self.model(side.model)
            return columns_of(model) if model else None
        return tuple(f.name for f in info.fields) if info else None


def columns_of(model: Model) -> tuple[str, ...] | None:
    """The columns of a model's result; None where it has no SQL or does not name them all."""
    if not model.sql:
        return None
    query = sqlglot.parse_one(model.sql, dialect="duckdb")
    if not isinstance(query, exp.Query) or query.is_star:
        return None
    return tuple(n for n in query.named_selects if n)


def other_side(sync: Sync, side: Side) -> Side:
    """The side across."""
    return sync.b if side is sync.a else sync.a


def refs_of(sync: Sync, mapping: FieldMapping) -> Iterator[tuple[Side, FieldRef]]:
    """The fields that a mapping names, with their sides."""
    for side, ref in zip(sync.sides, (mapping.a, mapping.b), strict=True):
        if ref is not None:
            yield side, ref


def fields_in(ref: FieldRef) -> Iterator[tuple[str, tuple[str, ...], Span]]:
    """Each field that a reference names, once, with the objects that it is named for and its place."""
    objects: dict[tuple[str, Span], list[str]] = {}
    for item, written in ref.by_object.items():
        objects.setdefault((written, ref.at(item)), []).append(item)
    for (written, span), names in objects.items():
        yield written, tuple(names), span


def targets_of(sync: Sync, mapping: FieldMapping) -> Iterator[tuple[Side, FieldRef]]:
    """The fields that a mapping may write, with their sides."""
    for side, ref in refs_of(sync, mapping):
        if is_written(mapping.direction, side.system):
            yield side, ref


def is_written(direction: Direction, system: System) -> bool:
    """True where values flow to the system."""
    wanted = {System.PARDOT: Direction.TO_PARDOT, System.SALESFORCE: Direction.TO_SALESFORCE}
    return system in wanted and direction in (Direction.TWO_WAY, wanted[system])


def is_same(a: str, b: str) -> bool:
    """Names of objects and fields are equal without regard to case."""
    return a.lower() == b.lower()


def unchecked_objects(project: Project, catalog: Catalog) -> tuple[tuple[str, str], ...]:
    """(connection, object) of everything whose fields could not be checked, since the catalog does not know it."""
    used = dict.fromkeys(
        (str(side.system), name)
        for s in project.syncs
        for side in s.sides
        if side.system in VENDORS
        for name in side.objects
    )
    types = {c.name: c.type for c in project.environment.connections}
    selected = [s for s in project.sources if s.fields and s.object and types.get(s.connection) in VENDORS]
    known = {(connection, name.lower()) for connection, name in used}
    for source in selected:
        if (source.connection, source.object.lower()) not in known:
            used[(source.connection, source.object)] = None
    return tuple((connection, name) for connection, name in used if catalog.find(connection, name) is None)
