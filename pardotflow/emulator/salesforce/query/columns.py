"""`/query?q=&columns=true`: the columns of an answer without its rows.

No page of the vendor documents it, but its command line asks for it at each `sf data query`, and reads `columnName`,
`displayName`, `aggregate` and `joinColumns`. The other keys are an assumption.
"""

from __future__ import annotations

from typing import Any

from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.query.run import compile_query
from pardotflow.emulator.salesforce.records.fields import NUMBER_TYPES, Field
from pardotflow.emulator.salesforce.soql.compiled import Compiled
from pardotflow.emulator.salesforce.soql.parser import parse_soql
from pardotflow.emulator.salesforce.soql.tree import Aggregate, Query

Columns = list[dict[str, Any]]
_APEX_TYPES = {
    "id": "Id",
    "reference": "Id",
    "boolean": "Boolean",
    "int": "Integer",
    "date": "Date",
    "datetime": "Datetime",
    "address": "Address",
    **dict.fromkeys(NUMBER_TYPES, "Double"),
}


def describe_columns(context: Context, statement: str, *, include_deleted: bool) -> dict[str, Any]:
    """What the columns of a statement are; raises `SalesforceError` as the query itself would."""
    query = parse_soql(statement)
    compiled = compile_query(context, query, include_deleted=include_deleted)
    columns = [] if query.is_count else _columns(query, compiled)
    return {
        "columnMetadata": columns,
        "entityName": compiled.info.name,
        "groupBy": bool(query.group_by),
        "idSelected": any(column["columnName"] == "Id" for column in columns),
        "keyPrefix": compiled.info.prefix,
    }


def _columns(query: Query, compiled: Compiled) -> Columns:
    """One for each value, one for each parent with those of the parent in it, and one for each subquery."""
    made: Columns = []
    functions = _functions(query)
    subqueries = {children.place: children for children in compiled.children}
    for place, column in enumerate(compiled.columns):
        holder = made
        for name in column.path[:-1]:
            holder = _find(holder, name)["joinColumns"]
        name = column.path[-1]
        if place in subqueries:
            inner = subqueries[place]
            joined = _columns(inner.query, inner.compiled)
            made.append({**_column(inner.key, None, aggregate=True), "joinColumns": joined})
        elif all(other["columnName"] != name for other in holder):
            holder.append(_column(name, column.field, shown=functions.get(place), aggregate=place in functions))
    return made


def _functions(query: Query) -> dict[int, str]:
    """What a client shows where a value has no name of its own, by the place in the select list."""
    return {place: item.text for place, item in enumerate(query.items) if isinstance(item, Aggregate)}


def _find(holder: Columns, name: str) -> dict[str, Any]:
    """The column of a parent, which the first of its values makes."""
    found = next((column for column in holder if column["columnName"] == name), None)
    if found is None:
        found = _column(name, None)
        holder.append(found)
    return found


def _column(name: str, field: Field | None, *, shown: str | None = None, aggregate: bool = False) -> dict[str, Any]:
    kind = field.type if field else ""
    return {
        "aggregate": aggregate,
        "apexType": _APEX_TYPES.get(kind, "String"),
        "booleanType": kind == "boolean",
        "columnName": name,
        "custom": field is not None and field.custom,
        "displayName": shown or name,
        "foreignKeyName": None,
        "insertable": field is not None and field.createable,
        "joinColumns": [],
        "numberType": kind == "int" or kind in NUMBER_TYPES,
        "textType": field is not None and field.is_text,
        "updatable": field is not None and field.updateable,
    }
