"""Create rules: a key that makes a retry harmless, and every field that the system requires."""

from pardotflow.config.creates import CREATED
from pardotflow.config.meaning.fields import check_field
from pardotflow.config.meaning.read_only import why_read_only
from pardotflow.config.meaning.scope import Scope, is_same, is_written, other_side, refs_of
from pardotflow.config.persons import IS_PERSON, person_accounts, required_fields
from pardotflow.config.project import CreateRule, MatchKind, Side, Sync
from pardotflow.core.describe import FieldInfo, ObjectInfo
from pardotflow.core.span import Span
from pardotflow.core.values import System


def check_creates(scope: Scope) -> None:
    """Every create rule of every sync."""
    for sync in scope.project.syncs:
        for side in sync.sides:
            rule = sync.create.get(side.system)
            if rule is not None:
                _check_key(scope, sync, side, rule)
                _check_set(scope, side, rule)
                _check_required(scope, sync, side, rule)
                _check_created(scope, other_side(sync, side), rule)
                _check_shared(scope, sync, rule)


def _check_key(scope: Scope, sync: Sync, side: Side, rule: CreateRule) -> None:
    if not rule.key:
        return
    span = rule.at("key")
    if not check_field(scope, side, (rule.object,), rule.key, span):
        return
    fields = [p.ref(is_a=side is sync.a).name_in(rule.object) for key in sync.match for p in key.parts]
    if not any(is_same(rule.key, f) for f in fields if f):
        message = f'the create key "{rule.key}" is not a match key'
        other = sync.b if side is sync.a else sync.a
        help = f"Add it to match: {{{side.system}: {rule.key}, {other.system}: FIELD}}."
        scope.findings.error("PF159", message, span, help)
    info = scope.object_info(side, rule.object)
    field = info.field(rule.key) if info else None
    if field is not None:
        _check_key_field(scope, side, rule, field, span)


def _check_key_field(scope: Scope, side: Side, rule: CreateRule, field: FieldInfo, span: Span) -> None:
    where = f'"{field.name}" in {side.system} {rule.object}'
    if not field.createable or (side.system is System.SALESFORCE and field.calculated):
        message = f"the create key {where} cannot be set on a new record"
        scope.findings.error("PF159", message, span, "Use a field that the connected user may write.")
    elif side.system is System.SALESFORCE and not (field.external_id and field.unique):
        lacks = " and ".join(
            w for w, has in (("an external id", field.external_id), ("unique", field.unique)) if not has
        )
        message = f"the create key {where} is not {lacks}"
        help = "Mark the field as External ID and Unique in Setup: only then a repeated create makes no second record."
        scope.findings.error("PF159", message, span, help)


def _check_set(scope: Scope, side: Side, rule: CreateRule) -> None:
    info = scope.object_info(side, rule.object)
    for name in rule.set:
        span = rule.set_spans.get(name, rule.span)
        field = info.field(name) if info else None
        if info and field is None:
            check_field(scope, side, (rule.object,), name, span)
        elif not _is_createable(side, rule, name, field):
            message = f'"{name}" in {side.system} {rule.object} cannot be set on a new record'
            scope.findings.error("PF152", message, span, "Remove it from set.")


def _is_createable(side: Side, rule: CreateRule, name: str, field: FieldInfo | None) -> bool:
    is_free = not why_read_only(side.system, rule.object, name, field)
    return is_free and (field is None or field.createable)


def _check_created(scope: Scope, source: Side, rule: CreateRule) -> None:
    """A rule that is not retroactive asks every record when it was made."""
    if rule.retroactive:
        return
    field, span = CREATED.get(source.system), rule.at("retroactive")
    if field is None:
        message = f"rows of the model {source.model} do not say when they were made"
        scope.findings.error("PF169", message, span, "Remove retroactive, and compare a column of the model in when.")
        return
    check_field(scope, source, source.objects, field, span)


def _check_shared(scope: Scope, sync: Sync, rule: CreateRule) -> None:
    """A second prospect with an address is a question only where the unit allows one, and where e-mail matches."""
    if not rule.share_email:
        return
    why = "" if scope.project.environment.ampsea else "the environment says ampsea: false, where addresses are unique"
    if not any(key.kind is MatchKind.EMAIL for key in sync.match):
        why = "email is no match key of the sync"
    if why:
        scope.findings.warning("PF162", f'"share_email" has no effect: {why}', rule.at("share_email"), "Remove it.")


def _check_required(scope: Scope, sync: Sync, side: Side, rule: CreateRule) -> None:
    info = scope.object_info(side, rule.object)
    missing = [] if info is None else _missing(sync, side, rule, info)
    if missing:
        names = ", ".join(missing)
        message = f"a new {rule.object} in {side.system} needs {names}, and nothing fills it"
        help = "Map it, or give it a value under set:."
        scope.findings.error("PF160", message, rule.span, help)


def _missing(sync: Sync, side: Side, rule: CreateRule, info: ObjectInfo) -> list[str]:
    filled = {name.lower() for name in rule.set} | {rule.key.lower()}
    for mapping in sync.fields:
        for mapped_side, ref in refs_of(sync, mapping):
            if mapped_side is side and is_written(mapping.direction, side.system):
                filled.add(ref.name_in(rule.object).lower())
    is_person = rule.object == person_accounts(side, other_side(sync, side)) and info.field(IS_PERSON) is not None
    return [name for name in required_fields(info, of_person=is_person) if name.lower() not in filled]
