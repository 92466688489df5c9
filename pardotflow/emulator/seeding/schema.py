"""`schema.yml` of a seed folder: custom fields, picklists, settings and the org.

Every key is known or refused by name; a seed with a typing mistake makes no file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from pardotflow.emulator.faults import read_plan
from pardotflow.emulator.identity import build_identity
from pardotflow.emulator.pardot.units import build_units
from pardotflow.emulator.problem import EmulatorError
from pardotflow.emulator.salesforce.records.fields import HISTORY_OBJECTS, Field
from pardotflow.emulator.salesforce.records.lead_mapping import CONVERSION_TARGETS
from pardotflow.emulator.salesforce.standard.objects import standard_objects
from pardotflow.emulator.salesforce.standard.persons import with_persons
from pardotflow.emulator.salesforce.standard.table import StandardObject, custom_object
from pardotflow.emulator.seeding.declared_fields import IDENTIFIER, KINDS, merge_fields
from pardotflow.emulator.seeding.keys import ANY, TEXT, TRUTH, WHOLE, check_values
from pardotflow.emulator.switches import SwitchValue, check_switch

_PARTS = {"salesforce", "pardot", "units", "settings", "org", "faults", "rules"}
_CUSTOM_FIELD = {
    "id": WHOLE,
    "name": TEXT,
    "fieldId": TEXT,
    "type": TEXT,
    "isRecordMultipleResponses": TRUTH,
    "isUseValues": TRUTH,
    "isRequired": TRUTH,
    "isAnalyticsSynced": TRUTH,
    "salesforceId": TEXT,
}
_UNIT = {
    "id": TEXT,
    "name": TEXT,
    "folder": TEXT,
    "custom_fields": ANY,
    "connected": ANY,
    "abilities": ANY,
    "settings": ANY,
}


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


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Errors inside the block are those of a file, and begin with its name."""
    try:
        yield
    except EmulatorError as cause:
        raise EmulatorError(f"{path}: {cause}") from cause


def load_schema(path: Path) -> Schema:
    """Read a schema file; an absent or empty one is an empty schema. Raises `EmulatorError` with its name."""
    if not path.exists():
        return Schema()
    with named(path):
        try:
            return _read(yaml.safe_load(path.read_text(encoding="utf-8")))
        except OSError as cause:
            raise EmulatorError(str(cause.strerror)) from cause
        except (yaml.YAMLError, UnicodeDecodeError) as cause:
            raise EmulatorError(str(cause)) from cause


def _read(raw: object) -> Schema:
    whole = _mapping(raw, "the schema", _PARTS)
    salesforce = _mapping(whole.get("salesforce"), "salesforce", None)
    pardot = _mapping(whole.get("pardot"), "pardot", {"custom_fields", "abilities"})
    settings = _mapping(whole.get("settings"), "settings", None)
    schema = Schema(
        salesforce={name: tuple(_entries(fields, name)) for name, fields in salesforce.items()},
        custom_fields=tuple(_custom_fields(pardot.get("custom_fields"), "pardot: custom_fields")),
        first_unit={key: value for key, value in pardot.items() if key != "custom_fields"},
        units=tuple(_units(whole.get("units"))),
        settings={name: check_switch(name, value) for name, value in settings.items()},
        org=_mapping(whole.get("org"), "org", None),
        faults=tuple(read_plan(whole.get("faults"))),
        rules=_mapping(whole.get("rules"), "rules", None),
    )
    build_units(build_identity(schema.org), schema.first_unit, schema.units)  # to have their mistakes told here
    return schema


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


def _custom_fields(raw: object, where: str) -> list[dict[str, Any]]:
    entries = _mappings(raw, where)
    for entry in entries:
        _mapping(entry, where, set(_CUSTOM_FIELD))
        check_values(entry, where, _CUSTOM_FIELD)
        field_id = str(entry.get("fieldId") or entry.get("name") or "")
        if not IDENTIFIER.fullmatch(field_id):
            raise EmulatorError(f"{where}: fieldId is made of letters, digits and _, not {field_id!r}")
    return entries


def _units(raw: object) -> list[dict[str, Any]]:
    units = _mappings(raw, "units")
    for entry in units:
        _mapping(entry, "units", set(_UNIT))
        check_values(entry, "units", _UNIT)
        _custom_fields(entry.get("custom_fields"), "units: custom_fields")
        _mapping(entry.get("settings"), "units: settings", None)
        if not re.fullmatch(r"[\w-]+", str(entry.get("folder", ""))):
            raise EmulatorError(f"units: folder must be the name of a sub folder, not {entry.get('folder')!r}")
    return units


def _entries(raw: object, name: str) -> list[dict[str, Any]]:
    entries = _mappings(raw, f"salesforce: {name}")
    for entry in entries:
        unknown = set(entry) - set(KINDS)
        if unknown or entry.get("name") is None:
            raise EmulatorError(f"salesforce: {name}: unknown or missing key: {', '.join(sorted(unknown)) or 'name'}")
    return entries


def build_objects(schema: Schema, headers: Mapping[str, Iterable[str]]) -> list[tuple[StandardObject, list[Field]]]:
    """All Salesforce objects with their fields: standard, declared, and text for `__c` columns that nobody declared."""
    known = {new.name.lower(): new for new in standard_objects()}
    for name in (*schema.salesforce, *headers):
        if name.lower() not in known:
            if not name.endswith("__c") or not IDENTIFIER.fullmatch(name):
                raise EmulatorError(f"there is no Salesforce object {name}")
            known[name.lower()] = custom_object(name, f"a{len(known) - len(standard_objects()):02d}")
    declared = {name.lower(): entries for name, entries in schema.salesforce.items()}
    columns = {name.lower(): list(header) for name, header in headers.items()}
    known["task"] = _relate_tasks(known["task"], [new.name for new in known.values() if new.name.endswith("__c")])
    built = [
        (new, merge_fields(new.name, new.fields, declared.get(key, ()), columns.get(key, ())))
        for key, new in known.items()
    ]
    _check_declared({new.name: fields for new, fields in built})
    return with_persons(built) if schema.org.get("person_accounts") else built


def _check_declared(objects: Mapping[str, Iterable[Field]]) -> None:
    """Refuse history where there is none, a conversion into a field and a reference to an object that is not there."""
    for name, fields in objects.items():
        for field_ in fields:
            lost = [target for target in field_.reference_to if field_.custom and target not in objects]
            if lost:
                raise EmulatorError(f"salesforce: {name}.{field_.name}: there is no object {lost[0]}")
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
