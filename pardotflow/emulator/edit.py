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
from pardotflow.emulator.pardot.edit import destroy_pardot, edit_pardot, edited_collection
from pardotflow.emulator.pardot.records import Values
from pardotflow.emulator.pardot.schema.objects import Collection
from pardotflow.emulator.pardot.units import Unit, find_unit, load_units
from pardotflow.emulator.problem import EmulatorError
from pardotflow.emulator.salesforce.context import Context as SalesforceContext
from pardotflow.emulator.salesforce.errors import SalesforceError
from pardotflow.emulator.salesforce.records.catalog import Catalog, ObjectInfo, read_catalog
from pardotflow.emulator.salesforce.records.fields import Field
from pardotflow.emulator.salesforce.records.object_rules import derive_values, finish_save
from pardotflow.emulator.salesforce.records.recycle_bin import empty_bin
from pardotflow.emulator.salesforce.records.row_store import find_by, find_row
from pardotflow.emulator.salesforce.records.rows import update_row
from pardotflow.emulator.salesforce.records.values import BadValue, read_value
from pardotflow.emulator.state import State, in_transaction, load_state

_SYSTEMS = {"salesforce", "pardot"}
_VERSION = "v60.0"
_PROTECTED = {"id", "_n"}


def set_record(data: Path, assignment: str) -> str:
    """Set one field as a person would: `Contact/003…#Phone=+1 555`, `prospect/123#phone=…`.

    An id may be an e-mail address if exactly one live record has it; `null` or nothing clears. The system may stand
    before the object (`salesforce/User/005…`, `pardot/user/901`). Returns a sentence that says what was done; raises
    `EmulatorError` for an unknown address, field or record, and for a value that the field cannot hold.
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


def destroy(data: Path, address: str) -> str:
    """Remove a record from the recycle bin for good, as a person may: `Contact/003…`, `prospect/123`.

    Returns a sentence that says what was done; raises `EmulatorError` for an address that names no deleted record.
    """
    file = DataFile(data)
    try:
        state, catalog, unit, kind, key = _locate(file, address, None)
        if isinstance(kind, ObjectInfo):
            return f"{_destroy_salesforce(state, catalog, kind, key)} is gone for good"
        return f"{destroy_pardot(state, unit, kind, key)} is gone for good"
    finally:
        file.close()


def edit_record(file: DataFile, address: str, fields: Mapping[str, object], unit_id: str | None = None) -> str:
    """Set fields of the record at an address; returns the address with its id. Raises `EmulatorError`.

    `unit_id` is the business unit of a Pardot record; without it the first one is meant. `Campaign/701…` is the
    campaign in Salesforce, `campaign/1201` the one in Pardot, whatever the case of the word.
    """
    state, catalog, unit, kind, key = _locate(file, address, unit_id)
    if isinstance(kind, ObjectInfo):
        return _edit_salesforce(state, catalog, kind, key, fields)
    return edit_pardot(state, unit, kind, key, fields)


def _locate(
    file: DataFile, address: str, unit_id: str | None
) -> tuple[State, Catalog, Unit, ObjectInfo | Collection, str]:
    """What an address names: an object of Salesforce or a collection of Pardot, and the key in it."""
    system, kind, key = _split_address(address)
    state = load_state(file)
    unit = find_unit(state.db, unit_id) if unit_id else load_units(state.db)[0]
    if unit is None:
        raise EmulatorError(f"there is no business unit {unit_id}")
    catalog = read_catalog(state.db)
    info = None if system == "pardot" else catalog.find(kind)
    collection = None if system == "salesforce" else edited_collection(state, unit, kind)
    if info is not None and collection is not None:
        # User, Campaign and Opportunity are words of both: Pardot's have numbers, and Salesforce's have record ids.
        info = None if "@" in key or re.fullmatch("[0-9]+", key) else info
    found = info or collection
    if found is None:
        raise EmulatorError(f"there is no object {kind!r}")
    return state, catalog, unit, found, key


def _split_address(address: str) -> tuple[str | None, str, str]:
    """The system where the address begins with one, the kind of record, and the key; raises `EmulatorError`."""
    first, _, rest = address.partition("/")
    system, plain = (first.lower(), rest) if first.lower() in _SYSTEMS else (None, address)
    kind, _, key = plain.partition("/")
    if not key:
        raise EmulatorError(f"{address!r} is no address; write Contact/ID or prospect/ID")
    return system, kind, key


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


def _destroy_salesforce(state: State, catalog: Catalog, info: ObjectInfo, key: str) -> str:
    with in_transaction(state) as begun:
        context = SalesforceContext(
            state=begun, catalog=catalog, user_id=state.identity.admin.salesforce_id, version=_VERSION
        )
        try:
            return f"{info.name}/{empty_bin(context, key)}"
        except SalesforceError as error:
            raise EmulatorError(f"{info.name}/{key}: {error}") from None


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


def _only(found: list[Values], address: str) -> Values:
    if not found:
        raise EmulatorError(f"there is no record {address}")
    if len(found) > 1:
        raise EmulatorError(f"{len(found)} records have the address {address}; name one by its id")
    return found[0]
