"""The changes of a plan in the form in which they are sent: typed values, the ids of records that were made, batches.

The same change comes out the same each time it is asked for: by that a request is known again whose answer was lost.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from sys import intern

import duckdb

from pardotflow.connectors.protocol import Batch, Operation, Row, Value
from pardotflow.core.values import FieldType, split_values
from pardotflow.engine.compile import snapshot_table
from pardotflow.engine.headers import read_headers
from pardotflow.engine.quote import literal
from pardotflow.engine.sqlfile import insert_rows, iter_rows, rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One planned change, ready to be sent. `values` is field to (type, text or None)."""

    number: int
    system: str
    object: str
    id: str
    operation: Operation
    key_field: str
    key_value: str
    values: Mapping[str, tuple[str, str | None]]
    headers: tuple[tuple[str, str], ...] = ()
    unmodified_since: datetime | None = None
    """The stamp of the record as it was read last, where the change is sent on the condition that it still has it."""


def load_confirmed(con: duckdb.DuckDBPyConnection, confirmed: Mapping[int, str]) -> dict[str, str]:
    """What was carried out so far, by change the record's id, as the session's tables `done` and `born`; returns the
    ids of the records that were made, by the name under which the plan speaks of them."""
    made = rows(con, "select change, id from plan.changes where action = 'create'")
    new_ids = {planned: confirmed[number] for number, planned in made if confirmed.get(number)}
    con.execute("create or replace temp table done (change integer)")
    con.execute("create or replace temp table born (planned_id varchar)")
    insert_rows(con, "done", [[number] for number in confirmed])
    insert_rows(con, "born", [[planned] for planned in new_ids])
    return new_ids


def load_stamps(con: duckdb.DuckDBPyConnection) -> None:
    """What the records were stamped with that are written only where nobody has changed them since, as the session's
    table `stamps`. A record that the plan writes twice has a new stamp after the first time."""
    con.execute("create or replace temp table stamps (change integer, stamp timestamp)")
    conditional = f"operation = '{Operation.UPDATE_UNMODIFIED}'"
    for system, item in rows(con, f"select distinct system, object from plan.changes where {conditional}"):
        con.execute(
            f"insert into stamps select c.change, s._stamp from plan.changes c join {snapshot_table(system, item)} s"
            f" on s._id = c.id where c.{conditional} and c.system = {literal(system)} and c.object = {literal(item)}"
            " and not exists (from plan.changes o where o.system = c.system and o.object = c.object and o.id = c.id"
            " and o.change <> c.change)"
        )


def changes_of(con: duckdb.DuckDBPyConnection, condition: str, new_ids: Mapping[str, str]) -> Iterator[Change]:
    """Sendable changes `c` for which a condition holds, in the order in which they are sent, read as they are asked
    for: the session answers nothing else meanwhile. `new_ids` as `load_confirmed` has returned them. A change that
    needs an id that did not come into being waits, and so does one of a record that did not leave the recycle bin."""
    found = iter_rows(
        con,
        "select c.change, c.system, c.object, c.id, c.operation, c.key_field, c.key_value, coalesce(h.headers, ''),"
        " (select min(s.stamp) from stamps s where s.change = c.change),"
        " list({'field': f.field, 'type': f.type, 'after': f.after, 'ref': f.after_ref} order by f.field)"
        " from plan.changes c join plan.field_changes f using (change) left join plan.request_headers h using (change)"
        f" where f.sendable and {condition}"
        " and (c.action <> 'update' or not exists (from plan.changes u where u.action = 'undelete' and u.system ="
        " c.system and u.object = c.object and u.id = c.id and u.change not in (from done)))"
        # A value that comes from a record which did not come into being stays where it is.
        " and (c.action = 'create' or not exists (from plan.bases b where b.change = f.change and b.field = f.field"
        " and ((starts_with(b.a_id, 'new:') and b.a_id not in (from born))"
        " or (starts_with(b.b_id, 'new:') and b.b_id not in (from born)))))"
        " group by all order by c.system desc, c.object, c.operation, c.key_field, 8, c.change",
    )
    for number, system, item, record, operation, key_field, key_value, headers, stamp, fields in found:
        kind = Operation(operation)
        values = {}
        for each in fields if kind.has_values else ():
            text = new_ids.get(each["ref"]) if each["ref"] else each["after"]
            if each["ref"] and text is None:
                continue
            values[intern(each["field"])] = (intern(each["type"]), text)
        if values or not kind.has_values:
            yield Change(
                number=number,
                # A name that comes with each of 100,000 rows is kept once.
                system=intern(system),
                object=intern(item),
                id=record,
                operation=kind,
                key_field=intern(key_field),
                key_value=key_value,
                values=values,
                headers=read_headers(headers),
                unmodified_since=stamp.replace(tzinfo=UTC) if stamp else None,
            )


def batch_of(changes: Sequence[Change]) -> Batch:
    """Changes of one object, operation and key field as rows; their keys are the numbers of the changes."""
    first = changes[0]
    return Batch(
        operation=first.operation,
        object=first.object,
        rows=tuple(
            Row(key=str(c.number), id=_address(c), values=_typed(c), unmodified_since=c.unmodified_since)
            for c in changes
        ),
        key_field=first.key_field,
        headers=first.headers,
    )


def _address(change: Change) -> str:
    """What addresses the row: the key's value for an upsert, nothing for a plain create, else the id."""
    if change.operation.is_upsert or change.operation is Operation.IMPORT_CREATES:
        return change.key_value
    return "" if change.operation.is_create else change.id


def _typed(change: Change) -> dict[str, Value]:
    """Field values as the API takes them. The key of an upsert stands in the address, not among the values."""
    keyed = change.key_field if change.operation.is_upsert else ""
    return {f: typed_value(kind, text) for f, (kind, text) in change.values.items() if f != keyed}


_CONVERT: Mapping[str, Callable[[str], Value]] = {
    FieldType.INTEGER: int,
    FieldType.NUMBER: lambda text: float(text) if "." in text or "e" in text.lower() else int(text),
    FieldType.BOOLEAN: lambda text: text == "true",
    FieldType.ARRAY: split_values,
}


def typed_value(kind: str, text: str | None) -> Value:
    """A planned text as the JSON value that a field of that type takes."""
    if text is None:
        return None
    convert = _CONVERT.get(kind)
    if convert is None:
        return text
    try:
        return convert(text)
    except ValueError:
        return text
