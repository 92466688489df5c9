"""The language in which the standard objects are written: a table that reads like a describe.

One line is one field: name, type with length or precision and scale, flags (N nillable, C createable, U updateable,
D defaulted on create, L usable as upsert key, `-` none), then options. The rows follow describes recorded from
Developer Edition orgs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pardotflow.emulator.salesforce.records.fields import Field, make_label

AUDIT = """
CreatedDate       datetime          D
CreatedById       reference(User)   D
LastModifiedDate  datetime          D
LastModifiedById  reference(User)   D
SystemModstamp    datetime          D
"""
VIEWED = """
LastActivityDate    date      N
LastViewedDate      datetime  N
LastReferencedDate  datetime  N
"""
_DELETED = """
IsDeleted  boolean  D
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardObject:
    """One standard object. `deletable` objects have a recycle bin and an IsDeleted field."""

    name: str
    label: str
    plural: str
    prefix: str
    fields: tuple[Field, ...]
    mergeable: bool = False
    deletable: bool = True
    createable: bool = True
    updateable: bool = True


def _parse_option(option: str, made: dict[str, Any]) -> None:
    key, _, value = option.strip().partition("=")
    if key == "values":
        made["picklist"] = tuple(value.split(";"))
    elif key == "default":
        made["default"] = {"true": True, "false": False}.get(value, value)
    elif key == "children":
        made["child_relationship"] = value
    elif key == "name":
        made["name_field"] = True
    elif key in {"restricted", "cascade"}:
        made[key] = True
    else:
        made[key] = value.strip()


def _parse_type(text: str, made: dict[str, Any]) -> None:
    match = re.fullmatch(r"(\w+)(?:\((.*)\))?", text)
    if match is None:
        raise ValueError(f"unreadable type {text!r}")
    made["type"], inside = match[1], match[2]
    if made["type"] == "reference":
        made.update(length=18, reference_to=tuple(inside.split(";")), relationship=made["name"].removesuffix("Id"))
    elif made["type"] == "int":
        made["digits"] = int(inside)
    elif inside and "," in inside:
        made["precision"], made["scale"] = (int(part) for part in inside.split(","))
    elif inside:
        made["length"] = int(inside)


def parse_field(line: str) -> Field:
    """Read one line of the table."""
    name, type_text, flags, options = (*line.split(None, 3), "")[:4]
    made: dict[str, Any] = {"name": name, "label": make_label(name)}
    _parse_type(type_text, made)
    made.update(
        nillable="N" in flags,
        createable="C" in flags,
        updateable="U" in flags,
        defaulted="D" in flags,
        id_lookup="L" in flags,
        custom=name.endswith("__c"),
    )
    for option in filter(None, options.split("|")):
        _parse_option(option, made)
    if made["type"] == "boolean" and "default" not in made:
        made["default"] = False
    return Field(**made)


def build_object(
    name: str, prefix: str, table: str, *, audit: str = AUDIT, plural: str = "", label: str = "", **flags: bool
) -> StandardObject:
    """An object from its table, with Id, IsDeleted and the audit fields around it."""
    head = "Id  id(18)  DL\n" + (_DELETED if flags.get("deletable", True) else "")
    lines = (head + table + audit).splitlines()
    return StandardObject(
        name=name,
        label=label or name,
        plural=plural or f"{name}s",
        prefix=prefix,
        fields=tuple(parse_field(line) for line in lines if line.strip()),
        **flags,
    )


def custom_object(name: str, prefix: str) -> StandardObject:
    """A custom object with a Name and the audit fields; its own fields are added by the seed."""
    return build_object(name, prefix, "Name  string(80)  CUL  name\n" + VIEWED, label=make_label(name))
