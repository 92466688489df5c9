"""Directions and policies against what the fields hold."""

from pardotflow.config.meaning.scope import Scope, refs_of, targets_of
from pardotflow.config.project import Direction, FieldMapping, Policy, Sync
from pardotflow.core.values import FieldType, System


def check_policies(scope: Scope) -> None:
    """Each mapping against the types of its fields and against its value map."""
    for sync in scope.project.syncs:
        for mapping in sync.fields:
            _check_value_map(scope, mapping)
            _check_consent(scope, sync, mapping)
            _check_phones(scope, sync, mapping)
            _check_history(scope, sync, mapping)


def _check_value_map(scope: Scope, mapping: FieldMapping) -> None:
    values = mapping.values
    if mapping.direction is Direction.TWO_WAY and values and not values.one_to_one:
        message = f"{values.file} is not one-to-one, so the mapping cannot be two_way"
        help = "Give it a direction, or let each value stand once in each column."
        scope.findings.error("PF154", message, values.span, help)


def _check_consent(scope: Scope, sync: Sync, mapping: FieldMapping) -> None:
    if mapping.policy is not Policy.CONSENT:
        return
    allowed = (FieldType.BOOLEAN, FieldType.UNKNOWN)
    for side, ref in refs_of(sync, mapping):
        wrong = [(name, info) for name, info in scope.infos(side, ref) if info.type not in allowed]
        if wrong:
            name, info = wrong[0]
            message = f'policy: consent needs true or false; "{info.name}" in {side.system} {name} is {info.type}'
            scope.findings.error("PF156", message, ref.at(name), "Use another policy.")


def _check_history(scope: Scope, sync: Sync, mapping: FieldMapping) -> None:
    """Where `most_recent` compares by the field: Salesforce must keep a history, and can keep one of the field."""
    help = "Write most_recent: record, or switch field history tracking on in Setup."
    for side, ref in refs_of(sync, mapping) if mapping.asks_history else ():
        for name, field in scope.infos(side, ref) if side.system is System.SALESFORCE else ():
            info = scope.object_info(side, name)
            if info is not None and info.history == "":
                message = f"most_recent: field needs a history, and salesforce shows none of {name}"
                scope.findings.error("PF155", message, ref.at(name), help)
            elif field.calculated:
                message = f'most_recent: field needs a history, and "{field.name}" in salesforce {name} is a formula'
                scope.findings.error("PF155", message, ref.at(name), "Write most_recent: record.")


def _check_phones(scope: Scope, sync: Sync, mapping: FieldMapping) -> None:
    refs = list(refs_of(sync, mapping))
    for side, ref in targets_of(sync, mapping):
        phones = [name for name, info in scope.infos(side, ref) if info.type is FieldType.PHONE]
        others = (info for s, r in refs if s is not side for _, info in scope.infos(s, r))
        number = next((info for info in others if info.type.is_number), None)
        if phones and number:
            message = f'the number "{number.name}" would be written to a phone field'
            help = "Leading zeros and + are lost in numbers; use a text field."
            scope.findings.warning("PF156", message, ref.at(phones[0]), help)
