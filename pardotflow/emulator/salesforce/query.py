"""Running SOQL: the first page, the cursor behind it, and the pages that follow.

A cursor is the ordered list of row numbers that matched when the query ran, kept in the data file: later pages hold
exactly those records, with the values of the moment they are fetched.
"""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from pardotflow.emulator.datafile import DataFile
from pardotflow.emulator.ids import mint_id
from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.errors import refuse
from pardotflow.emulator.salesforce.fields import Field
from pardotflow.emulator.salesforce.soql_compile import Column, Compiled, compile_soql
from pardotflow.emulator.salesforce.soql_parser import parse_soql
from pardotflow.emulator.salesforce.soql_tree import Query

Record = dict[str, Any]
_CURSOR_SECONDS = 2 * 86_400
_FINISHED_SECONDS = 900


def run_query(context: Context, statement: str, *, include_deleted: bool, page_size: int) -> dict[str, Any]:
    """Answer a statement: `totalSize`, `done`, `records`, and `nextRecordsUrl` where a page is left."""
    query = parse_soql(statement)
    if query.offset is not None and query.offset > 2000:
        raise refuse(400, "NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is 2000")
    compiled = _compile(context, query, include_deleted=include_deleted)
    if query.is_count:
        return _count(context.db, query, compiled)
    if query.is_aggregate:
        return _aggregate(context.db, query, compiled, page_size)
    limit = _limit(query)
    rows = context.db.execute(
        *_select(compiled, f"{compiled.where}{compiled.order}{_first(query, page_size + 1)}")
    ).fetchall()
    if len(rows) <= page_size:
        return {"totalSize": len(rows), "done": True, "records": build_records(context, compiled, rows)}
    numbers = array(
        "q",
        (
            n
            for (n,) in context.db.execute(
                f"SELECT t0._n FROM {compiled.source}{compiled.where}{compiled.order}{limit}", compiled.values
            )
        ),
    )
    cursor = _open_cursor(context, statement, numbers, include_deleted=include_deleted, page_size=page_size)
    return {
        "totalSize": len(numbers),
        "done": False,
        "nextRecordsUrl": context.path(f"query/{cursor}-{page_size}"),
        "records": build_records(context, compiled, rows[:page_size]),
    }


def next_page(context: Context, locator: str) -> dict[str, Any]:
    """The page of a locator `01g…-2000`; raises INVALID_QUERY_LOCATOR for one that is not open any more."""
    cursor, _, offset_text = locator.rpartition("-")
    row = context.db.execute(
        "SELECT statement, include_deleted, page_size, total, opened_at FROM query_cursor WHERE id = ?", (cursor,)
    ).fetchone()
    if row is None or not offset_text.isdigit() or row[4] + _CURSOR_SECONDS < context.state.now:
        raise refuse(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
    statement, include_deleted, page_size, total, _ = row
    offset = int(offset_text)
    compiled = _compile(context, parse_soql(statement), include_deleted=bool(include_deleted))
    rows = _fetch(context.db, compiled, _numbers(context.db, cursor, offset, page_size))
    following = offset + page_size
    answer: dict[str, Any] = {"totalSize": total, "done": following >= total}
    if following < total:
        answer["nextRecordsUrl"] = context.path(f"query/{cursor}-{following}")
    else:
        _finish_cursor(context.state.file, cursor)
    answer["records"] = build_records(context, compiled, rows)
    return answer


def _compile(context: Context, query: Query, *, include_deleted: bool) -> Compiled:
    return compile_soql(query, context.catalog, include_deleted=include_deleted, today=context.state.moment.date())


def _limit(query: Query) -> str:
    if query.limit is None and query.offset is None:
        return ""
    return f" LIMIT {-1 if query.limit is None else query.limit} OFFSET {query.offset or 0}"


def _first(query: Query, most: int) -> str:
    limit = most if query.limit is None else min(most, query.limit)
    return f" LIMIT {limit} OFFSET {query.offset or 0}"


def _select(compiled: Compiled, rest: str) -> tuple[str, Sequence[object]]:
    """Columns, then the object's own id, then the ids of the joined parents."""
    parents = "".join(f', {alias}."Id"' for alias, _ in compiled.parents.values())
    columns = ", ".join(column.sql for column in compiled.columns)
    return f'SELECT {columns}, t0."Id"{parents} FROM {compiled.source}{rest}', compiled.values


def _count(db: sqlite3.Connection, query: Query, compiled: Compiled) -> dict[str, Any]:
    inner = f"SELECT 1 FROM {compiled.source}{compiled.where}{_limit(query)}"
    (total,) = db.execute(f"SELECT count(*) FROM ({inner})", compiled.values).fetchone()
    return {"totalSize": total, "done": True, "records": []}


def _aggregate(db: sqlite3.Connection, query: Query, compiled: Compiled, page_size: int) -> dict[str, Any]:
    columns = ", ".join(column.sql for column in compiled.columns)
    sql = f"SELECT {columns} FROM {compiled.source}{compiled.where}{compiled.tail}{compiled.order}{_limit(query)}"
    rows = db.execute(sql, compiled.values).fetchall()
    if len(rows) > page_size:
        message = "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch"
        raise refuse(400, "EXCEEDED_ID_LIMIT", message)
    convert = [(c.path[-1], _converter(c.field)) for c in compiled.columns]
    records = [
        {"attributes": {"type": "AggregateResult"}}
        | {key: (value if change is None else change(value)) for (key, change), value in zip(convert, row, strict=True)}
        for row in rows
    ]
    return {"totalSize": len(records), "done": True, "records": records}


# -- cursors


def _open_cursor(
    context: Context, statement: str, numbers: array[int], *, include_deleted: bool, page_size: int
) -> str:
    now = context.state.now
    with context.state.file.write() as db:
        (made,) = db.execute(
            "INSERT INTO minted VALUES ('01g', 1) ON CONFLICT (prefix) DO UPDATE SET last = last + 1 RETURNING last"
        ).fetchone()
        cursor = mint_id("01g", made)
        db.execute(
            "INSERT INTO query_cursor VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
            (cursor, statement, include_deleted, page_size, len(numbers), numbers.tobytes(), now),
        )
        db.execute(
            "DELETE FROM query_cursor WHERE opened_at < iif(finished, ?, ?) OR id IN (SELECT id FROM query_cursor"
            " WHERE NOT finished ORDER BY opened_at DESC, id DESC LIMIT -1 OFFSET ?)",
            (now - _FINISHED_SECONDS, now - _CURSOR_SECONDS, context.state.switches.query_cursors),
        )
    return cursor


def _finish_cursor(file: DataFile, cursor: str) -> None:
    """A cursor that was read to its end frees its place, but its pages can be asked again for some minutes."""
    with file.write() as db:
        db.execute("UPDATE query_cursor SET finished = 1 WHERE id = ?", (cursor,))


def _numbers(db: sqlite3.Connection, cursor: str, offset: int, count: int) -> list[int]:
    (piece,) = db.execute(
        "SELECT substr(row_numbers, ?, ?) FROM query_cursor WHERE id = ?", (offset * 8 + 1, count * 8, cursor)
    ).fetchone()
    return array("q", piece).tolist()


def _fetch(db: sqlite3.Connection, compiled: Compiled, numbers: Iterable[int]) -> list[tuple[Any, ...]]:
    sql, _ = _select(compiled, " WHERE t0._n = page.n")
    head, _, rest = sql.partition(f" FROM {compiled.info.table} t0")
    paged = f"{head} FROM page CROSS JOIN {compiled.info.table} t0{rest} ORDER BY page.k"
    numbered = "WITH page (k, n) AS (SELECT key, value FROM json_each(?)) "
    return db.execute(numbered + paged, (json.dumps(list(numbers)),)).fetchall()


# -- rows into records


def _converter(field: Field | None) -> Callable[[Any], Any] | None:
    """How a stored value becomes JSON; None where it is JSON already."""
    if field is None:
        return None
    if field.type == "boolean":
        return bool
    if field.type == "address":
        return lambda text: None if text is None else json.loads(text)
    return None


def build_records(context: Context, compiled: Compiled, rows: Sequence[tuple[Any, ...]]) -> list[Record]:
    """Records as the API shows them: `attributes` first, parents nested, null for a parent that is not there."""
    width = len(compiled.columns)
    flat = [(k, c) for k, c in enumerate(compiled.columns) if len(c.path) == 1]
    nested = [(k, c) for k, c in enumerate(compiled.columns) if len(c.path) > 1]
    names = [c.path[0] for _, c in flat]
    converters = [(c.path[0], change) for _, c in flat if (change := _converter(c.field)) is not None]
    name = compiled.info.name
    prefix = context.path(f"sobjects/{name}/")
    places = {path: width + 1 + k for k, path in enumerate(compiled.parents)}
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
    return records


def _fill(
    context: Context, compiled: Compiled, record: Record, row: tuple[Any, ...], places: dict[tuple[str, ...], int]
) -> None:
    """Put the values of one row in place, making each parent once, in the order of the select list."""
    for value, column in zip(row, compiled.columns, strict=False):
        holder = _holder(context, compiled, record, row, places, column)
        if holder is not None:
            change = _converter(column.field) if len(column.path) > 1 else None
            holder[column.path[-1]] = value if change is None else change(value)


def _holder(
    context: Context,
    compiled: Compiled,
    record: Record,
    row: tuple[Any, ...],
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
        kind = compiled.parents[path][1]
        holder = holder.setdefault(
            key, {"attributes": {"type": kind, "url": context.path(f"sobjects/{kind}/{parent_id}")}}
        )
    return holder
