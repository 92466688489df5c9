"""Edits of Pardot records by a person, in the product's own screens.

What follows from a change by the rules of prospects follows here too, unless the edit says otherwise.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace

from pardotflow.emulator.pardot.context import Context
from pardotflow.emulator.pardot.errors import PardotError
from pardotflow.emulator.pardot.jobs.due import catch_up
from pardotflow.emulator.pardot.prospects import what_follows
from pardotflow.emulator.pardot.records import Values, destroy_record, find_record, rows_of, update_record
from pardotflow.emulator.pardot.rules import renew_catalog
from pardotflow.emulator.pardot.schema.catalog import read_collections
from pardotflow.emulator.pardot.schema.objects import Attribute, Collection
from pardotflow.emulator.pardot.units import Unit, find_user, in_unit
from pardotflow.emulator.pardot.values import read_cell
from pardotflow.emulator.problem import EmulatorError
from pardotflow.emulator.state import State, in_transaction
from pardotflow.emulator.switches import Switches

_SINGULAR = {
    "prospect": "prospects",
    "list": "lists",
    "campaign": "campaigns",
    "user": "users",
    "list-membership": "list-memberships",
    "custom-field": "custom-fields",
    "prospect-account": "prospect-accounts",
    "opportunity": "opportunities",
}
# What names a column of prospects cannot change without it.
_FIXED = {"custom-fields": {"fieldId", "apiFieldId", "type"}}
# Of a job nobody sets more than whose it is and when it was: its states have effects.
_OF_JOBS = {"createdAt", "createdById", "updatedAt", "updatedById"}


def edited_collection(state: State, unit: Unit, word: str) -> Collection | None:
    """The collection of an address, by its path or by the word for one record."""
    return read_collections(state.db, unit.number).get(_SINGULAR.get(word.lower(), word.lower()))


def edit_pardot(state: State, unit: Unit, collection: Collection, key: str, fields: Mapping[str, object]) -> str:
    """Set fields of the record with an id or an address; returns its address with the id. Raises `EmulatorError`."""
    context = _build_context(in_unit(state, unit), unit)
    catch_up(context)
    with in_transaction(context.state) as begun:
        context = replace(context, state=begun)
        row = _find_row(context, collection, key)
        changes = {name: _read_field(context, collection, name, raw) for name, raw in fields.items()}
        update_record(context, collection, row, _all_changes(context, collection, row, changes))
        if collection.path == "custom-fields":
            renew_catalog(context.db)
    return f"{_word_of(collection)}/{row['id']}"


def destroy_pardot(state: State, unit: Unit, collection: Collection, key: str) -> str:
    """Remove a deleted record for good; returns its address with the id. Raises `EmulatorError`."""
    context = _build_context(in_unit(state, unit), unit)
    catch_up(context)
    with in_transaction(context.state) as begun:
        context = replace(context, state=begun)
        row = _find_row(context, collection, key)
        address = f"{_word_of(collection)}/{row['id']}"
        if not collection.has_bin or not row["isDeleted"]:
            raise EmulatorError(f"{address} is not in the recycle bin")
        destroy_record(context, collection, row)
    return address


def _build_context(state: State, unit: Unit) -> Context:
    admin = state.identity.admin
    return Context(
        state=state,
        unit=unit,
        collections=read_collections(state.db, unit.number),
        user_id=find_user(state.db, unit, admin.salesforce_id) or admin.pardot_id,
        base_url="",
    )


def _all_changes(context: Context, collection: Collection, row: Values, changes: Values) -> Values:
    """The changes with what follows from them; no switch about what the API lets a client do holds a person back."""
    if collection.path != "prospects":
        return changes
    switches = replace(context.state.switches, null_unassigns=True, salesforce_owner_unknown="stored")
    person = replace(context, state=replace(context.state, switches=switches))
    meant = dict(changes)
    if "assignedToId" in meant:
        meant.setdefault("userId", meant["assignedToId"])
    try:
        return what_follows(person, meant, row) | changes
    except PardotError as error:
        raise EmulatorError(f"{_word_of(collection)}/{row['id']}: {error.message}") from None


def _find_row(context: Context, collection: Collection, key: str) -> Values:
    if re.fullmatch(r"[0-9]{1,18}", key):
        row = find_record(context.db, collection, int(key))
        if row is not None:
            return row
    word = f"{_word_of(collection)}/{key}"
    if "@" in key and "email" in collection.attributes:
        live = ' AND coalesce("isDeleted", 0) = 0' if collection.has_bin else ""
        found = rows_of(context.db.execute(f'SELECT * FROM "{collection.table}" WHERE "email" = ?{live}', (key,)))
        if len(found) > 1:
            raise EmulatorError(f"{len(found)} records have the address {word}; name one by its id")
        if found:
            return found[0]
    raise EmulatorError(f"there is no record {word}")


def _read_field(context: Context, collection: Collection, name: str, raw: object) -> object:
    attribute = collection.attributes.get(name)
    if attribute is None or not _is_free(collection, name):
        raise EmulatorError(f"{collection.path} has no field {name!r} that can be set")
    try:
        return _read_value(attribute, raw, context.state.switches)
    except PardotError as error:
        raise EmulatorError(f"{attribute.name} cannot hold {raw!r}: {error.message}") from None


def _is_free(collection: Collection, name: str) -> bool:
    if collection.path in {"imports", "exports", "bulk-actions"}:
        return name in _OF_JOBS
    return name != "id" and name not in _FIXED.get(collection.path, ())


def _read_value(attribute: Attribute, raw: object, switches: Switches) -> object:
    if raw is None or raw == "":
        return 0 if attribute.type == "boolean" else None
    if attribute.type == "array" and isinstance(raw, list):
        return json.dumps([str(part) for part in raw], ensure_ascii=False)
    if isinstance(raw, (dict, list)):
        raise PardotError(154, attribute.name)
    return read_cell(attribute, str(raw).lower() if isinstance(raw, bool) else str(raw), switches)


def _word_of(collection: Collection) -> str:
    """The word for one record of a collection, as an address has it."""
    return next((one for one, path in _SINGULAR.items() if path == collection.path), collection.path)
