"""The columns of an ingest job: which field each one fills, and how its text becomes a value of a record.

An empty cell is left out of the record, `#N/A` is null; everything else is judged where records are saved.
Facts: salesforce_api.md section 6.1 (CSV rules, recorded errors).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pardotflow.emulator.salesforce.bulk.job import Job
from pardotflow.emulator.salesforce.bulk.upload import BadBatch
from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.errors import refuse
from pardotflow.emulator.salesforce.records.catalog import ObjectInfo
from pardotflow.emulator.salesforce.records.fields import ID_TYPES, Field
from pardotflow.emulator.salesforce.records.parents import find_key, find_parent
from pardotflow.emulator.salesforce.records.values import BadValue, read_value
from pardotflow.emulator.salesforce.rest.describe import soap_type

_LONGEST_CELL = 131_072
_LONGEST_ROW = 400_000
_NULL = "#N/A"
_BOOLEANS: dict[str, str | bool] = {"1": True, "0": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column. `Owner.Email` fills OwnerId with the id of the `parent` record whose field has the cell's value."""

    field: Field
    parent: tuple[ObjectInfo, Field] | None = None


def read_columns(context: Context, info: ObjectInfo, job: Job, header: Sequence[str]) -> list[Column]:
    """The columns of a header; raises `BadBatch` for a name that cannot be used."""
    columns = [_read_column(context, info, name) for name in header]
    names = [column.field.name for column in columns]
    again = next((name for n, name in enumerate(names) if name in names[:n]), None)
    if again is not None:
        raise BadBatch(f"InvalidBatch : Field name duplicated : {again}")
    if job.operation in {"delete", "hardDelete"}:
        others = [name for name, field in zip(header, names, strict=True) if field != "Id"]
        if others:
            raise BadBatch(f"InvalidBatch : Field name not found : {others[0]}")
    if job.external_id is not None and job.external_id not in names:
        raise BadBatch(f"InvalidBatch : Field name not found : {job.external_id}")
    return columns


def _read_column(context: Context, info: ObjectInfo, name: str) -> Column:
    path, dot, key_name = name.partition(".")
    if not dot:
        field = info.find(name)
        if field is None:
            raise BadBatch(f"InvalidBatch : Field name not found : {name}")
        return Column(field=field)
    kind, colon, relation = path.rpartition(":")
    lookup = info.relationships.get(relation.lower())
    found = None if lookup is None else find_key(context, lookup, kind if colon else None, key_name)
    if lookup is None or found is None:
        raise BadBatch(f"InvalidBatch : Field name not found : {name}")
    return Column(field=lookup, parent=found)


def to_payload(context: Context, columns: Sequence[Column], cells: Sequence[str]) -> dict[str, Any]:
    """The fields of a row as a save takes them; raises `SalesforceError` for a cell that cannot be read."""
    if sum(map(len, cells)) > _LONGEST_ROW or max(map(len, cells)) > _LONGEST_CELL:
        raise refuse(400, "LIMIT_EXCEEDED", "the row or one of its values is too long", ())
    payload: dict[str, Any] = {}
    for place, (column, cell) in enumerate(zip(columns, cells, strict=True)):
        if cell:
            payload[column.field.name] = _read_cell(context, column, cell, place)
    return payload


def _read_cell(context: Context, column: Column, cell: str, place: int) -> object:
    field = column.field
    cleared = cell == _NULL
    if column.parent is not None and not cleared:
        return find_parent(context, *column.parent, cell)
    if field.is_text or field.type in ID_TYPES:
        return None if cleared else cell
    value = None if cleared else _BOOLEANS.get(cell, cell) if field.type == "boolean" else cell
    try:
        read_value(field, value, context.state.switches)
    except BadValue as bad:
        if bad.problem.code != "JSON_PARSER_ERROR":
            return value
        reason = f"'{cell}' is not a valid value for the type {soap_type(field)}"
        message = f"Failed to deserialize field at col {place}. Due to, {reason}"
        raise refuse(400, "INVALID_FIELD", message, (field.name,)) from None
    return value
