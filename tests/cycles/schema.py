"""What the two systems of a made-up business declare: one field of every type that people map, and a mark.

The mark (`Person__c`, `person__c`) is in no mapping. Only a create copies it, so it tells from outside for which
record another was made.
"""

from collections.abc import Mapping
from typing import Any

FIELDS: tuple[Mapping[str, Any], ...] = (
    {"name": "Note__c", "type": "string", "length": 5},
    {"name": "Flag__c", "type": "boolean"},
    {"name": "Count__c", "type": "double", "precision": 18, "scale": 2},
    {"name": "Day__c", "type": "date"},
    {"name": "Many__c", "type": "multipicklist", "picklist": ["a", "b", "c"]},
    {"name": "Pick__c", "type": "picklist", "picklist": ["A", "B", "C"], "restricted": True},
    {"name": "Source__c", "type": "picklist", "picklist": ["Web", "Fair", "X"]},
    {"name": "Score__c", "type": "double", "precision": 18, "scale": 0},
    {"name": "Org_Id__c", "type": "string", "length": 40, "externalId": True, "unique": True},
    {"name": "Prospect_Id__c", "type": "string", "length": 40, "externalId": True, "unique": True},
    {"name": "Person__c", "type": "string", "length": 40},
    {"name": "Secret__c", "type": "boolean"},
    {"name": "Away__c", "type": "boolean"},
    {"name": "Keep_Out__c", "type": "boolean"},
)
"""Of contacts and of leads."""
CUSTOM: Mapping[str, str] = {
    "note": "Text",
    "flag": "Text",
    "count": "Number",
    "day": "Date",
    "many": "Text",
    "pick": "Dropdown",
    "org_id": "Text",
    "person": "Text",
}
"""Of prospects."""
SHARING = [{"object": o, "hidden": "Secret__c = true"} for o in ("Contact", "Lead")]
"""Nobody who calls the API sees a secret record."""
LOCKED = [{"object": o, "read_only": ["Phone", "Title"]} for o in ("Contact", "Lead")]
"""The connected user has lost the permission to edit two fields."""
ORG: Mapping[str, Any] = {
    "org_id": "00D5g0000008avYEAQ",
    "business_unit_id": "0Uv5g0000000LJJCA2",
    "user": {"id": "0055g0000004PcuAAE", "name": "Sync Robot", "username": "robot@cycles.example", "pardot_id": 712},
}


def seed_schema() -> dict[str, Any]:
    """The document `schema.yml` of a seed."""
    lead = [dict(f) | {"convertTo": f"Contact.{f['name']}"} for f in FIELDS if not f.get("unique")]
    unique = [dict(f) for f in FIELDS if f.get("unique")]
    return {
        "salesforce": {"Contact": [dict(f) for f in FIELDS], "Lead": [*lead, *unique]},
        "pardot": {"custom_fields": [{"name": n, "fieldId": n, "type": t} for n, t in CUSTOM.items()]},
        "rules": {"sharing": SHARING},
        "org": dict(ORG),
    }
