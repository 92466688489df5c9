"""Custom fields of prospects: from the schema, from their own file, and from undeclared columns of the prospects.

When this is done the prospects table has a column for every `__c` header; the records can be loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pardotflow.emulator.pardot.records import find_record
from pardotflow.emulator.pardot.rules import FIELD_TYPES, is_field_id, renew_catalog
from pardotflow.emulator.pardot.schema.catalog import add_prospect_columns, custom_attribute, unit_collections
from pardotflow.emulator.pardot.schema.objects import Collection
from pardotflow.emulator.problem import EmulatorError
from pardotflow.emulator.seeding.pardot import complete_record, load_pardot, store_records
from pardotflow.emulator.seeding.salesforce import Loading
from pardotflow.emulator.seeding.table import read_header

_FIRST_ID = 200_000
_FLAGS = ("isRecordMultipleResponses", "isUseValues", "isRequired", "isAnalyticsSynced")


def declare_custom_fields(loading: Loading, folder: Path, declared: Iterable[Mapping[str, Any]]) -> None:
    """Make every custom field that the folder has or needs, and its column."""
    path, table = folder / "custom_fields.csv", _collection(loading).table
    if path.exists():
        load_pardot(loading, _collection(loading), path)
        _normalise(loading)
    for entry in declared:
        _add(loading, entry)
    prospects = folder / "prospects.csv"
    for name in read_header(prospects) if prospects.exists() else ():
        if name.endswith("__c") and is_field_id(name) and name.lower() not in _known(loading):
            _add(loading, {"fieldId": name})
    rows = loading.db.execute(f'SELECT "apiFieldId", "type", "isRecordMultipleResponses" FROM {table}')
    attributes = [custom_attribute(name, kind, many=bool(many)) for name, kind, many in rows.fetchall()]
    add_prospect_columns(loading.db, loading.unit, attributes)
    renew_catalog(loading.db)


def _collection(loading: Loading) -> Collection:
    return unit_collections(loading.unit)["custom-fields"]


def _normalise(loading: Loading) -> None:
    """Give the fields of the file both forms of their id and a plain type; one without an id of its own is dropped."""
    table = _collection(loading).table
    rows = loading.db.execute(f'SELECT "id", "name", "fieldId", "apiFieldId", "type" FROM {table}').fetchall()
    taken: set[str] = set()
    for record_id, name, field_id, api_field_id, kind in rows:
        plain = str(field_id or api_field_id or "").removesuffix("__c")
        if not is_field_id(plain) or plain.lower() in taken:
            why = f"the fieldId {plain!r}, which is no name" if plain else "no fieldId"
            why = f"the fieldId {plain!r} of another" if plain.lower() in taken else why
            loading.findings.problem("custom_fields.csv", 0, f"custom field {record_id} has {why}")
            loading.db.execute(f'DELETE FROM {table} WHERE "id" = ?', (record_id,))
            continue
        taken.add(plain.lower())
        loading.db.execute(
            f'UPDATE {table} SET "name" = ?, "fieldId" = ?, "apiFieldId" = ?, "type" = ? WHERE "id" = ?',
            (name or plain, plain, f"{plain}__c", str(kind or "text").lower(), record_id),
        )


def _known(loading: Loading) -> set[str]:
    """The fields that there are, in small letters: the case of an id makes no other field."""
    return {name.lower() for (name,) in loading.db.execute(f'SELECT "apiFieldId" FROM {_collection(loading).table}')}


def _add(loading: Loading, entry: Mapping[str, Any]) -> None:
    collection = _collection(loading)
    field_id = str(entry.get("fieldId") or entry.get("name") or "").removesuffix("__c")
    flags = {name: int(bool(entry.get(name))) for name in _FLAGS}
    values = {
        **flags,
        "name": str(entry.get("name") or field_id).removesuffix("__c"),
        "fieldId": field_id,
        "apiFieldId": f"{field_id}__c",
        "type": str(entry.get("type") or "Text").lower(),
        "salesforceId": entry.get("salesforceId"),
    }
    _check(loading, values, entry.get("id"))
    (highest,) = loading.db.execute(f'SELECT coalesce(max("id"), {_FIRST_ID}) FROM {collection.table}').fetchone()
    store_records(
        loading.db, collection, [complete_record(loading, collection, values, entry.get("id") or highest + 1)]
    )


def _check(loading: Loading, values: Mapping[str, Any], given: int | None) -> None:
    """Raises `EmulatorError` for a declaration that does not fit the others; the schema has looked at it alone."""
    where = f"custom_fields: {values['fieldId']}"
    if values["type"] not in FIELD_TYPES:
        raise EmulatorError(f"{where}: type is one of {', '.join(sorted(FIELD_TYPES))}")
    if values["apiFieldId"].lower() in _known(loading):
        raise EmulatorError(f"{where}: a second field with this fieldId")
    if given is not None and find_record(loading.db, _collection(loading), given):
        raise EmulatorError(f"{where}: another field has the id {given}")
