"""Queries of a collection: one page of what `query_spec` reads, and the way to the next (facts pardot_api 2.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pardotflow.emulator.exchange import Call, Reply
from pardotflow.emulator.pardot.context import Context
from pardotflow.emulator.pardot.errors import PardotError, json_reply
from pardotflow.emulator.pardot.query.page_token import read_token, write_token
from pardotflow.emulator.pardot.query.past import lagging_source
from pardotflow.emulator.pardot.query.select import Selection, required_fields, select_fields
from pardotflow.emulator.pardot.query.spec import Filter, Spec, read_spec
from pardotflow.emulator.pardot.query.visibility import REDACTED, hides_others, owner_column
from pardotflow.emulator.pardot.schema.objects import Collection


def run_query(context: Context, collection: Collection, call: Call) -> Reply:
    """`GET /collection?fields=…`: the envelope with `values` and the way to the next page."""
    given = dict(call.arguments)
    selection = select_fields(context, collection, required_fields(call), code=51, query=True)
    token = given.get("nextPageToken")
    if token is None:
        spec = read_spec(context, collection, given)
    elif set(given) - {"fields", "nextPageToken"}:
        raise PardotError(5, "nextPageToken accepts no other parameter than fields")
    else:
        spec = read_token(context, collection, token)
    rows = _fetch(context, collection, spec, selection)
    page = rows[: spec.limit]
    shown = [row for row in page if row[-1] == context.user_id] if hides_others(context, collection) else page
    values = [selection.build(row) for row in shown]
    redacted = REDACTED if len(shown) < len(page) else {}
    ceiling = context.state.switches.page_token_ceiling
    seen = spec.count + len(page)
    if len(rows) <= spec.limit:
        return json_reply({"nextPageToken": None, "nextPageUrl": None, "values": values}, headers=redacted)
    if seen >= ceiling:
        warning = "203;Record count for nextPageToken sequence has been exceeded. No page token returned."
        envelope = {"nextPageToken": None, "nextPageUrl": None, "values": values}
        return json_reply(envelope, headers={"Pardot-Warning": warning})
    last = page[-1][len(selection.columns) : -1]
    keys = dict(zip(("id", *(name for name, _ in spec.order)), last, strict=True))
    following = write_token(context, replace(spec, resume=keys, page=spec.page + 1, count=seen))
    url = f"{context.url(collection)}?fields={given['fields']}&nextPageToken={following}"
    return json_reply({"nextPageToken": following, "nextPageUrl": url, "values": values}, headers=redacted)


# -- SQL


def _fetch(context: Context, collection: Collection, spec: Spec, selection: Selection) -> list[Sequence[Any]]:
    """One row more than a page; after the selected columns come id, the sort values, and whose it is."""
    source, values = lagging_source(context.state, collection)
    tests: list[str] = []
    for test in spec.filters:
        _add_test(context, collection, test, tests, values)
    if collection.has_bin and spec.deleted != "all":
        tests.append(f'coalesce(t."isDeleted", 0) = {int(spec.deleted == "true")}')
    if spec.resume is not None:
        tests.append(_resume(spec.order, spec.resume, values))
    keys = ", ".join(f't."{name}"' for name in ("id", *(name for name, _ in spec.order)))
    order = ", ".join(f't."{name}" {"DESC" if down else "ASC"}' for name, down in spec.order)
    where = f" WHERE {' AND '.join(tests)}" if tests else ""
    sql = (
        f"SELECT {', '.join((*selection.columns, keys, owner_column(collection, 't')))}"
        f" FROM {source} t{selection.joins}{where}"
        f" ORDER BY {order} LIMIT ? OFFSET ?"
    )
    return context.db.execute(sql, [*values, spec.limit + 1, spec.offset if spec.resume is None else 0]).fetchall()


def _add_test(context: Context, collection: Collection, test: Filter, tests: list[str], values: list[object]) -> None:
    column = f't."{test.name}"'
    if test.operator == "in":
        tests.append(f"{column} IN ({','.join('?' * len(test.value))})")
        values.extend(test.value)
        return
    if (
        collection.path == "prospects"
        and test.name == "email"
        and not context.state.switches.email_match_case_sensitive
    ):
        column += " COLLATE NOCASE"
    tests.append(f"{column} {test.operator} ?")
    values.append(test.value)


def _resume(order: tuple[tuple[str, bool], ...], resume: dict[str, Any], values: list[object]) -> str:
    """Rows after the last one: keyset paging over one sort column and id. Empty values sort lowest."""
    if order[0][0] == "id":
        values.append(resume["id"])
        return f't."id" {"<" if order[0][1] else ">"} ?'
    (name, down), (_, id_down) = order[0], order[1]
    column, value = f't."{name}"', resume[name]
    after_id = f't."id" {"<" if id_down else ">"} ?'
    if value is None:
        values.append(resume["id"])
        rest = "" if down else f" OR {column} IS NOT NULL"
        return f"(({column} IS NULL AND {after_id}){rest})"
    values.extend([value, value, resume["id"]])
    if down:
        return f"({column} IS NULL OR {column} < ? OR ({column} = ? AND {after_id}))"
    return f"({column} >= ? AND ({column} > ? OR {after_id}))"
