"""Running SOQL: the first page, the cursor behind it, and the pages that follow."""

from __future__ import annotations

import json
import re
import sqlite3
from array import array
from collections.abc import Iterable
from typing import Any

from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.errors import refuse
from pardotflow.emulator.salesforce.query.cursors import (
    Paging,
    finish_cursor,
    open_cursor,
    read_numbers,
)
from pardotflow.emulator.salesforce.query.records import build_records, column_converter, select_rows
from pardotflow.emulator.salesforce.query.scope import query_scope
from pardotflow.emulator.salesforce.soql.compile import compile_soql
from pardotflow.emulator.salesforce.soql.compiled import Compiled
from pardotflow.emulator.salesforce.soql.parser import parse_soql
from pardotflow.emulator.salesforce.soql.tree import Query

_LOCATOR = re.compile(r"(01g[0-9A-Za-z]{15})-([0-9]{1,9})")


def run_query(context: Context, statement: str, paging: Paging) -> dict[str, Any]:
    """Answer a statement: `totalSize`, `done`, `records`, and `nextRecordsUrl` where a page is left."""
    query = parse_soql(statement)
    if query.offset is not None and query.offset > 2000:
        raise refuse(400, "NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is 2000")
    compiled = compile_query(context, query, include_deleted=paging.include_deleted)
    if query.is_count:
        return _count(context.db, query, compiled)
    if query.is_aggregate:
        return _aggregate(context.db, query, compiled, paging.size)
    first = select_rows(compiled, f"{compiled.where}{compiled.order}{_first(query, paging.size + 1)}")
    rows = context.db.execute(first, compiled.values).fetchall()
    if len(rows) <= paging.size:
        return {"totalSize": len(rows), "done": True, "records": build_records(context, compiled, rows, paging)}
    matching = f"SELECT t0._n FROM {compiled.source}{compiled.where}{compiled.order}{_limit(query)}"
    numbers = array("q", (n for (n,) in context.db.execute(matching, compiled.values)))
    cursor = open_cursor(context, statement, numbers, paging)
    return {
        "totalSize": len(numbers),
        "done": False,
        "nextRecordsUrl": context.path(f"query/{cursor}-{paging.size}"),
        "records": build_records(context, compiled, rows[: paging.size], paging),
    }


def next_page(context: Context, locator: str) -> dict[str, Any]:
    """The page of a locator `01g…-2000`; raises INVALID_QUERY_LOCATOR for one that is not open any more."""
    match = _LOCATOR.fullmatch(locator)
    cursor, offset = (match[1], int(match[2])) if match else ("", 0)
    row = context.db.execute(
        "SELECT statement, include_deleted, page_size, total, opened_at FROM query_cursor WHERE id = ?", (cursor,)
    ).fetchone()
    oldest = context.state.now - context.state.switches.query_cursor_seconds
    if row is None or row[4] < oldest or offset >= row[3]:
        raise refuse(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
    statement, include_deleted, page_size, total, _ = row
    paging = Paging(size=page_size, include_deleted=bool(include_deleted))
    compiled = compile_query(context, parse_soql(statement), include_deleted=paging.include_deleted)
    rows = _fetch(context.db, compiled, read_numbers(context.db, cursor, offset, page_size))
    following = offset + page_size
    answer: dict[str, Any] = {"totalSize": total, "done": following >= total}
    if following < total:
        answer["nextRecordsUrl"] = context.path(f"query/{cursor}-{following}")
    else:
        finish_cursor(context.state.file, cursor)
    answer["records"] = build_records(context, compiled, rows, paging)
    return answer


def compile_query(context: Context, query: Query, *, include_deleted: bool) -> Compiled:
    """A parsed statement as SQL. Subqueries may be nested in each other from version 58 on (facts, section 3.1)."""
    levels = 5 if float(context.version[1:]) >= 58 else 1
    return compile_soql(query, query_scope(context, include_deleted=include_deleted, levels=levels))


def _limit(query: Query) -> str:
    if query.limit is None and query.offset is None:
        return ""
    return f" LIMIT {-1 if query.limit is None else query.limit} OFFSET {query.offset or 0}"


def _first(query: Query, most: int) -> str:
    limit = most if query.limit is None else min(most, query.limit)
    return f" LIMIT {limit} OFFSET {query.offset or 0}"


def _count(db: sqlite3.Connection, query: Query, compiled: Compiled) -> dict[str, Any]:
    inner = f"SELECT 1 FROM {compiled.source}{compiled.where}{_limit(query)}"
    (total,) = db.execute(f"SELECT count(*) FROM ({inner})", compiled.values).fetchone()
    return {"totalSize": total, "done": True, "records": []}


def _aggregate(db: sqlite3.Connection, query: Query, compiled: Compiled, page_size: int) -> dict[str, Any]:
    shown = len(compiled.columns)
    several = len(compiled.groupings) > 1
    matching = f"FROM {compiled.source}{compiled.where}"
    # The rows of subtotals are looked for once.
    found = f"WITH found AS MATERIALIZED (SELECT t0._n {matching}) " if several else ""
    rows_of = f"FROM {compiled.source} WHERE t0._n IN found" if several else matching
    selects = [
        f"SELECT {', '.join(_named('c', each.columns) + _named('s', each.order))} {rows_of}{each.tail}"
        for each in compiled.groupings
    ]
    values = (*compiled.values, *(value for each in compiled.groupings for value in each.values))
    sql = f"{found}SELECT * FROM ({' UNION ALL '.join(selects)}){compiled.order}{_limit(query)}"
    rows = db.execute(sql, values).fetchall()
    if len(rows) > page_size:
        message = "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch"
        raise refuse(400, "EXCEEDED_ID_LIMIT", message)
    convert = [(c.path[-1], column_converter(c)) for c in compiled.columns]
    records = [
        {"attributes": {"type": "AggregateResult"}}
        | {
            key: (value if value is None or change is None else change(value))
            for (key, change), value in zip(convert, row[:shown], strict=True)
        }
        for row in rows
    ]
    return {"totalSize": len(records), "done": True, "records": records}


def _named(letter: str, parts: Iterable[str]) -> list[str]:
    """SQL expressions with names: `x AS c0`, `y AS c1`."""
    return [f"{sql} AS {letter}{n}" for n, sql in enumerate(parts)]


def _fetch(db: sqlite3.Connection, compiled: Compiled, numbers: Iterable[int]) -> list[tuple[Any, ...]]:
    sql = select_rows(compiled, " WHERE t0._n = page.n")
    head, _, rest = sql.partition(f" FROM {compiled.info.table} t0")
    paged = f"{head} FROM page CROSS JOIN {compiled.info.table} t0{rest} ORDER BY page.k"
    numbered = "WITH page (k, n) AS (SELECT key, value FROM json_each(?)) "
    return db.execute(numbered + paged, (json.dumps(list(numbers)),)).fetchall()
