"""Objects and fields as the describe resources show them, with the platform's full key sets.

Keys that the emulator gives no meaning to are there with the value that the recorded describes have.
"""

from __future__ import annotations

from typing import Any

from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.records.catalog import Catalog, ObjectInfo
from pardotflow.emulator.salesforce.records.fields import NUMBER_TYPES, Field

_SOAP = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "int": "xsd:int",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
    "address": "urn:address",
    "anyType": "xsd:anyType",
}
_MASTER_TYPE = "012000000000000AAA"


# Keys whose meaning is not emulated, with the value that ordinary fields have in recorded describes.
_FIXED: dict[str, Any] = {
    **dict.fromkeys(
        (
            "aiPredictionField",
            "autoNumber",
            "cascadeDelete",
            "dependentPicklist",
            "deprecatedAndHidden",
            "formulaTreatNullNumberAsZero",
            "highScaleNumber",
            "htmlFormatted",
            "queryByDistance",
            "restrictedDelete",
            "writeRequiresMasterRead",
        ),
        False,
    ),
    **dict.fromkeys(
        (
            "calculatedFormula",
            "controllerName",
            "defaultValueFormula",
            "filteredLookupInfo",
            "inlineHelpText",
            "mask",
            "maskType",
            "referenceTargetField",
            "relationshipOrder",
        )
    ),
}


def soap_type(field: Field) -> str:
    """The XML type that describe names, and that errors about text in CSV speak of."""
    return _SOAP.get(field.type, "xsd:double" if field.type in NUMBER_TYPES else "xsd:string")


def describe_field(field: Field) -> dict[str, Any]:
    """One element of `fields`, with its keys in alphabetical order."""
    described = {**_FIXED, **_rights(field), **_sizes(field), **_uses(field), **_links(field)}
    described |= {
        "custom": field.custom,
        "extraTypeInfo": field.extra,
        "label": field.label,
        "name": field.name,
        "nameField": field.name_field,
        "soapType": soap_type(field),
        "type": field.type,
    }
    return dict(sorted(described.items()))


def _rights(field: Field) -> dict[str, Any]:
    """Who may write the field, and what stands in it otherwise."""
    return {
        "calculated": field.calculated,
        "createable": field.createable,
        "defaultValue": field.default,
        "defaultedOnCreate": field.defaulted,
        "nillable": field.nillable,
        "permissionable": field.createable and field.nillable,
        "updateable": field.updateable,
    }


def _sizes(field: Field) -> dict[str, Any]:
    return {
        "byteLength": field.length if field.type in {"id", "reference"} else field.length * 3,
        "digits": field.digits,
        "displayLocationInDecimal": field.name.endswith(("Latitude", "Longitude")),
        "encrypted": field.type == "encryptedstring",
        "length": field.length,
        "precision": field.precision,
        "scale": field.scale,
    }


def _uses(field: Field) -> dict[str, Any]:
    """What queries may do with the field."""
    return {
        "aggregatable": field.is_aggregatable,
        "caseSensitive": field.case_sensitive,
        "externalId": field.external_id,
        "filterable": field.is_filterable,
        "groupable": field.is_groupable,
        "idLookup": field.id_lookup or field.external_id,
        "searchPrefilterable": bool(field.reference_to),
        "sortable": field.is_sortable,
        "unique": field.unique,
    }


def _links(field: Field) -> dict[str, Any]:
    """The records, compounds and picklist values that the field leads to."""
    several = len(field.reference_to) > 1
    return {
        "compoundFieldName": field.compound,
        "namePointing": several,
        "picklistValues": [_picklist_value(field, value) for value in field.picklist],
        "polymorphicForeignKey": several,
        "referenceTo": list(field.reference_to),
        "relationshipName": field.relationship,
        "restrictedPicklist": field.restricted,
    }


def _picklist_value(field: Field, value: str) -> dict[str, Any]:
    return {"active": True, "defaultValue": value == field.default, "label": value, "validFor": None, "value": value}


def describe_entry(context: Context, info: ObjectInfo) -> dict[str, Any]:
    """One element of describe global: the scalar keys and the urls."""
    base = context.path(f"sobjects/{info.name}")
    return {
        "activateable": False,
        "associateEntityType": None,
        "associateParentEntity": None,
        "createable": info.createable,
        "custom": info.name.endswith("__c"),
        "customSetting": False,
        "deepCloneable": False,
        "deletable": info.deletable,
        "deprecatedAndHidden": False,
        "feedEnabled": info.mergeable,
        "hasSubtypes": False,
        "isInterface": False,
        "isSubtype": False,
        "keyPrefix": info.prefix,
        "label": info.label,
        "labelPlural": info.plural,
        "layoutable": True,
        "mergeable": info.mergeable,
        "mruEnabled": True,
        "name": info.name,
        "queryable": True,
        "replicateable": info.find("SystemModstamp") is not None,
        "retrieveable": True,
        "searchable": True,
        "triggerable": True,
        "undeletable": info.deletable,
        "updateable": info.updateable,
        "urls": {"rowTemplate": base + "/{ID}", "describe": base + "/describe", "sobject": base},
    }


def describe_object(context: Context, info: ObjectInfo) -> dict[str, Any]:
    """The full describe."""
    base = context.path(f"sobjects/{info.name}")
    entry = describe_entry(context, info)
    layouts = (
        "compactLayouts",
        "approvalLayouts",
        "defaultValues?recordTypeId&fields",
        "listviews",
        "quickActions",
        "layouts",
    )
    urls = {name.partition("?")[0]: f"{base}/describe/{name}" for name in layouts}
    detail = {"uiDetailTemplate": f"/{info.prefix}", "uiEditTemplate": "/{ID}/e", "uiNewRecord": f"/{info.prefix}/e"}
    full = entry | {
        "actionOverrides": [],
        "childRelationships": _children(context.catalog, info),
        "compactLayoutable": True,
        "defaultImplementation": None,
        "extendedBy": None,
        "extendsInterfaces": None,
        "fields": [describe_field(field) for field in info.fields.values()],
        "implementedBy": None,
        "implementsInterfaces": None,
        "listviewable": None,
        "lookupLayoutable": None,
        "namedLayoutInfos": [],
        "networkScopeFieldName": None,
        "recordTypeInfos": [_master_record_type(base)],
        "searchLayoutable": True,
        "sobjectDescribeOption": "FULL",
        "supportedScopes": [{"label": f"All {info.plural.lower()}", "name": "everything"}],
        "urls": entry["urls"] | urls | detail,
    }
    return dict(sorted(full.items()))


def _children(catalog: Catalog, info: ObjectInfo) -> list[dict[str, Any]]:
    return [
        {
            "cascadeDelete": lookup.cascade,
            "childSObject": child.name,
            "deprecatedAndHidden": False,
            "field": lookup.name,
            "junctionIdListNames": [],
            "junctionReferenceTo": [],
            "relationshipName": lookup.child_relationship,
            "restrictedDelete": False,
        }
        for child, lookup in catalog.children_of(info.name)
    ]


def _master_record_type(base: str) -> dict[str, Any]:
    return {
        "active": True,
        "available": True,
        "defaultRecordTypeMapping": True,
        "developerName": "Master",
        "master": True,
        "name": "Master",
        "recordTypeId": _MASTER_TYPE,
        "urls": {"layout": f"{base}/describe/layouts/{_MASTER_TYPE}"},
    }
