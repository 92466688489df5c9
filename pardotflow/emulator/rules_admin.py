"""Putting the rules of the Salesforce org in force, from `schema.yml` or `/__admin/rules`, and locking records."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from pardotflow.emulator.datafile import DataFile
from pardotflow.emulator.ids import to_18
from pardotflow.emulator.pardot.rules import renew_catalog
from pardotflow.emulator.problem import EmulatorError
from pardotflow.emulator.salesforce.errors import SalesforceError
from pardotflow.emulator.salesforce.records.catalog import Catalog, ObjectInfo, read_catalog
from pardotflow.emulator.salesforce.records.org_rules import NO_RULES, ObjectRules, build_rules, save_document
from pardotflow.emulator.salesforce.soql.compile import compile_soql
from pardotflow.emulator.salesforce.soql.compiled import Scope
from pardotflow.emulator.salesforce.soql.parser import parse_soql
from pardotflow.emulator.state import load_state

_ALWAYS_SEEN = frozenset({"IsDeleted", "IsConverted", "OwnerId", "MasterRecordId"})


def put_rules(db: sqlite3.Connection, document: Mapping[str, Any], changed: float | None = None) -> None:
    """Put a document in the place of all rules; raises `EmulatorError` for one that cannot be meant.

    `changed` is the time of the emulator's clock in Unix seconds; a seed has none.
    """
    catalog = read_catalog(db)
    made = build_rules(document)
    objects = {name: replace(info, rules=made.get(name, NO_RULES)) for name, info in catalog.objects.items()}
    seen = replace(catalog, objects=objects).seen()
    for name, rules in made.items():
        info = catalog.find(name)
        if info is None:
            raise EmulatorError(f"rules: there is no object {name}")
        _check(catalog, info, rules)
        for condition in (*(rule.when for rule in rules.validation), rules.hidden_records):
            if condition is not None:
                _check_condition(seen, info, condition)
    save_document(db, document, changed)
    renew_catalog(db)


def _check(catalog: Catalog, info: ObjectInfo, rules: ObjectRules) -> None:
    named = [(info, rule.field) for rule in rules.validation if rule.field]
    for rule in rules.duplicate:
        for target in (info.name, *rule.against):
            other = catalog.find(target)
            if other is None:
                raise EmulatorError(f"rules: there is no object {target}")
            named += [(other, name) for name in rule.match]
    named += [(info, name) for name in rules.hidden_fields | rules.read_only_fields]
    for holder, name in named:
        field = holder.find(name)
        if field is None or not field.stored:
            raise EmulatorError(f"rules: there is no field {holder.name}.{name}")
        if name in rules.hidden_fields and (
            field.name in _ALWAYS_SEEN or not (field.nillable or field.type == "boolean")
        ):
            raise EmulatorError(f"rules: {holder.name}.{field.name} cannot be hidden")
        if holder is info and name in rules.read_only_fields and field.required:
            raise EmulatorError(f"rules: {holder.name}.{field.name} is required and cannot be read only")
    for rule in rules.duplicate:
        if any((found := info.find(name)) and found.name != name for name in rule.match):
            raise EmulatorError(f"rules: duplicate: write the fields of {info.name} as describe does")


def _check_condition(catalog: Catalog, info: ObjectInfo, condition: str) -> None:
    """Refuse a condition that could not be put later; it cannot name a hidden field."""
    scope = Scope(catalog=catalog, include_deleted=True, today=datetime.now(UTC).date(), levels=1, all_records=True)
    try:
        compile_soql(parse_soql(f"SELECT Id FROM {info.name} WHERE ({condition})", rule=True), scope)
    except SalesforceError as error:
        raise EmulatorError(f"rules: {info.name}: {error}") from None


def lock_record(file: DataFile, record_id: object, seconds: object) -> str:
    """Hold a record as another transaction would, for so many seconds; 0 lets it go. Returns its id."""
    known = to_18(record_id) if isinstance(record_id, str) else None
    if known is None:
        raise EmulatorError(f"{record_id!r} is no record id")
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or seconds < 0:
        raise EmulatorError("seconds must be a number that is not negative")
    until = load_state(file).now + seconds
    with file.write() as db:
        db.execute("INSERT OR REPLACE INTO record_lock VALUES (?, ?)", (known, until))
    return known
