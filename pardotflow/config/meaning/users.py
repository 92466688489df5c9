"""Users and owners: fields that hold users, who decides, and what Pardot and Salesforce refuse.

Facts: connector.md sections 3.2, 3.7 and 3.14; pardot_api.md section 3.1 (userId beside salesforceOwnerId: code 125).
"""

from collections.abc import Iterator

from pardotflow.config.meaning.scope import Scope, is_same, refs_of, targets_of
from pardotflow.config.project import CreateRule, FieldMapping, FieldRef, Side, Sync
from pardotflow.core.span import Span
from pardotflow.core.values import System

OWNER = "OwnerId"
USER = "User"
_PARDOT_USERS = ("userId", "assignedToId", "createdById", "updatedById")
_ASSIGNED = ("Lead", "Case")
_ASSIGNING = ("userid", "salesforceownerid")


def check_users(scope: Scope) -> None:
    """Every user map and every owner of every sync."""
    for sync in scope.project.syncs:
        for mapping in sync.fields:
            if mapping.users:
                _check_mapping(scope, sync, mapping)
            _check_owner_target(scope, sync, mapping)
        rule = sync.create.get(System.SALESFORCE)
        if rule:
            _check_rule(scope, sync, rule)
        if sync.duplicate_rule and System.SALESFORCE not in (sync.a.system, sync.b.system):
            message = "duplicate_rule: is for writes to salesforce, and this sync has no such side"
            scope.findings.error("PF184", message, sync.at("duplicate_rule"), "Remove it.")
    _check_assigning(scope)


def _check_mapping(scope: Scope, sync: Sync, mapping: FieldMapping) -> None:
    for side, ref in refs_of(sync, mapping):
        if side.system is System.PARDOT:
            for item, field in ref.by_object.items():
                _check_pardot_field(scope, field, ref.at(item))
        else:
            _check_salesforce_field(scope, side, ref)


def _check_pardot_field(scope: Scope, field: str, span: Span) -> None:
    if not any(is_same(field, known) for known in _PARDOT_USERS):
        help = f"Fields with a user: {', '.join(_PARDOT_USERS)}."
        scope.findings.error("PF180", f'"{field}" of the prospect does not hold a Pardot user', span, help)


def _check_salesforce_field(scope: Scope, side: Side, ref: FieldRef) -> None:
    for item, info in scope.infos(side, ref):
        if USER not in info.reference_to:
            message = f'"{info.name}" in salesforce {item} does not refer to a User'
            scope.findings.error("PF180", message, ref.at(item), "Name OwnerId, or a lookup to User.")


def _check_owner_target(scope: Scope, sync: Sync, mapping: FieldMapping) -> None:
    """Between the two vendors the owner in Salesforce always wins; a warehouse may say who it is."""
    if sync.b.system is not System.PARDOT or sync.a.system is not System.SALESFORCE:
        return
    for side, ref in targets_of(sync, mapping):
        for item, field in ref.by_object.items():
            if side.system is System.SALESFORCE and is_same(field, OWNER):
                message = f'"{OWNER}" in salesforce {item} cannot be written from Pardot: the owner in Salesforce wins'
                help = "Write direction: to_pardot. Who owns a new record is said by owner: of its create rule."
                scope.findings.error("PF152", message, ref.at(item), help)
                break


def _check_rule(scope: Scope, sync: Sync, rule: CreateRule) -> None:
    set_owner = next((name for name in rule.set if is_same(name, OWNER)), None)
    if rule.owner:
        _check_pardot_field(scope, rule.owner.field, rule.owner.at("from"))
    if rule.owner and set_owner:
        message = "the owner of a new record is given twice: by owner: and under set:"
        scope.findings.error("PF181", message, rule.set_spans.get(set_owner, rule.span), "Keep one of them.")
    if rule.assignment_rule:
        _check_assignment(scope, rule, has_owner=bool(rule.owner or set_owner))
    if rule.owner or set_owner or rule.assignment_rule:
        return
    for mapping in sync.fields:
        if mapping.users and mapping.a and is_same(mapping.a.name_in(rule.object), OWNER):
            message = f"a new {rule.object} would belong to the connected user, whom {mapping.key} then brings back"
            help = "Add owner: {from: userId} to the create rule, with a fallback: for users without a counterpart."
            scope.findings.error("PF181", message, rule.span, help)


def _check_assignment(scope: Scope, rule: CreateRule, *, has_owner: bool) -> None:
    span = rule.at("assignment_rule")
    if not any(is_same(rule.object, known) for known in _ASSIGNED):
        message = f"{rule.object} has no assignment rules"
        scope.findings.error("PF183", message, span, "Say who owns it: owner:, or OwnerId under set:.")
    elif has_owner:
        message = "an assignment rule and a given owner cannot stand together: the rule would take the record over"
        scope.findings.error("PF183", message, span, "Keep one of them.")


def _check_assigning(scope: Scope) -> None:
    """All syncs together write one prospect, so that one of the two fields is enough for all of them."""
    found = dict[str, tuple[str, Span]]()
    for field, span in _assigning(scope):
        found.setdefault(field.lower(), (field, span))
    if len(found) == 2:
        (first, place), (second, span) = (found[name] for name in _ASSIGNING)
        message = f"{second} is written, and {first} too: Pardot refuses a write with both"
        scope.findings.error("PF182", message, span, f"Keep one of them; {first} stands at {place.short}.")


def _assigning(scope: Scope) -> Iterator[tuple[str, Span]]:
    for sync in scope.project.syncs:
        for mapping in sync.fields:
            for side, ref in targets_of(sync, mapping):
                for item, field in ref.by_object.items() if side.system is System.PARDOT else ():
                    if field.lower() in _ASSIGNING:
                        yield field, ref.at(item)
        rule = sync.create.get(System.PARDOT)
        for field in rule.set if rule else ():
            if rule and field.lower() in _ASSIGNING:
                yield field, rule.set_spans.get(field, rule.span)
