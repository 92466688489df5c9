"""`schema.yml` of a seed folder: custom fields, picklists, settings and the org.

Every key is known or refused by name; a seed with a typing mistake makes no file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from pardotflow.emulator.faults import read_plan
from pardotflow.emulator.problem import EmulatorError
from pardotflow.emulator.salesforce.fields import HISTORY_OBJECTS, NUMBER_TYPES, TYPES, Field, make_label
from pardotflow.emulator.salesforce.lead_mapping import CONVERSION_TARGETS
from pardotflow.emulator.salesforce.standard import standard_objects
from pardotflow.emulator.salesforce.standard_table import StandardObject, custom_object
from pardotflow.emulator.switches import SwitchValue, check_switch

_TYPE_WORDS = {
    "text": "string",
    "number": "double",
    "checkbox": "boolean",
    "integer": "int",
    "longtextarea": "textarea",
    "lookup": "reference",
}
_KEYS = {
    "name",
    "type",
    "label",
    "length",
    "precision",
    "scale",
    "picklist",
    "restricted",
    "externalId",
    "unique",
    "caseSensitive",
    "required",
    "default",
    "referenceTo",
    "childRelationship",
    "formula",
    "createable",
    "updateable",
    "trackHistory",
    "convertTo",
}


_UNIT_KEYS = {"id", "name", "folder", "custom_fields", "connected", "abilities", "settings"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """What the schema file says, checked."""

    salesforce: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    custom_fields: tuple[Mapping[str, Any], ...] = ()
    first_unit: Mapping[str, Any] = field(default_factory=dict)
    units: tuple[Mapping[str, Any], ...] = ()
    settings: Mapping[str, SwitchValue] = field(default_factory=dict)
    org: Mapping[str, Any] = field(default_factory=dict)
    faults: tuple[Mapping[str, Any], ...] = ()
    rules: Mapping[str, Any] = field(default_factory=dict)


def load_schema(path: Path) -> Schema:
    """Read a schema file; an absent one is an empty schema. Raises `EmulatorError`."""
    if not path.exists():
        return Schema()
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError as cause:
        raise EmulatorError(f"{path}: {cause}") from cause
    whole = _mapping(raw, str(path), {"salesforce", "pardot", "units", "settings", "org", "faults", "rules"})
    salesforce = _mapping(whole.get("salesforce"), "salesforce", None)
    pardot = _mapping(whole.get("pardot"), "pardot", {"custom_fields", "abilities"})
    settings = _mapping(whole.get("settings"), "settings", None)
    return Schema(
        salesforce={name: tuple(_entries(fields, name)) for name, fields in salesforce.items()},
        custom_fields=tuple(_mappings(pardot.get("custom_fields"), "pardot: custom_fields")),
        first_unit={key: value for key, value in pardot.items() if key != "custom_fields"},
        units=tuple(_units(whole.get("units"))),
        settings={name: check_switch(name, value) for name, value in settings.items()},
        org=_mapping(whole.get("org"), "org", None),
        faults=tuple(read_plan(whole.get("faults"))),
        rules=_mapping(whole.get("rules"), "rules", None),
    )


def _mapping(raw: object, where: str, known: set[str] | None) -> dict[str, Any]:
    if raw is None:
        return {}
    if not isinstance(raw, dict):
        raise EmulatorError(f"{where} must be a mapping")
    unknown = set(map(str, raw)) - known if known is not None else set()
    if unknown:
        raise EmulatorError(f"unknown key under {where}: {', '.join(sorted(unknown))}")
    return {str(key): value for key, value in raw.items()}


def _mappings(raw: object, where: str) -> list[dict[str, Any]]:
    if raw is None:
        return []
    if not isinstance(raw, list):
        raise EmulatorError(f"{where} must be a list")
    return [_mapping(entry, where, None) for entry in raw]


def _units(raw: object) -> list[dict[str, Any]]:
    units = _mappings(raw, "units")
    for entry in units:
        _mapping(entry, "units", _UNIT_KEYS)
        _mappings(entry.get("custom_fields"), "units: custom_fields")
        _mapping(entry.get("settings"), "units: settings", None)
        if not re.fullmatch(r"[\w-]+", str(entry.get("folder", ""))):
            raise EmulatorError(f"units: folder must be the name of a sub folder, not {entry.get('folder')!r}")
    return units


def _entries(raw: object, name: str) -> list[dict[str, Any]]:
    entries = _mappings(raw, f"salesforce: {name}")
    for entry in entries:
        unknown = set(entry) - _KEYS
        if unknown or "name" not in entry:
            raise EmulatorError(f"salesforce: {name}: unknown or missing key: {', '.join(sorted(unknown)) or 'name'}")
    return entries


def build_objects(schema: Schema, headers: Mapping[str, Iterable[str]]) -> list[tuple[StandardObject, list[Field]]]:
    """All Salesforce objects with their fields: standard, declared, and text for `__c` columns that nobody declared."""
    known = {new.name.lower(): new for new in standard_objects()}
    for name in (*schema.salesforce, *headers):
        if name.lower() not in known:
            if not name.endswith("__c"):
                raise EmulatorError(f"there is no Salesforce object {name}")
            known[name.lower()] = custom_object(name, f"a{len(known) - len(standard_objects()):02d}")
    declared = {name.lower(): entries for name, entries in schema.salesforce.items()}
    columns = {name.lower(): list(header) for name, header in headers.items()}
    known["task"] = _relate_tasks(known["task"], [new.name for new in known.values() if new.name.endswith("__c")])
    built = [(new, _all_fields(new, declared.get(key, ()), columns.get(key, ()))) for key, new in known.items()]
    _check_declared({new.name: fields for new, fields in built})
    return built


def _check_declared(objects: Mapping[str, Iterable[Field]]) -> None:
    """Refuse history where there is none, and a conversion into a field that is not there."""
    for name, fields in objects.items():
        for field_ in fields:
            if field_.tracked and name not in HISTORY_OBJECTS:
                raise EmulatorError(f"salesforce: {name}.{field_.name}: only {HISTORY_OBJECTS} have a field history")
            for path in field_.convert_to:
                target, _, there = path.partition(".")
                known = {f.name for f in objects.get(target, ()) if f.stored}
                if name != "Lead" or target not in CONVERSION_TARGETS or there not in known:
                    raise EmulatorError(f"salesforce: {name}.{field_.name}: cannot be converted to {path!r}")


def _relate_tasks(task: StandardObject, custom: list[str]) -> StandardObject:
    """Tasks may be related to records of custom objects."""
    related = [replace(f, reference_to=(*f.reference_to, *custom)) if f.name == "WhatId" else f for f in task.fields]
    return replace(task, fields=tuple(related))


def _all_fields(new: StandardObject, entries: Iterable[Mapping[str, Any]], header: Iterable[str]) -> list[Field]:
    fields = {f.name.lower(): f for f in new.fields}
    for entry in entries:
        name = str(entry["name"])
        fields[name.lower()] = _declare(new.name, entry, fields.get(name.lower()))
    for column in header:
        if column.endswith("__c") and column.lower() not in fields:
            fields[column.lower()] = _custom(column, "string", 255)
    return list(fields.values())


def _custom(name: str, kind: str, length: int) -> Field:
    return Field(name=name, type=kind, label=make_label(name), length=length, custom=name.endswith("__c"))


def _declare(object_name: str, entry: Mapping[str, Any], standing: Field | None) -> Field:
    kind = str(entry.get("type", standing.type if standing else "string"))
    kind = _TYPE_WORDS.get(kind, kind)
    if "picklist" in entry and "type" not in entry and kind == "string":
        kind = "picklist"
    if kind not in TYPES - {"id", "address", "anyType"}:
        raise EmulatorError(f"salesforce: {object_name}.{entry['name']}: unknown type {kind!r}")
    made = standing if standing and standing.type == kind else _custom(str(entry["name"]), kind, _length_of(kind))
    if kind in NUMBER_TYPES and not made.precision:
        made = replace(made, precision=18, scale=int(entry.get("scale", 0)))
    if kind == "int" and not made.digits:
        made = replace(made, digits=9)
    if kind == "boolean" and not made.defaulted:
        made = replace(made, nillable=False, defaulted=True, default=False)
    return _apply(made, entry)


def _length_of(kind: str) -> int:
    return {
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
    }.get(kind, 0)


def _apply(made: Field, entry: Mapping[str, Any]) -> Field:
    """Overlay a field with the keys of its declaration."""
    plain = {
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
    changes: dict[str, Any] = {attribute: entry[key] for key, attribute in plain.items() if key in entry}
    if "picklist" in entry:
        changes["picklist"] = tuple(str(value) for value in entry["picklist"])
    if "default" in entry:
        changes["defaulted"] = True
    if entry.get("required"):
        changes["nillable"] = False
    if entry.get("formula"):
        changes.update(calculated=True, createable=False, updateable=False)
    if "referenceTo" in entry:
        targets = entry["referenceTo"]
        changes["reference_to"] = tuple(targets) if isinstance(targets, list) else (str(targets),)
        changes["relationship"] = made.name.removesuffix("__c") + "__r"
    if entry.get("trackHistory"):
        changes["tracked"] = True
    if "convertTo" in entry:
        targets = entry["convertTo"]
        changes["convert_to"] = tuple(map(str, targets if isinstance(targets, list) else [targets]))
    if changes.get("external_id"):
        changes["id_lookup"] = True
    return replace(made, **changes)
