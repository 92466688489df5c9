"""Salesforce's describe, brought to our types.

Source: REST API Developer Guide, "sObject Describe". A field that the user may not see is absent from the answer, so
what is here is what the connected user can read.
"""

from collections.abc import Mapping
from typing import Any

from pardotflow.core.describe import FieldInfo, ObjectInfo
from pardotflow.core.values import FieldType

_TYPES = {
    "id": FieldType.ID,
    "reference": FieldType.ID,
    "string": FieldType.TEXT,
    "encryptedstring": FieldType.TEXT,
    "time": FieldType.TEXT,
    "textarea": FieldType.TEXTAREA,
    "email": FieldType.EMAIL,
    "phone": FieldType.PHONE,
    "url": FieldType.URL,
    "boolean": FieldType.BOOLEAN,
    "int": FieldType.INTEGER,
    "long": FieldType.INTEGER,
    "double": FieldType.NUMBER,
    "currency": FieldType.NUMBER,
    "percent": FieldType.NUMBER,
    "date": FieldType.DATE,
    "datetime": FieldType.DATETIME,
    "picklist": FieldType.PICKLIST,
    "combobox": FieldType.TEXT,
    "multipicklist": FieldType.MULTIPICKLIST,
}
"""Compound addresses and locations, and binary bodies, stay unknown: their parts are fields of their own."""


def read_object(body: Mapping[str, Any]) -> ObjectInfo:
    """The object of a describe answer; raises KeyError for another shape."""
    return ObjectInfo(
        name=body["name"],
        label=body.get("label") or body["name"],
        key_prefix=body.get("keyPrefix") or "",
        fields=tuple(read_field(f) for f in body["fields"]),
        history=_history(body),
    )


def _history(body: Mapping[str, Any]) -> str | None:
    """The child object that keeps old values: an object without field history tracking has none."""
    children = body.get("childRelationships")
    if children is None:
        return None
    found = (f"{c['childSObject']}.{c['field']}" for c in children if c.get("relationshipName") == "Histories")
    return next(found, "")


def read_field(body: Mapping[str, Any]) -> FieldInfo:
    """One field. An integer's precision is its number of digits.

    A formula moves without moving the record's stamp, so it is not safe to read by delta.
    """
    kind = _TYPES.get(body["type"], FieldType.UNKNOWN)
    nillable, createable = bool(body.get("nillable", True)), bool(body.get("createable"))
    calculated = bool(body.get("calculated"))
    return FieldInfo(
        name=body["name"],
        type=kind,
        label=body.get("label") or "",
        length=int(body.get("length") or 0),
        precision=int((body.get("digits") if kind is FieldType.INTEGER else body.get("precision")) or 0),
        scale=int(body.get("scale") or 0),
        createable=createable,
        updateable=bool(body.get("updateable")),
        nillable=nillable,
        required_on_create=createable and not nillable and not body.get("defaultedOnCreate"),
        restricted_picklist=bool(body.get("restrictedPicklist")),
        picklist_values=tuple(v["value"] for v in body.get("picklistValues") or () if v.get("active", True)),
        external_id=bool(body.get("externalId")),
        unique=bool(body.get("unique")),
        calculated=calculated,
        reference_to=tuple(body.get("referenceTo") or ()),
        default=_default(body),
        delta_safe=not calculated,
    )


def _default(body: Mapping[str, Any]) -> str | None:
    """What a new record holds where nothing is given; formulas of defaults are not evaluated."""
    value = body.get("defaultValue")
    if value is None:
        picked = [v["value"] for v in body.get("picklistValues") or () if v.get("defaultValue")]
        return picked[0] if picked else None
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
