"""The `fields` parameter: which attributes an answer shows, also of related records.

Keys stand in the order of the service: id first, then by name, custom fields last. A related record is a nested
object; a relation that leads nowhere is null.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pardotflow.emulator.clock import show_pardot_time
from pardotflow.emulator.exchange import Call
from pardotflow.emulator.pardot.context import Context
from pardotflow.emulator.pardot.errors import PardotError
from pardotflow.emulator.pardot.schema.objects import Attribute, Collection

MOST_HOPS = 3
# So many related records fit into one statement; the vendor's bound is not known.
_MOST_RELATED = 60
Show = Callable[[Any], Any]


@dataclass(slots=True, kw_only=True)
class _Node:
    """The selected attributes of one record and, by relation, of those it leads to."""

    collection: Collection
    alias: str
    names: dict[str, int] = field(default_factory=dict)
    related: dict[str, _Node] = field(default_factory=dict)
    id_place: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """SQL columns and joins for the wanted fields, and how rows become objects; `times` are the date-times of them."""

    columns: tuple[str, ...]
    joins: str
    times: frozenset[str]
    build: Callable[[Sequence[Any]], dict[str, Any]]


def split_fields(text: str) -> list[str]:
    """The names of a `fields` parameter; spaces around commas are tolerated."""
    return [name.strip() for name in text.split(",") if name.strip()]


def required_fields(call: Call) -> list[str]:
    """The names of the `fields` parameter of a read; raises 13 where there is none."""
    names = split_fields(call.argument("fields") or "")
    if not names:
        raise PardotError(13, "fields")
    return names


def select_fields(
    context: Context, collection: Collection, names: Sequence[str], *, code: int, query: bool
) -> Selection:
    """Resolve names; an unknown one raises `code`, an array in a query raises 224."""
    selector = _Selector(context, collection, code=code, query=query)
    for name in names:
        selector.add(name)
    return selector.finish()


class _Selector:
    def __init__(self, context: Context, collection: Collection, *, code: int, query: bool) -> None:
        self.context = context
        self.root = _Node(collection=collection, alias="t")
        self.code = code
        self.query = query
        self.columns: list[str] = []
        self.joins: list[str] = []
        self.times: set[str] = set()

    def add(self, name: str) -> None:
        *hops, last = name.split(".")
        if len(hops) > MOST_HOPS:
            raise PardotError(self.code, name)
        node = self.root
        for hop in hops:
            node = self.follow(node, hop, name)
        attribute = node.collection.attributes.get(last)
        if attribute is None or attribute.hidden:
            raise PardotError(self.code, name)
        if self.query and attribute.is_array:
            raise PardotError(224, name)
        if attribute.type == "datetime":
            self.times.add(name)
        if last not in node.names:
            node.names[last] = self.column(node.alias, last)

    def column(self, alias: str, name: str) -> int:
        self.columns.append(f'{alias}."{name}"')
        return len(self.columns) - 1

    def follow(self, node: _Node, hop: str, name: str) -> _Node:
        if hop not in node.collection.relations:
            raise PardotError(self.code, name)
        if hop not in node.related:
            if len(self.joins) == _MOST_RELATED:
                raise PardotError(self.code, name)
            column, path = node.collection.relations[hop]
            target = self.context.collections[path]
            alias = f"t{len(self.joins) + 1}"
            self.joins.append(f' LEFT JOIN "{target.table}" {alias} ON {alias}."id" = {node.alias}."{column}"')
            made = _Node(collection=target, alias=alias)
            made.id_place = self.column(alias, "id")
            node.related[hop] = made
        return node.related[hop]

    def finish(self) -> Selection:
        plan = _plan(self.context, self.root)
        return Selection(
            columns=tuple(self.columns),
            joins="".join(self.joins),
            times=frozenset(self.times),
            build=lambda row: _build(plan, row),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What `_build` does, decided once for all rows: (key, place, how to show, plan of a related record)."""

    entries: tuple[tuple[str, int, Show | None, _Plan | None], ...]


def _plan(context: Context, node: _Node) -> _Plan:
    keys = sorted([*node.names, *node.related], key=lambda name: (name != "id", name.endswith("__c"), name))
    entries: list[tuple[str, int, Show | None, _Plan | None]] = []
    for key in keys:
        if key in node.related:
            inner = node.related[key]
            entries.append((key, inner.id_place, None, _plan(context, inner)))
        else:
            entries.append((key, node.names[key], show_as(context, node.collection.attributes[key]), None))
    return _Plan(entries=tuple(entries))


def _build(plan: _Plan, row: Sequence[Any]) -> dict[str, Any]:
    built: dict[str, Any] = {}
    for key, place, show, inner in plan.entries:
        value = row[place]
        if inner is not None:
            built[key] = None if value is None else _build(inner, row)
        else:
            built[key] = value if show is None or value is None else show(value)
    return built


def show_as(context: Context, attribute: Attribute) -> Show | None:
    """How a stored value of an attribute is shown; None where it is shown as it is stored."""
    if attribute.type == "boolean":
        return bool
    if attribute.type == "datetime":
        zone = context.state.switches.pardot_time_zone
        return lambda stored: show_pardot_time(stored, zone)
    if attribute.type == "ref":
        return lambda stored: context.base_url + stored
    if attribute.type == "refs":
        return lambda stored: [context.base_url + path for path in json.loads(stored)]
    if attribute.type == "array":
        return _show_array
    if attribute.type == "json":
        return _show_json
    if attribute.type == "number" and context.state.switches.number_custom_field_form == "string":
        return str
    return None


def _show_json(text: str) -> object:
    shown: object = json.loads(text)
    return shown


def _show_array(stored: object) -> list[object]:
    """The values of a field with several; one that had a single value before shows that value."""
    try:
        shown = json.loads(str(stored))
    except ValueError:
        shown = stored
    return shown if isinstance(shown, list) else [str(stored)]


def show_record(
    context: Context, collection: Collection, record_id: int, names: Sequence[str], code: int = 180
) -> Mapping[str, Any]:
    """One record as it stands in the primary store, for the answer to a write; `code` is for a name that is none."""
    selection = select_fields(context, collection, names, code=code, query=False)
    row = context.db.execute(
        f'SELECT {", ".join(selection.columns)} FROM "{collection.table}" t{selection.joins} WHERE t."id" = ?',
        (record_id,),
    ).fetchone()
    return selection.build(row)
