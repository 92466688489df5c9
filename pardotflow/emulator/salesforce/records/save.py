"""Saving one record as the platform does: validate everything, then store, or raise with every reason.

The same functions serve single rows, collections and composite; they differ only in how results are shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.errors import Problem, SalesforceError, refuse
from pardotflow.emulator.salesforce.records.catalog import ObjectInfo
from pardotflow.emulator.salesforce.records.duplicates import check_duplicates
from pardotflow.emulator.salesforce.records.fields import Field
from pardotflow.emulator.salesforce.records.locks import held_row
from pardotflow.emulator.salesforce.records.object_rules import derive_values, finish_save
from pardotflow.emulator.salesforce.records.payloads import read_payload
from pardotflow.emulator.salesforce.records.person_accounts import check_no_person_contact, check_person_fields
from pardotflow.emulator.salesforce.records.record_ids import id_of
from pardotflow.emulator.salesforce.records.row_store import Values, find_by, find_row, new_id
from pardotflow.emulator.salesforce.records.rows import complete_row, delete_row, insert_row, update_row
from pardotflow.emulator.salesforce.records.sharing import check_shared, check_validation, is_shared, no_access
from pardotflow.emulator.salesforce.records.values import read_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What became of a record."""

    record_id: str
    created: bool


def create_record(context: Context, info: ObjectInfo, payload: Mapping[str, Any]) -> Saved:
    """Insert a record; raises `SalesforceError` with one element for each reason."""
    if not info.createable:
        raise refuse(400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", f"entity type cannot be inserted: {info.label}")
    values = check_person_fields(context, info, None, read_payload(context, info, payload, creating=True))
    missing = [f.name for f in info.needed if values.get(f.name) is None]
    if missing:
        raise _missing(missing)
    check_duplicates(context, info, None, values)
    row = store_new(context, info, _drop_defaulted_nulls(info, values))
    return Saved(record_id=row["Id"], created=True)


def store_new(context: Context, info: ObjectInfo, given: Values) -> Values:
    """Store a new record of values that are read already, and return it whole; raises `SalesforceError`."""
    values = derive_values(context, info, None, given)
    record_id = new_id(context.db, info)
    check_unique(context, info, values, record_id)
    row = complete_row(info, values, record_id=record_id, stamp=context.stamp, user_id=context.user_id)
    insert_row(context.db, info, row)
    finish_save(context, info, row, created=True)
    check_validation(context, info, row["Id"])
    return row


def update_record(context: Context, info: ObjectInfo, record_id: str, payload: Mapping[str, Any]) -> Saved:
    """Change a record that is known by id; raises `SalesforceError`."""
    row = find_live(context, info, record_id)
    values = check_person_fields(context, info, row, read_payload(context, info, payload, creating=False))
    if not info.updateable:
        raise refuse(400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", f"entity type cannot be updated: {info.label}")
    missing = [name for name, value in values.items() if value is None and not info.fields[name.lower()].nillable]
    if missing:
        raise _missing(missing)
    if row.get("IsConverted"):
        raise refuse(400, "CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", ())
    check_duplicates(context, info, row, values)
    store_changes(context, info, row, values)
    return Saved(record_id=row["Id"], created=False)


def store_changes(context: Context, info: ObjectInfo, row: Values, given: Values) -> None:
    """Store values that are read already in a record, which is brought up to date; raises `SalesforceError`."""
    values = derive_values(context, info, row, given)
    check_unique(context, info, values, row["Id"])
    update_row(context.db, info, row, values, stamp=context.stamp, user_id=context.user_id)
    finish_save(context, info, row, created=False)
    check_validation(context, info, row["Id"])


def upsert_record(
    context: Context,
    info: ObjectInfo,
    key: Field,
    value: object,
    payload: Mapping[str, Any],
    *,
    update_only: bool = False,
) -> Saved:
    """Insert or update by an external id. Raises status 300 where several records carry the value."""
    if key.type == "id":
        return _upsert_by_id(context, info, value, payload)
    if read_key(key, value, context.state.switches) is None:
        raise refuse(400, "MISSING_ARGUMENT", f"{key.name} not specified", ())
    found = find_by_key(context, info, key, value)
    if len(found) > 1:
        raise Several(context, info, found)
    if found:
        return update_record(context, info, found[0]["Id"], payload)
    if update_only:
        raise refuse(404, "NOT_FOUND", "The requested resource does not exist")
    return create_record(context, info, {**payload, key.name: value})


def _upsert_by_id(context: Context, info: ObjectInfo, value: object, payload: Mapping[str, Any]) -> Saved:
    if value in (None, ""):
        return create_record(context, info, payload)
    return update_record(context, info, id_of(info, value), payload)


class Several(SalesforceError):
    """An external id that several records carry: status 300, with their URLs instead of errors."""

    def __init__(self, context: Context, info: ObjectInfo, found: Sequence[Values]) -> None:
        ids = [row["Id"] for row in found]
        code, message = "DUPLICATE_EXTERNAL_ID", f"more than one record found for external id field: [{', '.join(ids)}]"
        super().__init__(300, Problem(code=code, message=message, fields=()))
        self.urls = [context.path(f"sobjects/{info.name}/{record_id}") for record_id in ids]


def delete_record(context: Context, info: ObjectInfo, record_id: str) -> None:
    """Move a record to the recycle bin with what cascades from it; raises `SalesforceError`."""
    row = find_live(context, info, record_id)
    if not info.deletable:
        raise no_access(context)
    delete_row(context.db, context.catalog, info, row, stamp=context.stamp, user_id=context.user_id)
    held = context.db.execute(
        "SELECT record_id FROM recycle_bin JOIN record_lock USING (record_id) WHERE root = ? AND until > ?",
        (row["Id"], context.state.now),
    ).fetchone()
    if held:
        raise held_row(held[0])


def find_live(context: Context, info: ObjectInfo, record_id: str) -> Values:
    """A record that is to be written; raises for one that is deleted or never was."""
    row = find_row(context.db, info, record_id)
    if row is None:
        raise refuse(404, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", ())
    if row["IsDeleted"]:
        raise refuse(404, "ENTITY_IS_DELETED", "entity is deleted", ())
    check_no_person_contact(info, row)
    check_free(context, info, row["Id"])
    return row


def check_free(context: Context, info: ObjectInfo, record_id: str) -> None:
    """Refuse a write to a record that the caller does not see, or that another transaction holds."""
    check_shared(context, info, record_id)
    check_held(context, record_id)


def check_held(context: Context, record_id: str) -> None:
    """Refuse a write to a record that another transaction holds."""
    held = context.db.execute("SELECT until FROM record_lock WHERE record_id = ?", (record_id,)).fetchone()
    if held and held[0] > context.state.now:
        raise held_row(record_id)


def find_by_key(context: Context, info: ObjectInfo, key: Field, value: object) -> list[Values]:
    """The live records with an external id that the caller sees; where there are others only, one of them."""
    try:
        found = find_by(context.db, info, key.name, read_key(key, value, context.state.switches))
    except SalesforceError:
        return []
    return [row for row in found if is_shared(context, info, row["Id"])] or found[:1]


def check_unique(context: Context, info: ObjectInfo, values: Values, record_id: str) -> None:
    """Refuse values of unique fields that another live record has."""
    for name, value in values.items():
        field = info.fields.get(name.lower())
        if field is None or not field.unique or value is None:
            continue
        taken = [row["Id"] for row in find_by(context.db, info, name, value) if row["Id"] != record_id]
        if taken:
            seen = is_shared(context, info, taken[0])
            named, holder = (name, taken[0][:15]) if seen else ("<unknown>", "<unknown>")
            message = f"duplicate value found: {named} duplicates value on record with id: {holder}"
            raise refuse(400, "DUPLICATE_VALUE", message, ())


def _drop_defaulted_nulls(info: ObjectInfo, values: Values) -> Values:
    """On create a null for a field with a default leaves the default."""
    return {
        name: value for name, value in values.items() if value is not None or not info.fields[name.lower()].defaulted
    }


def _missing(names: list[str]) -> SalesforceError:
    return refuse(400, "REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(names)}]", names)
