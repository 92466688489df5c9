"""The vendor's own connector beside a sync: while it runs, two tools must not write the same thing.

Observing syncs, syncs with a warehouse and fields that the connector does not map are never in its way.
"""

from collections.abc import Mapping

from pardotflow.config.connections import ConnectorState
from pardotflow.config.meaning.scope import Scope, is_written, refs_of, targets_of
from pardotflow.config.project import FieldMapping, Strength, Sync
from pardotflow.core.values import System

# Account Engagement help, default prospect field mapping. Rows of that table that could not be confirmed are in it
# too: an error too many is put right by one line, a fight between two tools is not.
CONNECTOR_FIELDS: Mapping[str, tuple[str, ...]] = {
    "firstName": ("FirstName",),
    "lastName": ("LastName",),
    "email": ("Email",),
    "salutation": ("Salutation",),
    "jobTitle": ("Title",),
    "department": ("Department",),
    "company": ("Company",),
    "website": ("Website",),
    "phone": ("Phone",),
    "fax": ("Fax",),
    "addressOne": ("Street", "MailingStreet"),
    "addressTwo": ("Street", "MailingStreet"),
    "city": ("City", "MailingCity"),
    "state": ("State", "MailingState"),
    "zip": ("PostalCode", "MailingPostalCode"),
    "country": ("Country", "MailingCountry"),
    "source": ("LeadSource",),
    "annualRevenue": ("AnnualRevenue",),
    "employees": ("NumberOfEmployees",),
    "industry": ("Industry",),
    "notes": ("pi__notes__c",),
    "comments": ("pi__comments__c",),
    "score": ("pi__score__c",),
    "grade": ("pi__grade__c",),
    "campaignId": ("pi__campaign__c",),
    "isDoNotCall": ("DoNotCall",),
    "optedOut": ("HasOptedOutOfEmail",),
    "userId": ("OwnerId",),
    "assignedToId": ("OwnerId",),
    "salesforceOwnerId": ("OwnerId",),
}
_SALESFORCE_NAMES = frozenset(name.lower() for names in CONNECTOR_FIELDS.values() for name in names)
_PARDOT_NAMES = frozenset(name.lower() for name in CONNECTOR_FIELDS)
_WAY_OUT = "Pause the connector and write connector: paused, or give the sync strength: observe."


def check_connector(scope: Scope) -> None:
    """Creates and mapped fields of syncs between the two vendors, while the connector is active."""
    if scope.project.environment.connector is not ConnectorState.ACTIVE:
        return
    for sync in scope.project.syncs:
        if sync.strength is Strength.OBSERVE or sync.a.system is not System.SALESFORCE:
            continue
        for rule in sync.create.values():
            message = "the vendor's own connector is active and creates records too"
            scope.findings.error("PF161", message, rule.span, _WAY_OUT)
        for mapping in sync.fields:
            _check_mapping(scope, sync, mapping)


def _check_mapping(scope: Scope, sync: Sync, mapping: FieldMapping) -> None:
    """A mapping that writes to Salesforce, against the fields that the connector writes on either side."""
    if not is_written(mapping.direction, System.SALESFORCE):
        return
    field = _default_field(sync, mapping) or _custom_field(scope, sync, mapping)
    if field:
        message = f'the vendor\'s own connector is active and writes "{field}" too'
        scope.findings.error("PF161", message, mapping.span, f"{_WAY_OUT} Or write direction: to_pardot.")


def _default_field(sync: Sync, mapping: FieldMapping) -> str:
    """The first field that is written and stands in the connector's default table, or the empty text."""
    for side, ref in targets_of(sync, mapping):
        known = _SALESFORCE_NAMES if side.system is System.SALESFORCE else _PARDOT_NAMES
        for field in ref.by_object.values():
            if field.lower() in known:
                return field
    return ""


def _custom_field(scope: Scope, sync: Sync, mapping: FieldMapping) -> str:
    """The first field that somebody mapped in the connector, or the empty text. Pardot says that a custom field is
    mapped, not to which field, so that any write to Salesforce from it may meet the connector."""
    for side, ref in refs_of(sync, mapping):
        for name, field in ref.by_object.items():
            info = scope.object_info(side, name)
            known = info.field(field) if info else None
            if known is not None and known.synced_by_connector:
                return known.name
    return ""
