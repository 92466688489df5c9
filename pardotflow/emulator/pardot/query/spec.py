"""What a query asks for: filters, order, page size, the recycle bin (facts pardot_api sections 2.2 and 2.4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pardotflow.emulator.ids import to_18
from pardotflow.emulator.pardot.context import Context
from pardotflow.emulator.pardot.errors import PardotError
from pardotflow.emulator.pardot.schema.objects import Collection
from pardotflow.emulator.pardot.values import read_time

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
OPERATORS = {"=", ">=", "<=", ">", "<", "in", *_EMPTINESS.values()}
LARGEST_PAGE = 1000
_ID = re.compile(r"[0-9]{1,18}")
_INTEGER = re.compile(r"-?[0-9]{1,18}")


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


def read_spec(context: Context, collection: Collection, given: Mapping[str, str]) -> Spec:
    """The query of these parameters; raises `PardotError` for one that cannot be."""
    filters = [_read_filter(context, collection, name, text) for name, text in given.items() if name not in _CONTROL]
    if len({f.name for f in filters}) > 3:
        raise PardotError(209)
    order_text = given.get("orderBy", "")
    return Spec(
        filters=tuple(filters),
        order=read_order(collection, order_text),
        order_text=order_text,
        limit=_read_number(given.get("limit", "200"), 1, LARGEST_PAGE, code=23),
        offset=_read_number(given.get("offset", "0"), 0, 2000, code=21),
        deleted=read_deleted(collection, given.get("deleted"), {"false", "true", "all"}),
    )


def _read_number(text: str, least: int, most: int, *, code: int) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
        raise PardotError(code)
    return int(text)


def read_deleted(collection: Collection, text: str | None, words: set[str]) -> str:
    """Which records are wanted with regard to the recycle bin: one of `words`. Raises 5 or 27."""
    if text is None:
        return "false"
    if not collection.has_bin or text.lower() not in words:
        raise PardotError(27 if collection.has_bin else 5, "deleted")
    return text.lower()


def _read_filter(context: Context, collection: Collection, name: str, text: str) -> Filter:
    if name == "idList":
        ids = [part.strip() for part in text.split(",") if part.strip()]
        if not ids or not all(_ID.fullmatch(part) for part in ids):
            raise PardotError(16, "idList")
        if len(ids) > context.state.switches.id_list_longest:
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
        if not _INTEGER.fullmatch(text):
            raise PardotError(51, name)
        return int(text)
    if kind == "datetime":
        stamp = read_time(text, context.state.switches)
        if stamp is None:
            raise PardotError(7, name)
        return stamp
    if kind == "boolean":
        if text.lower() not in {"true", "false"}:
            raise PardotError(50, name)
        return int(text.lower() == "true")
    return text


def read_order(collection: Collection, text: str) -> tuple[tuple[str, bool], ...]:
    """The sort fields, each with whether it goes down; `id` is always among them. Raises 19, 20, 133 or 135."""
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
