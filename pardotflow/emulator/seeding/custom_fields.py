"""Custom fields of prospects: from the schema, from their own file, and from undeclared columns of the prospects.

When this is done the prospects table has a column for every `__c` header; the records can be loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pardotflow.emulator.pardot.catalog import add_prospect_columns, custom_attribute, unit_collections
from pardotflow.emulator.pardot.objects import Collection
from pardotflow.emulator.pardot.rules import renew_catalog
from pardotflow.emulator.seeding.declared_fields import IDENTIFIER
from pardotflow.emulator.seeding.pardot import complete_record, load_pardot, store_records
from pardotflow.emulator.seeding.salesforce import Loading
from pardotflow.emulator.seeding.table import read_header

_FIRST_ID = 200_000


def declare_custom_fields(loading: Loading, folder: Path, declared: Iterable[Mapping[str, Any]]) -> None:
    """Make every custom field that the folder has or needs, and its column."""
    path, table = folder / "custom_fields.csv", _collection(loading).table
    if path.exists():
        load_pardot(loading, _collection(loading), path)
        _normalise(loading)
    for entry in declared:
        _add(loading, entry)
    prospects = folder / "prospects.csv"
    known = {name.lower() for (name,) in loading.db.execute(f'SELECT "apiFieldId" FROM {table}')}
    for name in read_header(prospects) if prospects.exists() else ():
        if name.endswith("__c") and name.lower() not in known and IDENTIFIER.fullmatch(name):
            _add(loading, {"fieldId": name, "type": "Text"})
    rows = loading.db.execute(f'SELECT "apiFieldId", "type", "isRecordMultipleResponses" FROM {table}')
    attributes = [custom_attribute(name, kind, many=bool(many)) for name, kind, many in rows.fetchall()]
    add_prospect_columns(loading.db, loading.unit, attributes)
    renew_catalog(loading.db)


def _collection(loading: Loading) -> Collection:
    return unit_collections(loading.unit)["custom-fields"]


def _normalise(loading: Loading) -> None:
    """Give the fields of the file both forms of their id and a plain type; a field without a usable id is dropped."""
    table = _collection(loading).table
    rows = loading.db.execute(f'SELECT "id", "name", "fieldId", "apiFieldId", "type" FROM {table}').fetchall()
    for record_id, name, field_id, api_field_id, kind in rows:
        plain = str(field_id or api_field_id or "").removesuffix("__c")
        if not IDENTIFIER.fullmatch(plain):
            why = f"the fieldId {plain!r}, which is no name" if plain else "no fieldId"
            loading.findings.problem("custom_fields.csv", 0, f"custom field {record_id} has {why}")
            loading.db.execute(f'DELETE FROM {table} WHERE "id" = ?', (record_id,))
            continue
        loading.db.execute(
            f'UPDATE {table} SET "name" = ?, "fieldId" = ?, "apiFieldId" = ?, "type" = ? WHERE "id" = ?',
            (name or plain, plain, f"{plain}__c", str(kind or "text").lower(), record_id),
        )


def _add(loading: Loading, entry: Mapping[str, Any]) -> None:
    field_id = str(entry.get("fieldId") or entry.get("name")).removesuffix("__c")
    values = {
        "name": str(entry.get("name") or field_id).removesuffix("__c"),
        "fieldId": field_id,
        "apiFieldId": f"{field_id}__c",
        "type": str(entry.get("type", "Text")).lower(),
        "isRecordMultipleResponses": int(bool(entry.get("isRecordMultipleResponses"))),
        "salesforceId": entry.get("salesforceId"),
    }
    collection = _collection(loading)
    (highest,) = loading.db.execute(f'SELECT coalesce(max("id"), {_FIRST_ID}) FROM {collection.table}').fetchone()
    store_records(
        loading.db, collection, [complete_record(loading, collection, values, entry.get("id") or highest + 1)]
    )
