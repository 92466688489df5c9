"""Fields that no user may write, known without asking anybody.

What a describe says of the connected user's own rights comes on top and is asked by the checks.
"""

from pardotflow.core.describe import FieldInfo
from pardotflow.core.values import System

# Account Engagement API v5, prospect object: the fields marked read-only.
_PARDOT = frozenset(
    (
        "id",
        "isdeleted",
        "donotsell",
        "grade",
        "password",
        "assignedtoid",
        "lifecyclestageid",
        "recentinteraction",
        "lastactivityat",
        "firstactivityat",
        "firstassignedat",
        "firstreferrerurl",
        "firstreferrertype",
        "firstreferrerquery",
        "convertedat",
        "convertedfromobjectname",
        "convertedfromobjecttype",
        "campaignparameter",
        "mediumparameter",
        "sourceparameter",
        "contentparameter",
        "termparameter",
        "emailbouncedat",
        "emailbouncedreason",
        "isemailhardbounced",
        "salesforceleadid",
        "salesforcecontactid",
        "salesforceaccountid",
        "salesforcecampaignid",
        "salesforcelastsync",
        "salesforceurl",
        "createdat",
        "updatedat",
        "createdbyid",
        "updatedbyid",
    )
)
# Salesforce object reference: system fields of every object.
_SALESFORCE = frozenset(
    (
        "id",
        "isdeleted",
        "createddate",
        "createdbyid",
        "lastmodifieddate",
        "lastmodifiedbyid",
        "systemmodstamp",
    )
)
_PACKAGE_PREFIX = "pi__"
"""Fields of the vendor's package in Salesforce: only its own connector fills them."""


def why_read_only(system: System, object_name: str, field: str, info: FieldInfo | None) -> str:
    """Why a field cannot be written, or the empty text; what is known of the field may be missing."""
    if "." in field:
        return "it is a field of another record"
    if system is System.SALESFORCE and field.lower().startswith(_PACKAGE_PREFIX):
        return "only the vendor's own connector fills fields of its package"
    if system is System.SALESFORCE and field.lower() in _SALESFORCE:
        return "Salesforce sets it by itself"
    if system is System.PARDOT and object_name.lower() == "prospect" and field.lower() == "grade":
        return "Pardot computes the grade"
    if system is System.PARDOT and object_name.lower() == "prospect" and field.lower() in _PARDOT:
        return "Pardot sets it by itself"
    return "it is a formula" if info is not None and info.calculated else ""
