"""Which fields of which objects have to be read for a project."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from pardotflow.config.guards import REST, SHRUNK
from pardotflow.config.limits import Limit
from pardotflow.config.project import Project
from pardotflow.core.describe import Catalog, FieldInfo
from pardotflow.core.values import FieldType, System
from pardotflow.engine.columns import system_columns
from pardotflow.engine.compiled import CompiledSync
from pardotflow.engine.computed import computed_columns
from pardotflow.engine.expressions import columns_of
from pardotflow.engine.extract import Wanted
from pardotflow.engine.histories import CHANGED_FIELD, is_history
from pardotflow.engine.moments import LAST_SYNC, watches_connector
from pardotflow.engine.unread import Singly
from pardotflow.engine.users import QUEUE, QUEUES_ONLY, READ


def wanted_objects(project: Project, syncs: Sequence[CompiledSync], catalog: Catalog) -> tuple[Wanted, ...]:
    """Every vendor object of the project's sources, with the fields that syncs, models or the source itself name."""
    needed: dict[tuple[str, str], set[str]] = {}
    computed = {found for sync in syncs for found in _computed(sync)}
    for sync in syncs:
        for side in (sync.a, sync.b):
            if side.system is not System.WAREHOUSE:
                for item in side.objects:
                    needed.setdefault((str(side.system), item.name), set()).update(item.fields)
    prospects = needed.get(("pardot", "prospect"))
    if prospects is not None and watches_connector(project.environment, syncs, catalog):
        prospects.add(LAST_SYNC)
    for source in project.sources:
        if source.connection in (System.SALESFORCE, System.PARDOT) and source.object:
            info = catalog.find(source.connection, source.object)
            key = (source.connection, info.name if info else source.object)
            used = source.name in {s for m in project.models for s in m.sources}
            if key in needed or used:
                fields = needed.setdefault(key, set())
                columns = _model_columns(project, source.name) if used else set()
                fields.update(source.fields, columns)
                computed.update((*key, f.lower()) for f in (*source.fields, *columns) if used)
    looked_up = _users_to_read(syncs)
    for user, fields_of_user in looked_up.items():
        needed.setdefault(user, set()).update(fields_of_user)
    histories = _histories(syncs)
    records = tuple(
        _wanted(project, catalog, connection, name, fields, computed, looks_up=(connection, name) in looked_up)
        for (connection, name), fields in sorted(needed.items(), reverse=True)
    )
    by_source = {w.object for w in records if is_history(w.connection, w.object)}
    entries = (h.wanted(name) for name, h in sorted(histories.items()) if name not in by_source)
    found = [*(_with_entries(w, histories.get(w.object)) for w in records), *entries]
    # Entries are read after the records, so that what they say of a record is never older than the record.
    return tuple(sorted(found, key=lambda w: (w.connection != System.SALESFORCE, is_history(w.connection, w.object))))


def _computed(sync: CompiledSync) -> Iterator[tuple[str, str, str]]:
    """Connection, object and field (in lower case) of what the expressions of a sync read: of whichever record."""
    for side in (sync.a, sync.b):
        for column in (c.lower() for computed in computed_columns(sync, side) for c in columns_of(computed.text)):
            yield from ((str(side.system), o.name, column) for o in side.objects)


@dataclass(slots=True, kw_only=True)
class _History:
    """What is asked of one history object."""

    parents: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)

    @property
    def fields(self) -> set[str]:
        return {CHANGED_FIELD, *self.parents}

    def wanted(self, name: str) -> Wanted:
        """The entries of these fields alone."""
        changed = ", ".join(f"'{n}'" for n in sorted(self.names))
        return Wanted(
            connection=str(System.SALESFORCE),
            object=name,
            fields=tuple(sorted(self.fields)),
            where="",
            sweep=(),
            steady=f"{CHANGED_FIELD} in ({changed})",
        )


def _histories(syncs: Iterable[CompiledSync]) -> dict[str, _History]:
    """The history objects that some mapping compares by."""
    found: dict[str, _History] = {}
    for sync in syncs:
        for mapping in sync.mappings:
            for history in mapping.histories.values():
                each = found.setdefault(history.object, _History())
                each.parents.add(history.parent)
                each.names.update(history.names)
    return found


def _with_entries(wanted: Wanted, history: _History | None) -> Wanted:
    """A history that a source reads anyway is read once."""
    return replace(wanted, fields=tuple(sorted({*wanted.fields, *history.fields}))) if history else wanted


def _users_to_read(syncs: Iterable[CompiledSync]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Users and queues by (connection, object) with their fields, where a sync translates any."""
    if not any(sync.users for sync in syncs):
        return {}
    return {(str(system), item): fields for (system, item), fields in READ.items()}


def _wanted(
    project: Project,
    catalog: Catalog,
    connection: str,
    name: str,
    fields: set[str],
    computed: set[tuple[str, str, str]],
    *,
    looks_up: bool,
) -> Wanted:
    info = catalog.find(connection, name)
    source = project.source_of(connection, name)
    every = [f for f in (info.field(x) for x in fields) if f is not None] if info else []
    singly = sorted({f.name for f in every if f.type is FieldType.ARRAY})
    known = [f for f in every if f.type is not FieldType.ARRAY]
    return Wanted(
        connection=connection,
        object=name,
        fields=tuple(sorted({f.name for f in known})) if info else tuple(sorted(fields)),
        where=source.where if source else QUEUES_ONLY if looks_up and name == QUEUE else "",
        # What the connector did is measured by what a delta brings; a whole read would be a high price for it.
        sweep=tuple(sorted(f.name for f in known if not f.delta_safe and f.name != LAST_SYNC)),
        looks_up=looks_up,
        shrunk=tuple(_shrunk_limits(project, connection, name)) or (SHRUNK,),
        singly=Singly(
            fields=tuple(singly),
            of_all=any((connection, name, field.lower()) in computed for field in singly),
            limit=source.single_reads,
            span=source.at("single_reads"),
        )
        if source and singly
        else None,
        types=tuple((f, found.type) for f in sorted(_asked(connection, name, known)) if (found := info.field(f)))
        if info
        else (),
    )


def _asked(connection: str, name: str, fields: Iterable[FieldInfo]) -> set[str]:
    """Every name that a read of the object asks for."""
    return {*system_columns(connection, name).all, *(f.name for f in fields)}


def _shrunk_limits(project: Project, connection: str, name: str) -> Iterator[Limit]:
    """What every sync of the object says: the object's own limit, else that of its side, else the one for all."""
    for sync in project.syncs:
        for side in sync.sides:
            if side.system == connection and name.lower() in map(str.lower, side.names):
                limits = {place.lower(): limit for place, limit in sync.guards.limits["shrunk"].items()}
                own = next((limits[place] for place in (name.lower(), connection, REST) if place in limits), None)
                yield from [] if own is None else [own]


def _model_columns(project: Project, source: str) -> set[str]:
    """Every column name in the models over a source: the ones that the object has are read."""
    found: set[str] = set()
    for model in project.models:
        if source in model.sources:
            try:
                tree = sqlglot.parse_one(model.sql, dialect="duckdb")
            except SqlglotError:
                continue
            found.update(c.name for c in tree.find_all(exp.Column))
    return found
