"""Which fields of a lead fill which fields of the contact, account and opportunity that it becomes.

The standard pairs are those of the product's default mapping; custom fields say so themselves (`convertTo`).
"""

from __future__ import annotations

from pardotflow.emulator.salesforce.records.catalog import ObjectInfo
from pardotflow.emulator.salesforce.records.row_store import Values

CONVERSION_TARGETS = ("Account", "Contact", "Opportunity")
_PLACE = ("Street", "City", "State", "PostalCode", "Country", "Latitude", "Longitude", "GeocodeAccuracy")
_CONTACT = (
    "Salutation",
    "FirstName",
    "LastName",
    "Title",
    "Email",
    "Phone",
    "MobilePhone",
    "Fax",
    "LeadSource",
    "Description",
    "HasOptedOutOfEmail",
    "HasOptedOutOfFax",
    "DoNotCall",
    "EmailBouncedReason",
    "EmailBouncedDate",
    "IndividualId",
)
_ACCOUNT = ("Phone", "Fax", "Website", "Industry", "AnnualRevenue", "NumberOfEmployees", "Rating")
_STANDARD = {
    "Contact": {**{name: name for name in _CONTACT}, **{name: f"Mailing{name}" for name in _PLACE}},
    "Account": {
        "Company": "Name",
        "LeadSource": "AccountSource",
        **{name: name for name in _ACCOUNT},
        **{name: f"Billing{name}" for name in _PLACE},
    },
    "Opportunity": {"LeadSource": "LeadSource"},
}


def mapped_values(lead_info: ObjectInfo, lead: Values, target: str) -> Values:
    """What a lead gives to its contact, account or opportunity; blank fields give nothing."""
    chosen = list(_STANDARD[target].items())
    for field in lead_info.fields.values():
        for path in field.convert_to:
            kind, _, there = path.partition(".")
            if kind == target:
                chosen.append((field.name, there))
    return {there: lead[name] for name, there in chosen if lead.get(name) is not None}
