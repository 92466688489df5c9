"""Queries of a collection: filters, order, pages and their tokens.

A page token carries the whole query and the key of the last row, in the recorded form, so that no page depends on
memory of the service; the same token gives the same page while the data stays.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from pardotflow.emulator.clock import pardot_stamp, parse_instant, read_zone
from pardotflow.emulator.exchange import Call, Reply
from pardotflow.emulator.ids import to_18
from pardotflow.emulator.pardot.context import Context
from pardotflow.emulator.pardot.errors import PardotError, json_reply
from pardotflow.emulator.pardot.objects import Collection
from pardotflow.emulator.pardot.past import lagging_source
from pardotflow.emulator.pardot.select import Selection, select_fields, split_fields
from pardotflow.emulator.pardot.visibility import REDACTED, hides_others, owner_column

_SUFFIXES = {
    "GreaterThanOrEqualTo": ("integer", ">="),
    "LessThanOrEqualTo": ("integer", "<="),
    "GreaterThan": ("integer", ">"),
    "LessThan": ("integer", "<"),
    "AfterOrEqualTo": ("datetime", ">="),
    "BeforeOrEqualTo": ("datetime", "<="),
    "After": ("datetime", ">"),
    "Before": ("datetime", "<"),
}
_CONTROL = {"fields", "limit", "orderBy", "deleted", "offset", "nextPageToken"}
_EMPTINESS = {"IsNull": "is", "IsNotNull": "is not"}
_OPERATORS = {"=", ">=", "<=", ">", "<", "in", *_EMPTINESS.values()}
_MOST_IDS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One test. The operator `in` has a list of ids."""

    name: str
    operator: str
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """A whole query. `resume` holds the sort values of the last row of the page before."""

    filters: tuple[Filter, ...] = ()
    order: tuple[tuple[str, bool], ...] = (("id", False),)
    limit: int = 200
    offset: int = 0
    deleted: str = "false"
    order_text: str = ""
    resume: dict[str, Any] | None = None
    page: int = 1
    count: int = 0


def run_query(context: Context, collection: Collection, call: Call) -> Reply:
    """`GET /collection?fields=…`: the envelope with `values` and the way to the next page."""
    given = dict(call.arguments)
    if not given.get("fields", "").strip():
        raise PardotError(13, "fields")
    selection = select_fields(context, collection, split_fields(given["fields"]), code=51, query=True)
    spec = _read_spec(context, collection, given)
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
    token = _write_token(context, replace(spec, resume=keys, page=spec.page + 1, count=seen))
    url = f"{context.url(collection)}?fields={given['fields']}&nextPageToken={token}"
    return json_reply({"nextPageToken": token, "nextPageUrl": url, "values": values}, headers=redacted)


def _read_spec(context: Context, collection: Collection, given: dict[str, str]) -> Spec:
    token = given.get("nextPageToken")
    if token is not None:
        if set(given) - {"fields", "nextPageToken"}:
            raise PardotError(5, "nextPageToken accepts no other parameter than fields")
        return _read_token(context, collection, token)
    filters = [_read_filter(context, collection, name, text) for name, text in given.items() if name not in _CONTROL]
    if len({f.name for f in filters}) > 3:
        raise PardotError(209)
    order_text = given.get("orderBy", "")
    return Spec(
        filters=tuple(filters),
        order=_read_order(collection, order_text),
        order_text=order_text,
        limit=_read_number(given.get("limit", "200"), 1, 1000, code=23),
        offset=_read_number(given.get("offset", "0"), 0, 2000, code=21),
        deleted=_read_deleted(collection, given.get("deleted")),
    )


def _read_number(text: str, least: int, most: int, *, code: int) -> int:
    if not re.fullmatch(r"\d{1,9}", text) or not least <= int(text) <= most:
        raise PardotError(code)
    return int(text)


def _read_deleted(collection: Collection, text: str | None) -> str:
    if text is None:
        return "false"
    if not collection.has_bin or text.lower() not in {"false", "true", "all"}:
        raise PardotError(27 if collection.has_bin else 5, "deleted")
    return text.lower()


def _read_filter(context: Context, collection: Collection, name: str, text: str) -> Filter:
    if name == "idList":
        ids = [part.strip() for part in text.split(",") if part.strip()]
        if not ids or not all(re.fullmatch(r"\d{1,18}", part) for part in ids):
            raise PardotError(16, "idList")
        if len(ids) > _MOST_IDS:
            raise PardotError(63)
        return Filter(name="id", operator="in", value=[int(part) for part in ids])
    for suffix, operator in _EMPTINESS.items():
        if name.removesuffix(suffix) != name and name.removesuffix(suffix) in collection.nullable:
            if text.lower() != "true":
                raise PardotError(50, name)
            return Filter(name=name.removesuffix(suffix), operator=operator, value=None)
    for suffix, (kind, operator) in _SUFFIXES.items():
        base = name.removesuffix(suffix)
        if base != name and collection.filters.get(base) and _kind(collection, base) == kind:
            return Filter(name=base, operator=operator, value=_read_operand(context, kind, name, text))
    if name not in collection.filters or _kind(collection, name) == "datetime":
        raise PardotError(5, name)
    if _kind(collection, name) == "fid":
        # A seeded id may stand in its short form.
        return Filter(name=name, operator="in", value=[to_18(text) or text, text[:15]])
    return Filter(name=name, operator="=", value=_read_operand(context, _kind(collection, name), name, text))


def _kind(collection: Collection, name: str) -> str:
    return collection.attributes[name].type


def _read_operand(context: Context, kind: str, name: str, text: str) -> str | int:
    if kind == "integer":
        if not re.fullmatch(r"-?\d{1,18}", text):
            raise PardotError(51, name)
        return int(text)
    if kind == "datetime":
        return _read_time(context, name, text)
    if kind == "boolean":
        if text.lower() not in {"true", "false"}:
            raise PardotError(50, name)
        return int(text.lower() == "true")
    return text


def _read_time(context: Context, name: str, text: str) -> str:
    """A date-time with an offset; `Z` where the switch lets it."""
    suffix = re.search(r"T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$", text)
    moment = parse_instant(text) if suffix else None
    if moment is None or suffix is None or (suffix[1] == "Z" and not context.state.switches.z_suffix_accepted):
        raise PardotError(7, name)
    if suffix[1] is None:
        moment = moment.replace(tzinfo=read_zone(context.state.switches.pardot_time_zone))
    return pardot_stamp(moment)


def _read_order(collection: Collection, text: str) -> tuple[tuple[str, bool], ...]:
    keys: list[tuple[str, bool]] = []
    for part in (part.strip() for part in text.split(",") if part.strip()):
        name, _, direction = part.partition(" ")
        if name not in collection.sorts:
            raise PardotError(19, name)
        if direction.strip().upper() not in {"", "ASC", "DESC"}:
            raise PardotError(20, direction)
        keys.append((name, direction.strip().upper() == "DESC"))
    if len(keys) > 2:
        raise PardotError(133)
    if len(keys) == 2 and "id" not in dict(keys):
        raise PardotError(135)
    if not any(name == "id" for name, _ in keys):
        keys.append(("id", False))
    return tuple(keys)


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


# -- page tokens


def _write_token(context: Context, spec: Spec) -> str:
    zone = read_zone(context.state.switches.pardot_time_zone)
    life = timedelta(seconds=context.state.switches.page_token_seconds)
    expires = (context.state.moment + life).astimezone(zone).isoformat(timespec="seconds")
    content = {
        "orderBy": spec.order_text,
        "filters": [{"field": f.name, "operator": f.operator, "value": f.value} for f in spec.filters],
        "limit": spec.limit,
        "resumeValue": spec.resume,
        "page": spec.page,
        "recCount": spec.count,
        "expireTime": expires,
        "deleted": None if spec.deleted == "false" else spec.deleted,
    }
    return base64.b64encode(json.dumps(content, separators=(",", ":")).encode()).decode()


def _read_token(context: Context, collection: Collection, token: str) -> Spec:
    try:
        content = json.loads(base64.b64decode(token.replace(" ", "+"), validate=True))
        expires = parse_instant(content["expireTime"])
        spec = Spec(
            filters=tuple(
                Filter(name=f["field"], operator=f["operator"], value=f["value"]) for f in content["filters"]
            ),
            order=_read_order(collection, content["orderBy"]),
            order_text=content["orderBy"],
            limit=int(content["limit"]),
            deleted=content["deleted"] or "false",
            resume=dict(content["resumeValue"]),
            page=int(content["page"]),
            count=int(content["recCount"]),
        )
    except (ValueError, KeyError, TypeError, binascii.Error, PardotError):
        raise PardotError(211) from None
    known = all(f.name in collection.attributes and f.operator in _OPERATORS for f in spec.filters)
    if expires is None or not known or not {name for name, _ in spec.order} <= set(spec.resume or {}):
        raise PardotError(211)
    if expires < context.state.moment:
        raise PardotError(210)
    return spec
