"""A parent named by one of its own values instead of its id: `{"Account": {"Ext__c": "A-1"}}`, `Account.Ext__c`.

Facts: salesforce_api.md section 6.1 (one level only, by a field that is an external id or marked for look-ups); in JSON
by clients in use.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.errors import refuse
from pardotflow.emulator.salesforce.records.catalog import ObjectInfo
from pardotflow.emulator.salesforce.records.fields import Field
from pardotflow.emulator.salesforce.records.row_store import find_by
from pardotflow.emulator.salesforce.records.sharing import is_shared
from pardotflow.emulator.salesforce.records.values import read_key


def find_key(context: Context, lookup: Field, kind: str | None, name: str) -> tuple[ObjectInfo, Field] | None:
    """The object that a lookup leads to, and its field of that name if it can stand for an id.

    `kind` chooses among several objects; None takes the first that is emulated.
    """
    kinds = [one for one in lookup.reference_to if kind is None or one.lower() == kind.lower()]
    target = next((found for one in kinds if (found := context.catalog.find(one))), None)
    key = None if target is None else target.find(name)
    if target is None or key is None or not (key.external_id or key.id_lookup):
        return None
    return target, key


def find_parent(context: Context, target: ObjectInfo, key: Field, value: object) -> str:
    """The id of the one record that has the value; raises `SalesforceError`."""
    wanted = read_key(key, value, context.state.switches)
    found = [row["Id"] for row in find_by(context.db, target, key.name, wanted)] if wanted is not None else []
    seen = [record_id for record_id in found if is_shared(context, target, record_id)]
    if len(seen) != 1:
        what = "Foreign key external ID: {} not found" if not seen else "More than one record found for external ID: {}"
        message = f"{what.format(value)} for field {key.name} in entity {target.name}"
        raise refuse(400, "INVALID_FIELD", message, (key.name,))
    return str(seen[0])


def read_parent(context: Context, lookup: Field, given: Mapping[str, Any]) -> str:
    """The id of the parent that a JSON object names by one field; `attributes.type` may say its object."""
    attributes = given.get("attributes")
    kind = attributes.get("type") if isinstance(attributes, dict) else None
    named = [name for name in given if name != "attributes"]
    found = find_key(context, lookup, kind if isinstance(kind, str) else None, named[0]) if len(named) == 1 else None
    if found is None:
        message = f"The external foreign key reference does not reference a valid entity: {lookup.relationship}"
        raise refuse(400, "INVALID_FIELD", message, (lookup.name,))
    return find_parent(context, *found, given[named[0]])
