"""Edits by a person: what somebody changes in the two products' own screens while a tool works.

An edit moves the stamps and is signed by the admin, not by the connected user. It may set any stored field, read-only
ones too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from pardotflow.emulator.datafile import DataFile
from pardotflow.emulator.ids import to_18
from pardotflow.emulator.pardot.catalog import read_collections
from pardotflow.emulator.pardot.context import Context as PardotContext
from pardotflow.emulator.pardot.due import catch_up
from pardotflow.emulator.pardot.errors import PardotError
from pardotflow.emulator.pardot.objects import Attribute, Collection
from pardotflow.emulator.pardot.records import Values, find_record, rows_of, update_record
from pardotflow.emulator.pardot.units import Unit, find_unit, in_unit, load_units
from pardotflow.emulator.pardot.values import read_cell
from pardotflow.emulator.problem import EmulatorError
from pardotflow.emulator.salesforce.catalog import Catalog, ObjectInfo, read_catalog
from pardotflow.emulator.salesforce.context import Context as SalesforceContext
from pardotflow.emulator.salesforce.errors import SalesforceError
from pardotflow.emulator.salesforce.fields import Field
from pardotflow.emulator.salesforce.object_rules import derive_values, finish_save
from pardotflow.emulator.salesforce.rows import find_by, find_row, update_row
from pardotflow.emulator.salesforce.values import BadValue, read_value
from pardotflow.emulator.state import State, in_transaction, load_state

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
_VERSION = "v60.0"
_PROTECTED = {"id", "_n"}


def set_record(data: Path, assignment: str) -> str:
    """Set one field as a person would: `Contact/003…#Phone=+1 555`, `prospect/123#phone=…`.

    An id may be an e-mail address if exactly one live record has it; `null` or nothing clears. Returns a sentence
    that says what was done; raises `EmulatorError` for an unknown address, field or record, and for a value that the
    field cannot hold.
    """
    match = re.fullmatch(r"([^#]+)#([^=]+)=(.*)", assignment, re.DOTALL)
    if match is None:
        raise EmulatorError(f"{assignment!r} is no assignment; write Contact/ID#Field=value or prospect/ID#field=value")
    address, name, text = match[1].strip(), match[2].strip(), match[3]
    file = DataFile(data)
    try:
        changed = edit_record(file, address, {name: None if text in {"", "null"} else text})
    finally:
        file.close()
    return f"{changed}#{name} set"


def edit_record(file: DataFile, address: str, fields: Mapping[str, object], unit_id: str | None = None) -> str:
    """Set fields of the record at an address; returns the address with its id. Raises `EmulatorError`.

    `unit_id` is the business unit of a Pardot record; without it the first one is meant. `Campaign/701…` is the
    campaign in Salesforce, `campaign/1201` the one in Pardot.
    """
    kind, _, key = address.partition("/")
    if not key:
        raise EmulatorError(f"{address!r} is no address; write Contact/ID or prospect/ID")
    state = load_state(file)
    catalog = read_catalog(state.db)
    info = catalog.find(kind)
    unit = find_unit(state.db, unit_id) if unit_id else load_units(state.db)[0]
    if unit is None:
        raise EmulatorError(f"there is no business unit {unit_id}")
    pardot = read_collections(state.db, unit.number).get(_SINGULAR.get(kind.lower(), kind.lower()))
    named_as_here = info is not None and kind == info.name and not key.isdigit()
    if info is not None and (named_as_here or kind.lower() not in _SINGULAR):
        return _edit_salesforce(state, catalog, info, key, fields)
    if pardot is not None:
        return _edit_pardot(in_unit(state, unit), unit, pardot, key, fields)
    if info is not None:
        return _edit_salesforce(state, catalog, info, key, fields)
    raise EmulatorError(f"there is no object {kind!r}")


# -- Salesforce


def _edit_salesforce(state: State, catalog: Catalog, info: ObjectInfo, key: str, fields: Mapping[str, object]) -> str:
    with in_transaction(state) as begun:
        row = _salesforce_row(state, info, key)
        changes = {}
        for name, raw in fields.items():
            field = info.find(name)
            if field is None or not field.stored or name.lower() in _PROTECTED:
                raise EmulatorError(f"{info.name} has no field {name!r} that can be set")
            changes[field.name] = _salesforce_value(state, field, raw)
        context = SalesforceContext(
            state=begun, catalog=catalog, user_id=state.identity.admin.salesforce_id, version=_VERSION
        )
        try:
            changes = derive_values(context, info, row, changes) | changes
        except SalesforceError as error:
            raise EmulatorError(f"{info.name}/{row['Id']}: {error}") from None
        update_row(context.db, info, row, changes, stamp=context.stamp, user_id=context.user_id)
        finish_save(context, info, row, created=False)
    return f"{info.name}/{row['Id']}"


def _salesforce_row(state: State, info: ObjectInfo, key: str) -> Values:
    known = to_18(key)
    row = find_row(state.db, info, known) if known else None
    if row is not None:
        return row
    if "@" in key and info.find("Email"):
        return _only(find_by(state.db, info, "Email", key), f"{info.name}/{key}")
    raise EmulatorError(f"there is no record {info.name}/{key}")


def _salesforce_value(state: State, field: Field, raw: object) -> object:
    if field.type == "boolean" and raw is None:
        return 0
    try:
        return read_value(field, raw, state.switches)
    except BadValue as bad:
        raise EmulatorError(f"{field.name} cannot hold {raw!r}: {bad}") from None


# -- Pardot


def _edit_pardot(state: State, unit: Unit, collection: Collection, key: str, fields: Mapping[str, object]) -> str:
    context = PardotContext(
        state=state,
        unit=unit,
        collections=read_collections(state.db, unit.number),
        user_id=state.identity.admin.pardot_id,
        base_url="",
    )
    catch_up(context)
    with state.file.write():
        row = _pardot_row(state, collection, key)
        changes = {}
        for name, raw in fields.items():
            attribute = collection.attributes.get(name)
            if attribute is None or name in _PROTECTED:
                raise EmulatorError(f"{collection.path} has no field {name!r} that can be set")
            changes[name] = _pardot_value(state, attribute, raw)
        update_record(context, collection, row, changes)
    return f"{_address_of(collection)}/{row['id']}"


def _pardot_row(state: State, collection: Collection, key: str) -> Values:
    if key.isdigit():
        row = find_record(state.db, collection, int(key))
        if row is not None:
            return row
    if "@" in key and "email" in collection.attributes:
        live = ' AND coalesce("isDeleted", 0) = 0' if collection.has_bin else ""
        found = state.db.execute(f'SELECT * FROM "{collection.table}" WHERE "email" = ?{live}', (key,))
        return _only(rows_of(found), f"{_address_of(collection)}/{key}")
    raise EmulatorError(f"there is no record {_address_of(collection)}/{key}")


def _pardot_value(state: State, attribute: Attribute, raw: object) -> object:
    if raw is None:
        return 0 if attribute.type == "boolean" else None
    text = str(raw).lower() if isinstance(raw, bool) else str(raw)
    if isinstance(raw, list):
        text = ";".join(str(part) for part in raw)
    try:
        value: object = read_cell(attribute, text, state.switches)
    except PardotError as error:
        raise EmulatorError(f"{attribute.name} cannot hold {raw!r}: {error.message}") from None
    return value


def _address_of(collection: Collection) -> str:
    """The word for one record of a collection, as an address has it."""
    return next((one for one, path in _SINGULAR.items() if path == collection.path), collection.path)


def _only(found: list[Values], address: str) -> Values:
    if not found:
        raise EmulatorError(f"there is no record {address}")
    if len(found) > 1:
        raise EmulatorError(f"{len(found)} records have the address {address}; name one by its id")
    return found[0]
