"""Fields of parent records that a project names (`Account.Name`): which objects have to be described for them.

They are read together with the record, by path; a describe of the parent says what they are.
"""

from collections.abc import Callable, Iterator

from pardotflow.config.project import FieldRef, Project, Side, Sync
from pardotflow.core.describe import Catalog, ObjectInfo
from pardotflow.core.values import System
from pardotflow.engine.expressions import columns_of

Describe = Callable[[str, str], ObjectInfo | None]
"""What is known of an object of a connection, asked for where it is not known yet."""


def with_parents(project: Project, catalog: Catalog, describe: Describe) -> Catalog:
    """The catalog with every parent whose fields the project names; one that cannot be described stays unknown."""
    objects = dict(catalog.objects)
    for connection, item, path in _paths(project):
        _add(objects, connection, item, path, describe)
    return Catalog(objects=objects)


def _add(objects: dict[tuple[str, str], ObjectInfo], connection: str, item: str, path: str, describe: Describe) -> None:
    info = objects.get((connection, item.lower()))
    reference = info.reference(path) if info else None
    for parent in reference.reference_to if reference else ():
        key = (connection, parent.lower())
        found = objects.get(key) or describe(connection, parent)
        if found is not None:
            objects[key] = found
            _add(objects, connection, parent, path.partition(".")[2], describe)


def _paths(project: Project) -> Iterator[tuple[str, str, str]]:
    """(connection, object, path) of every field of a parent, in the order of the files."""
    for source in project.sources:
        yield from ((source.connection, source.object, field) for field in source.fields if "." in field)
    for sync in project.syncs:
        for side in (s for s in sync.sides if s.system is not System.WAREHOUSE):
            for field in dict.fromkeys(_named(sync, side)):
                if "." in field:
                    yield from ((str(side.system), item, field) for item in side.objects)


def _named(sync: Sync, side: Side) -> Iterator[str]:
    """Every field that the sync reads of a side, by mappings and by expressions."""
    is_a = side is sync.a
    picks = [pick.sql for system, pick in sync.pick.items() if system is side.system]
    for condition in (side.select, side.do_not_sync, *picks):
        yield from columns_of(condition)
    for key in sync.match:
        for part in key.parts:
            yield from _fields(part.ref(is_a=is_a))
    for mapping in sync.fields:
        yield from _fields(mapping.a if is_a else mapping.b)
        yield from columns_of(mapping.sql)
    for rule in sync.create.values():
        for expression in (rule.when, *rule.set.values()):
            yield from columns_of(expression)


def _fields(ref: FieldRef | None) -> Iterator[str]:
    yield from ref.by_object.values() if ref else ()
