"""Mappings that lose values although every field exists and can be written: the documented traps of the connector.

Facts: connector.md section 3.4 (one API name on lead and contact; lookups and geolocations never sync).
"""

from pardotflow.config.meaning.scope import Scope, is_same, refs_of
from pardotflow.config.project import FieldMapping, FieldRef, Side, Sync
from pardotflow.core.values import FieldType, System

_CUSTOM = "__c"
_WAY_OUT = "Join {} in a model and map one of its fields, or map it to a field that holds Salesforce ids."
_WAY_OUT_OF_USERS = "Map it to userId with users: {}, which finds the Pardot user, or to salesforceOwnerId."


def check_traps(scope: Scope) -> None:
    """Each mapping of a field in Salesforce; all of it are warnings, since an org may have its reasons."""
    for sync in scope.project.syncs:
        for mapping in sync.fields:
            for side, ref in refs_of(sync, mapping):
                if side.system is System.SALESFORCE:
                    _check_conversion(scope, ref)
                    if not mapping.users:
                        _check_values(scope, sync, mapping, side, ref)


def _check_conversion(scope: Scope, ref: FieldRef) -> None:
    """A conversion copies a custom field of a lead only where the org maps it to the contact's."""
    lead, contact = ref.name_in("Lead"), ref.name_in("Contact")
    if not lead or not contact or is_same(lead, contact) or not _is_custom(lead, contact):
        return
    message = f'"{lead}" in Lead and "{contact}" in Contact are two fields: a conversion may lose the value'
    help = "Give both the same API name, or let the org map the lead's field to the contact's."
    scope.findings.warning("PF163", message, ref.at("Lead"), help)


def _is_custom(*names: str) -> bool:
    return any(name.lower().endswith(_CUSTOM) for name in names)


def _check_values(scope: Scope, sync: Sync, mapping: FieldMapping, side: Side, ref: FieldRef) -> None:
    """Lookups hold an id that means nothing elsewhere; compound fields hold no value of their own."""
    across = (info for other, r in refs_of(sync, mapping) if other is not side for _, info in scope.infos(other, r))
    keeps_ids = any(info.type is FieldType.ID for info in across)
    for name, info in scope.infos(side, ref):
        if info.reference_to and not keeps_ids:
            target = " or ".join(info.reference_to)
            message = f'"{info.name}" in salesforce {name} is a lookup: its value is the id of a record of {target}'
            help = _WAY_OUT_OF_USERS if "User" in info.reference_to else _WAY_OUT.format(target)
            scope.findings.warning("PF164", message, ref.at(name), help)
        elif info.type is FieldType.UNKNOWN and info.confirmed:
            message = f'"{info.name}" in salesforce {name} is a compound field, and has no value of its own'
            scope.findings.warning("PF164", message, ref.at(name), "Map the fields that it is made of.")
