"""The JSON object of a write as values to store: which fields may be written, and what may stand in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.errors import Problem, SalesforceError, refuse
from pardotflow.emulator.salesforce.records.catalog import ObjectInfo
from pardotflow.emulator.salesforce.records.fields import Field
from pardotflow.emulator.salesforce.records.parents import read_parent
from pardotflow.emulator.salesforce.records.record_ids import wrong_id
from pardotflow.emulator.salesforce.records.row_store import Values, find_row
from pardotflow.emulator.salesforce.records.sharing import is_shared
from pardotflow.emulator.salesforce.records.values import BadValue, read_value

_SECURITY = (
    "Please check the security settings of this field and verify that it is read/write for your profile or "
    "permission set."
)


def read_payload(context: Context, info: ObjectInfo, payload: Mapping[str, Any], *, creating: bool) -> Values:
    """The stored forms of the fields in a JSON object; raises `SalesforceError` with one element for each bad value."""
    chosen = _find_fields(context, info, payload)
    _check_writable(chosen, creating=creating)
    values: Values = {}
    problems: list[Problem] = []
    for field, raw in chosen:
        try:
            values[field.name] = read_value(field, raw, context.state.switches)
            if field.reference_to and values[field.name] is not None:
                _check_reference(context, field, values[field.name])
        except BadValue as bad:
            problems.append(bad.problem)
    if problems:
        raise SalesforceError(400, *problems)
    return values


def _find_fields(context: Context, info: ObjectInfo, payload: Mapping[str, Any]) -> list[tuple[Field, Any]]:
    """The fields by their names; a relationship stands for its lookup, with the id of the parent that it names."""
    chosen: list[tuple[Field, Any]] = []
    for name, raw in payload.items():
        if name == "attributes":
            continue
        field = info.find(name)
        lookup = info.relationships.get(name.lower()) if field is None and isinstance(raw, dict) else None
        if lookup is not None:
            chosen.append((lookup, read_parent(context, lookup, raw)))
            continue
        if field is None:
            raise refuse(400, "INVALID_FIELD", f"No such column '{name}' on sobject of type {info.name}")
        chosen.append((field, raw))
    return chosen


def _check_writable(chosen: list[tuple[Field, Any]], *, creating: bool) -> None:
    if creating and any(field.type == "id" for field, _ in chosen):
        raise refuse(400, "INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call", ("Id",))
    refused = [f.name for f, _ in chosen if not (f.createable if creating else f.updateable)]
    if refused:
        message = f"Unable to create/update fields: {', '.join(refused)}. {_SECURITY}"
        raise refuse(400, "INVALID_FIELD_FOR_INSERT_UPDATE", message, refused)


def inactive_owner(user_id: str) -> Problem:
    """The error of an owner who may not sign in any more; the wording is assumed."""
    message = f"operation performed with inactive user [{user_id[:15]}] as owner"
    return Problem(code="INACTIVE_OWNER_OR_USER", message=message, fields=("OwnerId",))


def _check_reference(context: Context, field: Field, value: str) -> None:
    """A reference must have the prefix of a target, and the target must be there where its object is emulated."""
    prefixes = {name: context.catalog.prefix_of(name) for name in field.reference_to}
    info = next((context.catalog.find(name) for name, p in prefixes.items() if p and value.startswith(p)), None)
    if info is None:
        if all(prefixes.values()):
            raise BadValue(wrong_id(field.label, value, field.name))
        return
    target = find_row(context.db, info, value)
    if target is None or target["IsDeleted"]:
        raise BadValue(
            Problem(code="INVALID_CROSS_REFERENCE_KEY", message="invalid cross reference id", fields=(field.name,))
        )
    if field.name == "OwnerId" and not target.get("IsActive", 1):
        raise BadValue(inactive_owner(value))
    if not is_shared(context, info, value):
        message = "insufficient access rights on cross-reference id"
        raise BadValue(Problem(code="INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", message=message, fields=()))
