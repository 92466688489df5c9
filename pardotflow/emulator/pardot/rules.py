"""What collections other than prospects check when they are written.

`create`, `update` and `remove` are the only ways by which an endpoint writes a record.
"""

from __future__ import annotations

import re
import sqlite3
import uuid
from typing import Any

from pardotflow.emulator.pardot.context import Context
from pardotflow.emulator.pardot.errors import PardotError
from pardotflow.emulator.pardot.prospects import create_prospect, update_prospect
from pardotflow.emulator.pardot.records import Values, find_record, insert_record, remove_record, update_record
from pardotflow.emulator.pardot.schema.catalog import add_prospect_columns, custom_attribute, drop_prospect_column
from pardotflow.emulator.pardot.schema.objects import Collection

# Facts pardot_api section 3.5; the values themselves are never shown, so nothing follows from the word.
_PREFILLS = {
    "Countries",
    "Country Codes",
    "US States",
    "US State Codes",
    "Canadian Provinces",
    "Canadian Province Codes",
    "US States and Canadian Provinces",
    "US State and Canadian Province Codes",
}
# Which records use an asset: their collection, and the column that names it.
_USES = {"layout-templates": (("forms", "layoutTemplateId"),)}
FIELD_TYPES = {
    "text",
    "radio button",
    "checkbox",
    "dropdown",
    "textarea",
    "multi-select",
    "hidden",
    "number",
    "date",
    "crm user",
}


def create(context: Context, collection: Collection, payload: Values) -> Values:
    """Store a new record by the rules of its collection."""
    if collection.path == "prospects":
        return create_prospect(context, payload)
    if collection.path == "list-memberships":
        _check_membership(context, payload)
    elif collection.path == "custom-fields":
        payload = _prepare_custom_field(context, payload)
    elif collection.path in {"lists", "tags"}:
        _check_name(context, collection, payload, None)
    counted = {"objectCount": 0} if collection.path == "tags" else {}
    return insert_record(context, collection, payload | counted)


def update(context: Context, collection: Collection, row: Values, payload: Values) -> None:
    """Change a record by the rules of its collection."""
    if collection.path == "prospects":
        update_prospect(context, row, payload)
        return
    if collection.path in {"lists", "tags"}:
        _check_name(context, collection, payload, row["id"])
    update_record(context, collection, row, payload)
    if collection.path == "custom-fields":
        renew_catalog(context.db)


def remove(context: Context, collection: Collection, row: Values) -> None:
    """Delete a record by the rules of its collection; the values of a custom field go with it. Raises 108."""
    _check_unused(context, collection, row)
    remove_record(context, collection, row)
    if collection.path == "custom-fields":
        context.db.execute(f'UPDATE {context.table("prospects")} SET "{row["apiFieldId"]}" = NULL')
        renew_catalog(context.db)


def _check_unused(context: Context, collection: Collection, row: Values) -> None:
    for path, column in _USES.get(collection.path, ()):
        live = ' AND coalesce("isDeleted", 0) = 0' if context.collections[path].has_bin else ""
        if context.db.execute(
            f'SELECT 1 FROM {context.table(path)} WHERE "{column}" = ?{live}', (row["id"],)
        ).fetchone():
            raise PardotError(108)


def _check_name(context: Context, collection: Collection, payload: Values, own_id: int | None) -> None:
    if "name" not in payload:
        return
    live = ' AND coalesce("isDeleted", 0) = 0' if collection.has_bin else ""
    taken = context.db.execute(
        f'SELECT "id" FROM "{collection.table}" WHERE "name" = ? AND "id" IS NOT ?{live}', (payload["name"], own_id)
    ).fetchone()
    if taken:
        raise PardotError(245)


def _check_membership(context: Context, payload: Values) -> None:
    target = find_record(context.db, context.collections["lists"], payload["listId"])
    if target is None or target["isDeleted"] or target["isDynamic"]:
        raise PardotError(55)
    prospect = find_record(context.db, context.collections["prospects"], payload["prospectId"])
    if prospect is None:
        raise PardotError(3)
    if prospect["isDeleted"]:
        raise PardotError(132)
    if is_member(context, payload["listId"], payload["prospectId"]):
        raise PardotError(58)


def is_member(context: Context, list_id: int, prospect_id: int) -> bool:
    """Whether a prospect is on a list."""
    found = context.db.execute(
        f"SELECT 1 FROM {context.table('list-memberships')}"
        ' WHERE "listId" = ? AND "prospectId" = ? AND coalesce("isDeleted", 0) = 0',
        (list_id, prospect_id),
    ).fetchone()
    return found is not None


def _prepare_custom_field(context: Context, payload: Values) -> Values:
    field_id = str(payload["fieldId"]).removesuffix("__c")
    kind = str(payload["type"]).lower()
    if not is_field_id(field_id):
        raise PardotError(154, "fieldId")
    if kind not in FIELD_TYPES:
        raise PardotError(154, "type")
    if payload.get("valuesPrefill") not in {None, *_PREFILLS}:
        raise PardotError(154, "valuesPrefill")
    table = context.table("custom-fields")
    taken = context.db.execute(f'SELECT 1 FROM {table} WHERE "fieldId" = ? COLLATE NOCASE', (field_id,))
    if taken.fetchone():
        raise PardotError(245)
    made: dict[str, Any] = {**payload, "fieldId": field_id, "apiFieldId": f"{field_id}__c", "type": kind}
    many = bool(payload.get("isRecordMultipleResponses"))
    attribute = custom_attribute(made["apiFieldId"], kind, many=many)
    drop_prospect_column(context.db, context.unit.number, attribute.name)
    add_prospect_columns(context.db, context.unit.number, [attribute])
    renew_catalog(context.db)
    return made


def is_field_id(text: str) -> bool:
    """Whether a custom field can have this id; it becomes the name of a column."""
    return re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", text) is not None


def renew_catalog(db: sqlite3.Connection) -> None:
    """Tell every process that fields have changed."""
    db.execute(
        "INSERT INTO meta VALUES ('catalog', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (uuid.uuid4().hex,),
    )
