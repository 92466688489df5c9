"""Fields that mappings and match keys name: they exist, and their sources read them.

A record's own id is always read, whatever a source selects.
"""

from collections.abc import Iterator, Sequence

from pardotflow.config.meaning.scope import Scope, fields_in, is_same, refs_of
from pardotflow.config.meaning.sources import unknown_column_help, unknown_field_help
from pardotflow.config.project import FieldRef, Side, Sync
from pardotflow.core.describe import FieldInfo, ObjectInfo
from pardotflow.core.span import Span
from pardotflow.core.values import System


def check_fields(scope: Scope) -> None:
    """Every field of every mapping and match key."""
    for sync in scope.project.syncs:
        for side, ref in _named(sync):
            for field, owners, span in fields_in(ref):
                check_field(scope, side, owners, field, span)
        for side in sync.sides:
            if side.key:
                check_field(scope, side, side.names, side.key, side.at("key"))


def _named(sync: Sync) -> Iterator[tuple[Side, FieldRef]]:
    for key in sync.match:
        yield from zip(sync.sides, (key.a, key.b), strict=True)
    for mapping in sync.fields:
        yield from refs_of(sync, mapping)


def check_field(scope: Scope, side: Side, owners: Sequence[str], field: str, span: Span) -> bool:
    """Report a field that an object does not have or that its source leaves out; True where all is well."""
    if side.system is System.WAREHOUSE:
        return _check_column(scope, side, field, span)
    infos = [info for o in owners if (info := scope.object_info(side, o)) is not None]
    lacking = [info for info in infos if info.field(field) is None]
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
    if any(parent_of(info, field) is not None for info in lacking):
        help = "Read the parent with a source of its own and join it in a model."
        message = f'fields of a parent record cannot be mapped yet: "{field}"'
        scope.findings.error("PF190", message, span, help)
        return
    names = tuple(dict.fromkeys(f.name for info in lacking for f in info.fields))
    owners = " and ".join(info.name for info in lacking)
    message = f'unknown field "{field}" in {side.system} {owners}'
    help = unknown_field_help(field, lacking[0].name, len(lacking[0].fields), names)
    scope.findings.error("PF104", message, span, help)


def parent_of(info: ObjectInfo, path: str) -> FieldInfo | None:
    """The reference that a path such as `Account.Industry` or `campaign.name` follows, or None for another name."""
    relation, dot, _ = path.partition(".")
    if not dot:
        return None
    custom = f"{relation[:-1]}c" if relation.lower().endswith("__r") else ""
    return info.field(custom or f"{relation}Id")


def check_selected(scope: Scope, side: Side, object_name: str, field: str, span: Span) -> bool:
    """Note a field that the object's source leaves out; True where all is well."""
    source = scope.source(side, object_name)
    if source is None or not source.fields or is_same(field, "id"):
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
