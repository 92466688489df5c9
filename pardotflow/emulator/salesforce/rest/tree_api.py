"""`/composite/tree/X`: new records with their children, and the children of those, all or none.

Facts: salesforce_api.md section 5.4. The code and the texts about reference ids and bounds are assumed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pardotflow.emulator.datafile import savepoint
from pardotflow.emulator.exchange import Call, Reply
from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.errors import SalesforceError, json_reply, refuse
from pardotflow.emulator.salesforce.records.catalog import ObjectInfo
from pardotflow.emulator.salesforce.records.fields import Field
from pardotflow.emulator.salesforce.records.save import create_record
from pardotflow.emulator.salesforce.rest.row_api import read_object

_MOST_RECORDS = 200
_MOST_TYPES = 5
_MOST_LEVELS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Node:
    """One record of the tree; `lookup` is its field for the record above."""

    name: str
    info: ObjectInfo
    fields: Mapping[str, Any]
    lookup: Field | None
    children: tuple[_Node, ...]
    level: int


class _BadTree(Exception):
    """A tree that cannot be read, and the record at which that shows."""

    def __init__(self, name: str, message: str, code: str = "INVALID_INPUT") -> None:
        super().__init__(message)
        self.result = {"referenceId": name, "errors": [{"statusCode": code, "message": message, "fields": []}]}


def create_tree(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`POST /composite/tree/X`: 201 with the ids in order, or 400 with the records that failed."""
    info = context.require(match["object"])
    records = read_object(call).get("records")
    if not isinstance(records, list) or not records:
        raise refuse(400, "REQUIRED_FIELD_MISSING", "At least 1 record is required")
    try:
        nodes = [_read_node(context, info, record, None, 1) for record in records]
        _check(list(_walk(nodes)))
    except _BadTree as bad:
        return json_reply({"hasErrors": True, "results": [bad.result]}, 400)
    made: list[dict[str, Any]] = []
    failed: list[dict[str, Any]] = []
    for node in nodes:
        _create(context, node, None, made, failed)
    if failed:
        return json_reply({"hasErrors": True, "results": failed}, 400)
    return json_reply({"hasErrors": False, "results": made}, 201)


def _read_node(context: Context, info: ObjectInfo, record: object, lookup: Field | None, level: int) -> _Node:
    attributes = record.get("attributes") if isinstance(record, dict) else None
    if not isinstance(record, dict) or not isinstance(attributes, dict):
        raise _BadTree("", "attributes with type and referenceId are required for each record.")
    name = attributes.get("referenceId")
    if not isinstance(name, str) or not name:
        raise _BadTree("", "Include a reference ID for each record in the request.")
    if str(attributes.get("type", "")).lower() != info.name.lower():
        raise _BadTree(name, f"The type of the record must be {info.name}.", "INVALID_TYPE")
    if level > _MOST_LEVELS:
        raise _BadTree(name, f"A tree cannot have more than {_MOST_LEVELS} levels.")
    fields: dict[str, Any] = {}
    children: list[_Node] = []
    for key, value in record.items():
        if isinstance(value, dict) and isinstance(value.get("records"), list):
            child, field = _find_child(context, info, key, name)
            children.extend(_read_node(context, child, one, field, level + 1) for one in value["records"])
        elif key != "attributes":
            fields[key] = value
    return _Node(name=name, info=info, fields=fields, lookup=lookup, children=tuple(children), level=level)


def _find_child(context: Context, info: ObjectInfo, key: str, name: str) -> tuple[ObjectInfo, Field]:
    for child, field in context.catalog.children_of(info.name):
        if (field.child_relationship or "").lower() == key.lower():
            return child, field
    raise _BadTree(name, f"No such relationship '{key}' on sobject of type {info.name}", "INVALID_FIELD")


def _walk(nodes: list[_Node]) -> Iterator[_Node]:
    for node in nodes:
        yield node
        yield from _walk(list(node.children))


def _check(nodes: list[_Node]) -> None:
    """The bounds of a whole tree."""
    names: set[str] = set()
    for node in nodes:
        if node.name in names:
            raise _BadTree(node.name, "Duplicate ReferenceId provided in the request.")
        names.add(node.name)
    if len(nodes) > _MOST_RECORDS:
        raise _BadTree(nodes[_MOST_RECORDS].name, f"A tree cannot have more than {_MOST_RECORDS} records.")
    if len({node.info.name for node in nodes}) > _MOST_TYPES:
        raise _BadTree(nodes[0].name, f"A tree cannot have more than {_MOST_TYPES} types of objects.")


def _create(
    context: Context, node: _Node, parent: str | None, made: list[dict[str, Any]], failed: list[dict[str, Any]]
) -> None:
    """Create a record, then those below it; below one that failed nothing is tried."""
    fields = node.fields if node.lookup is None else {**node.fields, node.lookup.name: parent}
    try:
        with savepoint(context.db):
            context.take_row()
            record_id = create_record(context, node.info, fields).record_id
    except SalesforceError as error:
        failed.append({"referenceId": node.name, "errors": [problem.to_row() for problem in error.problems]})
        return
    made.append({"referenceId": node.name, "id": record_id})
    for child in node.children:
        _create(context, child, record_id, made, failed)
