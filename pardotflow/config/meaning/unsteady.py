"""Columns of models that are other values at every run, although no data changed: no plan would ever settle.

What a sync reads is followed back through models, subqueries and common table expressions by the names of columns,
without regard to where a name comes from: that finds too much rather than too little. A comparison ends it, since a
window that moves (`where seen > current_date - 30`) is what models are for; chance in it does not.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp

from pardotflow.config.meaning.expressions import expressions_of
from pardotflow.config.meaning.scope import Scope, fields_in, refs_of
from pardotflow.config.models import span_in_model
from pardotflow.config.project import Model, Side, Sync
from pardotflow.config.sql_text import SqlPlace, place_at, place_of
from pardotflow.config.unsteady import Unsteady, name_of, unsteady
from pardotflow.core.values import System

_FILTERS = (exp.Predicate, exp.Where, exp.Having, exp.Qualify, exp.Join, exp.Filter, exp.Order, exp.Limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Origin:
    """The function that makes a column unsteady, and its model."""

    kind: Unsteady
    model: Model
    node: exp.Expr


@dataclass(slots=True)
class _Columns:
    """The unsteady columns of one model. `rows` is what makes the choice of its rows a matter of chance."""

    origins: dict[str, _Origin] = field(default_factory=dict)
    rows: _Origin | None = None


def check_unsteady(scope: Scope) -> None:
    """Every model that a sync reads: once for each function that its values come from."""
    known: dict[str, _Columns] = {}
    said: set[int] = set()
    for sync in scope.project.syncs:
        for side in sync.sides:
            model = scope.model(side.model) if side.system is System.WAREHOUSE else None
            if model is None:
                continue
            columns = _columns(scope, model, known, ())
            read = {name.lower() for name in _read(scope, sync, side)}
            found = [(name, origin) for name, origin in columns.origins.items() if name in read]
            for name, origin in [*found, *([("", columns.rows)] if columns.rows else [])]:
                if id(origin.node) not in said:
                    said.add(id(origin.node))
                    _report(scope, sync, name, origin)


def _report(scope: Scope, sync: Sync, column: str, origin: _Origin) -> None:
    span = span_in_model(origin.model, scope.project.root, _place(origin))
    name = name_of(origin.node)
    function = name if isinstance(origin.node, exp.TableSample) or name.startswith("current_") else f"{name}()"
    what = f'the column "{column}", which the sync {sync.name} reads' if column else f"what the sync {sync.name} reads"
    match origin.kind:
        case Unsteady.DAY:
            message = f"{function} makes {what}, another value every day"
            help = "Each record is written every day. Map the date itself, or compare it: a moving window is fine."
            scope.findings.warning("PF174", message, span, help)
        case Unsteady.MOMENT:
            message = f"{function} makes {what}, another value at every run"
            help = "Take a time from the data, or current_date where days are enough."
            scope.findings.error("PF174", message, span, help)
        case _:
            message = f"{function} makes {what}, a matter of chance at every run"
            help = "Take a column of the data, or hash() of one; a sample needs REPEATABLE (a number)."
            scope.findings.error("PF174", message, span, help)


def _place(origin: _Origin) -> SqlPlace:
    if "col" in origin.node.meta:
        return place_of(origin.node)
    # The parser keeps no place of words that stand without brackets.
    words = {"current_date": r"current_date|today"}.get(name_of(origin.node), re.escape(name_of(origin.node)))
    word = re.search(rf"\b({words})\b", origin.model.sql, re.IGNORECASE)
    return place_at(origin.model.sql, word.start(), len(word[0])) if word else SqlPlace()


def _read(scope: Scope, sync: Sync, side: Side) -> Iterator[str]:
    """The columns of a side's model that the sync names."""
    refs = [ref for mapping in sync.fields for s, ref in refs_of(sync, mapping) if s is side]
    refs += [part.a if side is sync.a else part.b for key in sync.match for part in key.parts]
    for ref in refs:
        yield from (name for name, _, _ in fields_in(ref))
    yield side.key
    for expression in expressions_of(sync):
        if expression.reads is side:
            tree = _parsed(expression.sql)
            yield from (column.name for column in tree.find_all(exp.Column)) if tree else ()


def _parsed(sql: str) -> exp.Expr | None:
    try:
        return sqlglot.parse_one(sql, dialect="duckdb") if sql else None
    except sqlglot.errors.SqlglotError:
        return None


def _columns(scope: Scope, model: Model, known: dict[str, _Columns], above: tuple[str, ...]) -> _Columns:
    """The unsteady columns of a model and of those that it reads."""
    if model.name not in known:
        below = [m for ref in model.refs if ref not in above and (m := scope.model(ref))]
        parts = [_columns(scope, m, known, (*above, model.name)) for m in below]
        found = _Columns(rows=next((p.rows for p in parts if p.rows), None))
        given: dict[str, _Origin] = {}
        for part in parts:
            _join(given, part.origins)
        query = _parsed(model.sql)
        if isinstance(query, exp.Query):
            _follow(model, query, given, found)
        known[model.name] = found
    return known[model.name]


def _follow(model: Model, query: exp.Query, given: dict[str, _Origin], found: _Columns) -> None:
    """The names that carry an unsteady value, until no new one is found; then those of the result."""
    names = dict(given)
    while True:
        before = len(names)
        for alias, carrier in _carriers(query):
            if alias and (origin := _origin(model, carrier, names)) and alias not in names:
                names[alias] = origin
        if len(names) == before:
            break
    own = {n.lower() for n in query.named_selects}
    found.origins = {n: o for n, o in names.items() if query.is_star or n in own}
    carried = {id(node) for _, carrier in _carriers(query) for node in _walk(carrier)}
    deciding = (_own(model, node, names) for node in query.walk() if id(node) not in carried)
    found.rows = found.rows or next((o for o in deciding if o is not None and o.kind is Unsteady.CHANCE), None)


def _carriers(query: exp.Query) -> Iterator[tuple[str, exp.Expr]]:
    """Every column of every SELECT inside a query by each name that it has, in lower case."""
    for select in query.find_all(exp.Select):
        for column in select.expressions:
            yield from _named(column)
    for union in query.find_all(exp.SetOperation):
        names = union.named_selects
        for part in (union.left, union.right):
            columns = part.selects if isinstance(part, exp.Query) else []
            yield from ((name.lower(), column) for name, column in zip(names, columns, strict=False))
    for alias in query.find_all(exp.TableAlias):
        names = [column.name.lower() for column in alias.args.get("columns") or ()]
        inner = alias.parent.this if isinstance(alias.parent, exp.CTE | exp.Subquery) else alias.parent
        rows = inner.expressions if isinstance(inner, exp.Values) else ()
        listed = [inner.selects] if isinstance(inner, exp.Query) else [row.expressions for row in rows]
        yield from (pair for row in listed for pair in zip(names, row, strict=False))


def _named(column: exp.Expr) -> Iterator[tuple[str, exp.Expr]]:
    yield column.alias_or_name.lower(), column
    for replaced in column.args.get("replace") or column.args.get("replace_") or ():
        yield replaced.alias_or_name.lower(), replaced


def _walk(node: exp.Expr) -> Iterator[exp.Expr]:
    """The nodes whose value goes into the value of this one."""
    return (n for n in node.walk(prune=lambda n: isinstance(n, _FILTERS)) if not isinstance(n, _FILTERS))


def _origin(model: Model, carrier: exp.Expr, names: Mapping[str, _Origin]) -> _Origin | None:
    """The worst that a column's value comes from."""
    found = [origin for node in _walk(carrier) if (origin := _own(model, node, names)) is not None]
    return max(found, key=lambda origin: origin.kind, default=None)


def _own(model: Model, node: exp.Expr, names: Mapping[str, _Origin]) -> _Origin | None:
    """What one node is by itself: an unsteady function, or a column that holds such a value."""
    if (kind := unsteady(node)) is not None:
        return _Origin(kind=kind, model=model, node=node)
    return names.get(node.name.lower()) if isinstance(node, exp.Column) else None


def _join(into: dict[str, _Origin], more: Mapping[str, _Origin]) -> None:
    for name, origin in more.items():
        if name not in into or into[name].kind < origin.kind:
            into[name] = origin
