"""What a prospect looks like in one business unit: the shipped fields and the unit's custom ones.

Fields that can hold several values are arrays. Arrays are read one record at a time, because one in a query makes the
whole query fail (Account Engagement API v5, "Custom Field" and "Query").
"""

from collections.abc import Iterable, Mapping
from typing import Any

from pardotflow.connectors.pardot.objects import PardotObject, standard_fields
from pardotflow.core.describe import FieldInfo, ObjectInfo
from pardotflow.core.values import FieldType

CUSTOM_FIELD_COLUMNS = (
    "id",
    "name",
    "fieldId",
    "apiFieldId",
    "type",
    "isRecordMultipleResponses",
    "isUseValues",
    "isRequired",
    "salesforceId",
)
_SUFFIX = "__c"
_TYPES = {
    "text": FieldType.TEXT,
    "textarea": FieldType.TEXTAREA,
    "hidden": FieldType.TEXT,
    "crm user": FieldType.TEXT,
    "number": FieldType.NUMBER,
    "date": FieldType.DATE,
    "dropdown": FieldType.PICKLIST,
    "radio button": FieldType.PICKLIST,
    "checkbox": FieldType.ARRAY,
    "multi-select": FieldType.ARRAY,
}


def build_object(known: PardotObject, custom: Iterable[Mapping[str, Any]] = ()) -> ObjectInfo:
    """The object with its custom fields, those in the order of the answer."""
    fields = (*standard_fields(known.name), *(read_custom_field(c) for c in custom))
    return ObjectInfo(name=known.name, label=known.label, fields=fields)


def read_custom_field(body: Mapping[str, Any]) -> FieldInfo:
    """One custom field. Its picklist values are not told by the API, its length neither."""
    several = bool(body.get("isRecordMultipleResponses"))
    kind = FieldType.ARRAY if several else _TYPES.get(str(body["type"]).lower(), FieldType.UNKNOWN)
    return FieldInfo(
        name=custom_name(body),
        type=kind,
        label=str(body.get("name") or ""),
        confirmed=kind is not FieldType.UNKNOWN,
        synced_by_connector=bool(body.get("salesforceId")),
    )


def custom_name(body: Mapping[str, Any]) -> str:
    """The name on prospects: the field's id with the suffix of custom fields."""
    return str(body.get("apiFieldId") or f"{body['fieldId']}{_SUFFIX}")
