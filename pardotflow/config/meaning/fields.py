"""Fields that mappings and match keys name: they exist, and their sources read them.

A record's own id is always read, whatever a source selects.
"""

from collections.abc import Iterator, Sequence

from pardotflow.config.findings import suggest
from pardotflow.config.lineage import Obstacle, origin_of
from pardotflow.config.meaning.scope import Scope, fields_in, is_same, refs_of
from pardotflow.config.meaning.sources import unknown_column_help, unknown_field_help
from pardotflow.config.project import FieldRef, MatchKey, Side, Sync
from pardotflow.core.describe import ObjectInfo
from pardotflow.core.span import Span
from pardotflow.core.values import System


def check_fields(scope: Scope) -> None:
    """Every field of every mapping and match key."""
    for sync in scope.project.syncs:
        for side, ref in _named(sync):
            for field, owners, span in fields_in(ref):
                check_field(scope, side, owners, field, span)
        for key in sync.match:
            _check_key(scope, sync, key)
        for side in sync.sides:
            if side.key:
                check_field(scope, side, side.names, side.key, side.at("key"))


def _check_key(scope: Scope, sync: Sync, key: MatchKey) -> None:
    """Many records share a parent, so that a field of it tells none of them from the others."""
    for side, ref in _refs_of_key(sync, key):
        for field, owners, span in fields_in(ref) if side.system is not System.WAREHOUSE else ():
            if "." in field:
                message = f'"{field}" is a field of a parent of {" and ".join(owners)}, and no match key'
                scope.findings.error("PF165", message, span, "Match by a field of the record itself.")


def _refs_of_key(sync: Sync, key: MatchKey) -> Iterator[tuple[Side, FieldRef]]:
    for part in key.parts:
        yield from zip(sync.sides, (part.a, part.b), strict=True)


def _named(sync: Sync) -> Iterator[tuple[Side, FieldRef]]:
    for key in sync.match:
        yield from _refs_of_key(sync, key)
    for mapping in sync.fields:
        yield from refs_of(sync, mapping)


def check_field(scope: Scope, side: Side, owners: Sequence[str], field: str, span: Span) -> bool:
    """Report a field that an object does not have or that its source leaves out; True where all is well."""
    if side.system is System.WAREHOUSE:
        return _check_column(scope, side, field, span)
    infos = [info for o in owners if (info := scope.object_info(side, o)) is not None]
    # Of a parent that was not described nobody can say what it has.
    lacking = [info for info in infos if info.field(field) is None and not info.is_unseen(field)]
    if lacking:
        _report_unknown(scope, side, lacking, field, span)
        return False
    # Every owner is checked, so that every source that leaves the field out is named.
    selected = [check_selected(scope, side, o, field, span) for o in owners]
    return all(selected)


def _check_column(scope: Scope, side: Side, column: str, span: Span) -> bool:
    known = scope.names_in(side, side.model)
    if known is None or any(is_same(column, k) for k in known):
        return True
    message = f'unknown column "{column}" in the model {side.model}'
    scope.findings.error("PF104", message, span, unknown_column_help(column, known))
    return False


def _report_unknown(scope: Scope, side: Side, lacking: Sequence[ObjectInfo], field: str, span: Span) -> None:
    if "." in field:
        message = f'unknown field "{field}" of a parent of {side.system} {" and ".join(info.name for info in lacking)}'
        scope.findings.error("PF104", message, span, unknown_parent_help(lacking[0], field))
        return
    names = tuple(dict.fromkeys(f.name for info in lacking for f in info.fields))
    owners = " and ".join(info.name for info in lacking)
    message = f'unknown field "{field}" in {side.system} {owners}'
    help = unknown_field_help(field, lacking[0].name, len(lacking[0].fields), names)
    scope.findings.error("PF104", message, span, help)


def unknown_parent_help(info: ObjectInfo, path: str) -> str:
    """The way out of a path that leads nowhere: the lookup that is not there, or the fields of the last parent."""
    relation, _, rest = path.partition(".")
    reference = info.reference(path)
    if reference is None:
        relations = [f.name.removesuffix("Id") for f in info.fields if f.reference_to]
        return f"{info.name} has no lookup {relation}Id. {suggest(relation, relations, 'Parents')}".strip()
    parents = [parent for name in reference.reference_to if info.related and (parent := info.related(name))]
    if not parents:
        return f"{reference.name} refers to no object that is known."
    if "." in rest:
        return unknown_parent_help(parents[0], rest)
    return unknown_field_help(rest, parents[0].name, len(parents[0].fields), [f.name for f in parents[0].fields])


def check_selected(scope: Scope, side: Side, object_name: str, field: str, span: Span) -> bool:
    """Note a field that the object's source leaves out; True where all is well."""
    source = scope.source(side, object_name)
    if source is None or not source.fields or is_same(field, "id"):
        return True
    if isinstance(origin_of(side, field), Obstacle):
        # What the model reads it names by itself.
        return True
    if any(is_same(field, f) for f in source.fields):
        return True
    left_out = scope.unread.setdefault(source.name, {})
    same = next((f for f in left_out if is_same(f, field)), field)
    left_out[same] = min(span, left_out.get(same, span))
    return False


def report_unread(scope: Scope) -> None:
    """Report the fields that a source leaves out: one at the place that uses it, many in one list at the source."""
    for source in (s for s in scope.project.sources if s.name in scope.unread):
        left_out = scope.unread[source.name]
        (field, span), *more = sorted(left_out.items(), key=lambda item: item[1])
        if not more:
            message = f'the source {source.name} does not read the field "{field}" of {source.object}'
            help = f"Add it to fields: of {source.name} ({source.span.short}), or leave fields: out."
            scope.findings.error("PF145", message, span, help)
            continue
        names = ", ".join([field, *(f for f, _ in more)])
        message = f"the source {source.name} does not read {len(left_out)} fields of {source.object} that syncs use"
        help = f"Add them to fields:, or leave fields: out: {names} (first used at {span})."
        scope.findings.error("PF145", message, source.at("fields"), help)
