"""Objects and fields as the describe resources show them, with the platform's full key sets.

Keys that the emulator gives no meaning to are there with the value that the recorded describes have.
"""

from __future__ import annotations

from typing import Any

from pardotflow.emulator.salesforce.catalog import Catalog, ObjectInfo
from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.fields import NUMBER_TYPES, Field

_SOAP = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "int": "xsd:int",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
    "address": "urn:address",
}
_MASTER_TYPE = "012000000000000AAA"


def describe_field(field: Field) -> dict[str, Any]:
    """One element of `fields`."""
    picklist = field.type in {"picklist", "multipicklist", "combobox"}
    lookup = bool(field.reference_to)
    filterable = not field.is_long_text
    plain = filterable and field.type not in {"address", "multipicklist"}
    return {
        "aggregatable": plain and field.type != "boolean",
        "aiPredictionField": False,
        "autoNumber": False,
        "byteLength": field.length if field.type in {"id", "reference"} else field.length * 3,
        "calculated": field.calculated,
        "calculatedFormula": None,
        "cascadeDelete": False,
        "caseSensitive": field.case_sensitive,
        "compoundFieldName": field.compound,
        "controllerName": None,
        "createable": field.createable,
        "custom": field.custom,
        "defaultValue": field.default,
        "defaultValueFormula": None,
        "defaultedOnCreate": field.defaulted,
        "dependentPicklist": False,
        "deprecatedAndHidden": False,
        "digits": field.digits,
        "displayLocationInDecimal": field.name.endswith(("Latitude", "Longitude")),
        "encrypted": field.type == "encryptedstring",
        "externalId": field.external_id,
        "extraTypeInfo": field.extra,
        "filterable": filterable,
        "filteredLookupInfo": None,
        "formulaTreatNullNumberAsZero": False,
        "groupable": plain and field.type not in NUMBER_TYPES | {"datetime"},
        "highScaleNumber": False,
        "htmlFormatted": False,
        "idLookup": field.id_lookup or field.external_id,
        "inlineHelpText": None,
        "label": field.label,
        "length": field.length,
        "mask": None,
        "maskType": None,
        "name": field.name,
        "nameField": field.name_field,
        "namePointing": lookup and len(field.reference_to) > 1,
        "nillable": field.nillable,
        "permissionable": field.createable and field.nillable,
        "picklistValues": [_picklist_value(field, value) for value in field.picklist] if picklist else [],
        "polymorphicForeignKey": len(field.reference_to) > 1,
        "precision": field.precision,
        "queryByDistance": False,
        "referenceTargetField": None,
        "referenceTo": list(field.reference_to),
        "relationshipName": field.relationship,
        "relationshipOrder": None,
        "restrictedDelete": False,
        "restrictedPicklist": field.restricted,
        "scale": field.scale,
        "searchPrefilterable": lookup,
        "soapType": _SOAP.get(field.type, "xsd:double" if field.type in NUMBER_TYPES else "xsd:string"),
        "sortable": plain,
        "type": field.type,
        "unique": field.unique,
        "updateable": field.updateable,
        "writeRequiresMasterRead": False,
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
        "replicateable": True,
        "retrieveable": True,
        "searchable": True,
        "triggerable": True,
        "undeletable": info.deletable,
        "updateable": True,
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
