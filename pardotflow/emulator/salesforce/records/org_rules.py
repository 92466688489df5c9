"""What an admin has set up around records: validation and duplicate rules, field-level security, sharing.

The rules of an org are one document; it stands in the data file and comes with the catalogue. Conditions are those of
SOQL. Nothing here looks at records.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pardotflow.emulator.problem import EmulatorError
from pardotflow.emulator.salesforce.records.fields import HISTORY_OBJECTS

_KEY = "sf_rules"
_CHANGED = "sf_rules_changed"
_ACTIONS = ("allow", "alert", "block")


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationRule:
    """A save is refused where `when` holds afterwards."""

    when: str
    message: str
    field: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateRule:
    """Records with the same values in all fields of `match` are duplicates; the actions are allow, alert or block."""

    name: str
    match: tuple[str, ...]
    against: tuple[str, ...]
    on_create: str
    on_update: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectRules:
    """The rules of one object. `hidden_records` is a condition: who calls does not see the records that meet it."""

    validation: tuple[ValidationRule, ...] = ()
    duplicate: tuple[DuplicateRule, ...] = ()
    hidden_fields: frozenset[str] = frozenset()
    read_only_fields: frozenset[str] = frozenset()
    hidden_records: str | None = None


NO_RULES = ObjectRules()


def build_rules(document: Mapping[str, Any]) -> dict[str, ObjectRules]:
    """The rules of each object, by lower-case name; raises `EmulatorError`. A history is seen with its record."""
    kinds = ("validation", "duplicate", "field_security", "sharing")
    unknown = set(document) - set(kinds)
    if unknown:
        raise EmulatorError(f"rules: unknown key: {', '.join(sorted(unknown))}; there are {', '.join(kinds)}")
    entries = {kind: _entries(document.get(kind), kind) for kind in kinds}
    names = {entry["object"].lower() for listed in entries.values() for entry in listed}
    rules = {name: _rules_of(name, entries) for name in names}
    for name in HISTORY_OBJECTS:
        hidden, own = _hidden_entries(name, rules.get(name.lower(), NO_RULES)), f"{name}History".lower()
        if hidden is not None and not rules.get(own, NO_RULES).hidden_records:
            rules[own] = replace(rules.get(own, NO_RULES), hidden_records=hidden)
    return rules


def _hidden_entries(name: str, rules: ObjectRules) -> str | None:
    """The condition of the field history that nobody sees: that of hidden records and of hidden fields."""
    fields = rules.hidden_fields | {field.removesuffix("id") for field in rules.hidden_fields}
    seen = [f"Field NOT IN ({', '.join(repr(field) for field in sorted(fields))})"] if fields else []
    if rules.hidden_records is not None:
        seen.append(f"{name}Id IN (SELECT Id FROM {name})")
    return f"NOT ({' AND '.join(seen)})" if seen else None


def _rules_of(name: str, entries: Mapping[str, list[dict[str, Any]]]) -> ObjectRules:
    own = {kind: [entry for entry in listed if entry["object"].lower() == name] for kind, listed in entries.items()}
    conditions = [f"({_text(entry, 'hidden', 'sharing')})" for entry in own["sharing"]]
    return ObjectRules(
        validation=tuple(_validation(entry) for entry in own["validation"]),
        duplicate=tuple(_duplicate(entry) for entry in own["duplicate"]),
        hidden_fields=_fields(own["field_security"], "hidden"),
        read_only_fields=_fields(own["field_security"], "read_only"),
        hidden_records=" OR ".join(conditions) or None,
    )


_KEYS = {
    "validation": {"object", "when", "message", "field"},
    "duplicate": {"object", "name", "match", "against", "on_create", "on_update"},
    "field_security": {"object", "hidden", "read_only"},
    "sharing": {"object", "hidden"},
}


def _entries(raw: object, kind: str) -> list[dict[str, Any]]:
    listed = [] if raw is None else raw
    if not isinstance(listed, list):
        raise EmulatorError(f"rules: {kind} must be a list")
    for entry in listed:
        if not isinstance(entry, dict) or not isinstance(entry.get("object"), str):
            raise EmulatorError(f"rules: {kind}: each rule names its object")
        unknown = set(map(str, entry)) - _KEYS[kind]
        if unknown:
            raise EmulatorError(f"rules: {kind}: unknown key: {', '.join(sorted(unknown))}")
    return listed


def _text(entry: Mapping[str, Any], key: str, kind: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value.strip():
        raise EmulatorError(f"rules: {kind}: {key} must be a text")
    return value


def _validation(entry: Mapping[str, Any]) -> ValidationRule:
    field = None if entry.get("field") is None else _text(entry, "field", "validation")
    return ValidationRule(
        when=_text(entry, "when", "validation"), message=_text(entry, "message", "validation"), field=field
    )


def _duplicate(entry: Mapping[str, Any]) -> DuplicateRule:
    match = _names(entry.get("match"))
    if not match:
        raise EmulatorError("rules: duplicate: match names at least one field")
    actions = [entry.get(key, default) for key, default in (("on_create", "alert"), ("on_update", "allow"))]
    if any(action not in _ACTIONS for action in actions):
        raise EmulatorError(f"rules: duplicate: an action is one of {', '.join(_ACTIONS)}")
    return DuplicateRule(
        name=_text(entry, "name", "duplicate"),
        match=match,
        against=_names(entry.get("against")) or (str(entry["object"]),),
        on_create=actions[0],
        on_update=actions[1],
    )


def _fields(entries: Iterable[Mapping[str, Any]], key: str) -> frozenset[str]:
    return frozenset(name.lower() for entry in entries for name in _names(entry.get(key)))


def _names(raw: object) -> tuple[str, ...]:
    if raw is None:
        return ()
    listed = [raw] if isinstance(raw, str) else raw
    if not isinstance(listed, list) or not all(isinstance(name, str) for name in listed):
        raise EmulatorError("rules: names are a text or a list of texts")
    return tuple(listed)


def read_document(db: sqlite3.Connection) -> dict[str, Any]:
    """The document in force."""
    row = db.execute("SELECT value FROM meta WHERE key = ?", (_KEY,)).fetchone()
    document: dict[str, Any] = json.loads(row[0]) if row else {}
    return document


def read_changed(db: sqlite3.Connection) -> float | None:
    """When the document came in force, in Unix seconds; None for one that the org was made with."""
    row = db.execute("SELECT value FROM meta WHERE key = ?", (_CHANGED,)).fetchone()
    return None if row is None else float(row[0])


def save_document(db: sqlite3.Connection, document: Mapping[str, Any], changed: float | None) -> None:
    """Put a document in force; it is checked already."""
    kept = {_KEY: json.dumps(document)} | ({} if changed is None else {_CHANGED: str(changed)})
    db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", list(kept.items()))
