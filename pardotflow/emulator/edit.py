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
from pardotflow.emulator.pardot.edit import edit_pardot, edited_collection
from pardotflow.emulator.pardot.records import Values
from pardotflow.emulator.pardot.units import find_unit, load_units
from pardotflow.emulator.problem import EmulatorError
from pardotflow.emulator.salesforce.context import Context as SalesforceContext
from pardotflow.emulator.salesforce.errors import SalesforceError
from pardotflow.emulator.salesforce.records.catalog import Catalog, ObjectInfo, read_catalog
from pardotflow.emulator.salesforce.records.fields import Field
from pardotflow.emulator.salesforce.records.object_rules import derive_values, finish_save
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


def edit_record(file: DataFile, address: str, fields: Mapping[str, object], unit_id: str | None = None) -> str:
    """Set fields of the record at an address; returns the address with its id. Raises `EmulatorError`.

    `unit_id` is the business unit of a Pardot record; without it the first one is meant. `Campaign/701…` is the
    campaign in Salesforce, `campaign/1201` the one in Pardot, whatever the case of the word.
    """
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
    if info is not None:
        return _edit_salesforce(state, catalog, info, key, fields)
    if collection is not None:
        return edit_pardot(state, unit, collection, key, fields)
    raise EmulatorError(f"there is no object {kind!r}")


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
