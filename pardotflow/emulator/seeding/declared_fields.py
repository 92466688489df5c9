"""Fields of Salesforce objects as `schema.yml` declares them: new ones, and standard ones that are changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from pardotflow.emulator.problem import EmulatorError
from pardotflow.emulator.salesforce.records.fields import NUMBER_TYPES, TYPES, Field, make_label
from pardotflow.emulator.seeding.keys import LIST, SCALAR, TEXT, TEXTS, TRUTH, WHOLE, Kind, check_values

IDENTIFIER = re.compile(r"[A-Za-z]\w*", re.ASCII)
KINDS: Mapping[str, Kind] = {
    "name": TEXT,
    "type": TEXT,
    "label": TEXT,
    "length": WHOLE,
    "precision": WHOLE,
    "scale": WHOLE,
    "picklist": LIST,
    "restricted": TRUTH,
    "externalId": TRUTH,
    "unique": TRUTH,
    "caseSensitive": TRUTH,
    "required": TRUTH,
    "default": SCALAR,
    "referenceTo": TEXTS,
    "childRelationship": TEXT,
    "formula": SCALAR,
    "createable": TRUTH,
    "updateable": TRUTH,
    "trackHistory": TRUTH,
    "convertTo": TEXTS,
}
_TYPE_WORDS = {
    "text": "string",
    "number": "double",
    "checkbox": "boolean",
    "integer": "int",
    "longtextarea": "textarea",
    "lookup": "reference",
}
_LENGTHS = {
    "string": 255,
    "textarea": 32768,
    "email": 80,
    "phone": 40,
    "url": 255,
    "picklist": 255,
    "multipicklist": 4099,
    "reference": 18,
    "combobox": 255,
    "encryptedstring": 175,
}
_ATTRIBUTES = {
    "label": "label",
    "length": "length",
    "precision": "precision",
    "scale": "scale",
    "restricted": "restricted",
    "externalId": "external_id",
    "unique": "unique",
    "caseSensitive": "case_sensitive",
    "default": "default",
    "createable": "createable",
    "childRelationship": "child_relationship",
    "updateable": "updateable",
}


def merge_fields(
    object_name: str, standing: Iterable[Field], entries: Iterable[Mapping[str, Any]], header: Iterable[str]
) -> list[Field]:
    """The standing fields of an object under its declared ones, and text for `__c` columns that nobody declared."""
    fields = {field.name.lower(): field for field in standing}
    declared: set[str] = set()
    for entry in entries:
        name = str(entry["name"]).lower()
        if name in declared:
            raise EmulatorError(f"salesforce: {object_name}.{entry['name']} is declared twice")
        declared.add(name)
        fields[name] = _declare(object_name, entry, fields.get(name))
    for column in header:
        if column.endswith("__c") and column.lower() not in fields and IDENTIFIER.fullmatch(column):
            fields[column.lower()] = _custom(column, "string", 255)
    return list(fields.values())


def _custom(name: str, kind: str, length: int) -> Field:
    return Field(name=name, type=kind, label=make_label(name), length=length, custom=name.endswith("__c"))


def _declare(object_name: str, entry: Mapping[str, Any], standing: Field | None) -> Field:
    where = f"salesforce: {object_name}.{entry['name']}"
    name = str(entry["name"])
    if not IDENTIFIER.fullmatch(name):
        raise EmulatorError(f"{where}: a name is made of letters, digits and _")
    check_values(entry, where, KINDS)
    kind = str(entry.get("type", standing.type if standing else "string"))
    kind = _TYPE_WORDS.get(kind, kind)
    if "picklist" in entry and "type" not in entry and kind == "string":
        kind = "picklist"
    if kind not in TYPES - {"id", "address", "anyType"}:
        raise EmulatorError(f"{where}: unknown type {kind!r}")
    made = standing if standing and standing.type == kind else _custom(name, kind, _LENGTHS.get(kind, 0))
    if kind in NUMBER_TYPES and not made.precision:
        made = replace(made, precision=18, scale=int(entry.get("scale") or 0))
    if kind == "int" and not made.digits:
        made = replace(made, digits=9)
    if kind == "boolean" and not made.defaulted:
        made = replace(made, nillable=False, defaulted=True, default=False)
    made = _apply(made, {key: value for key, value in entry.items() if value is not None})
    if entry.get("default") is not None:
        _check_default(where, made)
    if made.type == "reference" and not made.reference_to:
        raise EmulatorError(f"{where}: a reference names its object with referenceTo")
    return made


def _check_default(where: str, made: Field) -> None:
    is_number = isinstance(made.default, (int, float)) and not isinstance(made.default, bool)
    if made.type == "boolean" and not isinstance(made.default, bool):
        raise EmulatorError(f"{where}: default must be true or false, not {made.default!r}")
    if made.type in NUMBER_TYPES | {"int"} and not is_number:
        raise EmulatorError(f"{where}: default must be a number, not {made.default!r}")


def _apply(made: Field, entry: Mapping[str, Any]) -> Field:
    """Overlay a field with the keys of its declaration."""
    changes: dict[str, Any] = {attribute: entry[key] for key, attribute in _ATTRIBUTES.items() if key in entry}
    if "picklist" in entry:
        changes["picklist"] = tuple(str(value) for value in entry["picklist"])
    if "default" in entry:
        changes["defaulted"] = True
    if entry.get("required"):
        changes["nillable"] = False
    if entry.get("formula"):
        changes.update(calculated=True, createable=False, updateable=False)
    if "referenceTo" in entry:
        changes["reference_to"] = _texts(entry["referenceTo"])
        changes["relationship"] = made.name.removesuffix("__c") + "__r"
    if entry.get("trackHistory"):
        changes["tracked"] = True
    if "convertTo" in entry:
        changes["convert_to"] = _texts(entry["convertTo"])
    if changes.get("external_id"):
        changes["id_lookup"] = True
    return replace(made, **changes)


def _texts(given: object) -> tuple[str, ...]:
    return tuple(map(str, given if isinstance(given, list) else [given]))
