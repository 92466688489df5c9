"""Fetched rows as records: `attributes` first, parents nested, children below their key."""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.query.cursors import Paging, open_cursor
from pardotflow.emulator.salesforce.query.format import format_value
from pardotflow.emulator.salesforce.records.fields import Field
from pardotflow.emulator.salesforce.soql.compiled import Children, Column, Compiled

Record = dict[str, Any]
Row = tuple[Any, ...]


def select_rows(compiled: Compiled, rest: str, extra: str = "") -> str:
    """SQL for the columns, then the object's own id, then the id and the type of each joined parent, then `extra`."""
    parents = "".join(f", {parent.id_sql}, {parent.type_sql}" for parent in compiled.parents.values())
    columns = ", ".join(column.sql for column in compiled.columns)
    return f'SELECT {columns}, t0."Id"{parents}{extra} FROM {compiled.source}{rest}'


def converter(field: Field | None) -> Callable[[Any], Any] | None:
    """How a stored value becomes JSON; None where it is JSON already."""
    return None if field is None else _CONVERTERS.get(field.type)


def _parse(text: str | None) -> object:
    return None if text is None else json.loads(text)


_CONVERTERS: dict[str, Callable[[Any], Any]] = {"boolean": bool, "address": _parse, "anyType": _parse}


def column_converter(column: Column) -> Callable[[Any], Any] | None:
    """How a selected value becomes JSON; None where it is JSON already."""
    if column.formatted and column.field is not None:
        return partial(format_value, column.field)
    return converter(column.field)


def build_records(context: Context, compiled: Compiled, rows: Sequence[Row], paging: Paging) -> list[Record]:
    """Records as the API shows them: `attributes` first, parents nested, null for a parent that is not there."""
    width = len(compiled.columns)
    flat = [(k, c) for k, c in enumerate(compiled.columns) if len(c.path) == 1]
    nested = [(k, c) for k, c in enumerate(compiled.columns) if len(c.path) > 1]
    names = [c.path[0] for _, c in flat]
    converters = [(c.path[0], change) for _, c in flat if (change := column_converter(c)) is not None]
    name = compiled.info.name
    prefix = context.path(f"sobjects/{name}/")
    places = {path: width + 1 + 2 * k for k, path in enumerate(compiled.parents)}
    plain = not nested
    records: list[Record] = []
    for row in rows:
        record: Record = {"attributes": {"type": name, "url": prefix + row[width]}}
        if plain:
            record.update(zip(names, row, strict=False))
        else:
            _fill(context, compiled, record, row, places)
        for key, change in converters:
            record[key] = change(record[key])
        records.append(record)
    for children in compiled.children:
        _attach(context, children, paging, dict(zip((row[width] for row in rows), records, strict=True)))
    return records


def _attach(context: Context, children: Children, paging: Paging, parents: dict[str, Record]) -> None:
    """Put the children of a page below their parents; LIMIT and OFFSET hold for each parent."""
    made, query = children.compiled, children.query
    lookup = f't0."{children.lookup.name}"'
    chosen = f"{made.where}{' AND' if made.where else ' WHERE'} {lookup} IN (SELECT value FROM json_each(?))"
    sql = select_rows(made, chosen + made.order, f", {lookup}, t0._n")
    found: dict[str, list[Row]] = {parent_id: [] for parent_id in parents}
    for row in context.db.execute(sql, (*made.values, json.dumps(list(parents)))):
        found[row[-2]].append(row)
    start = query.offset or 0
    end = None if query.limit is None else start + query.limit
    for parent_id, rows in found.items():
        parents[parent_id][children.key] = _show_children(context, children, rows[start:end], paging)


def _show_children(context: Context, children: Children, rows: list[Row], paging: Paging) -> Record | None:
    if not rows and context.state.switches.child_records_none == "null":
        return None
    answer: Record = {"totalSize": len(rows), "done": len(rows) <= paging.size}
    if not answer["done"]:
        numbers = array("q", (row[-1] for row in rows))
        cursor = open_cursor(context, children.statement, numbers, paging, child=True)
        answer["nextRecordsUrl"] = context.path(f"query/{cursor}-{paging.size}")
    return answer | {"records": build_records(context, children.compiled, rows[: paging.size], paging)}


def _fill(context: Context, compiled: Compiled, record: Record, row: Row, places: dict[tuple[str, ...], int]) -> None:
    """Put the values of one row in place, making each parent once, in the order of the select list."""
    for value, column in zip(row, compiled.columns, strict=False):
        holder = _holder(context, compiled, record, row, places, column)
        if holder is not None and (column.kinds is None or row[places[column.path[:-1]] + 1] in column.kinds):
            change = column_converter(column) if len(column.path) > 1 else None
            holder[column.path[-1]] = value if change is None else change(value)


def _holder(
    context: Context,
    compiled: Compiled,
    record: Record,
    row: Row,
    places: dict[tuple[str, ...], int],
    column: Column,
) -> Record | None:
    holder = record
    for depth in range(1, len(column.path)):
        path = column.path[:depth]
        key = path[-1]
        parent_id = row[places[path]]
        if parent_id is None:
            holder[key] = None
            return None
        kind = row[places[path] + 1]
        holder = holder.setdefault(
            key, {"attributes": {"type": kind, "url": context.path(f"sobjects/{kind}/{parent_id}")}}
        )
    return holder
