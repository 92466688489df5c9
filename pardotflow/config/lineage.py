"""Where a column of a model comes from: a field of a record under another name, or something that is computed.

A column is a plain rename where every step from the model down to a source, through common table expressions,
subqueries and other models, is the name of one column of one table. It belongs to the model's record only where it
comes from the same place in the same table as the record's id: a field of a joined record is another record's.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from pardotflow.config.project import Model, Side
from pardotflow.config.sql_text import SqlPlace, place_of
from pardotflow.core.values import System

_MOST_STEPS = 100
_LONGEST = 80
ID_COLUMNS: Mapping[System, str] = {System.SALESFORCE: "Id", System.PARDOT: "id"}
"""Under which name a read model shows the id of the record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """A field of a source under another name. `steps` names the tables on the way, each by where it is read."""

    source: str
    field: str
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """What stands in the way: the text of an expression, and its place in the SQL of a model."""

    text: str
    model: str
    place: SqlPlace


@dataclass(frozen=True, slots=True, kw_only=True)
class _Query:
    """One SELECT and the names that it may read: common table expressions that stand before it, outer ones too."""

    model: str
    tree: exp.Select
    known: Mapping[str, exp.Query]


def origin_of(side: Side, column: str) -> Plain | Obstacle | None:
    """Where a column of a side's read model comes from: `Plain` for a field of the side's own record alone; None where
    the side has no model, or the model no such column."""
    if not side.objects or not side.model:
        return None
    models = {m.name: m for m in side.behind}
    found, own = trace(models, side.model, column), trace(models, side.model, ID_COLUMNS[side.system])
    if isinstance(found, Plain) and not (isinstance(own, Plain) and own.steps == found.steps):
        return replace(_first(models, side.model, column), text=f"{column}, a column of another record")
    return found


def id_of(side: Side) -> Plain | Obstacle | None:
    """Where the id in a side's read model comes from."""
    return origin_of(side, ID_COLUMNS[side.system])


def behind(models: Mapping[str, Model], model: str) -> tuple[Model, ...]:
    """A model and all that it reads, as far as they are known, in the order of their names."""
    kept: dict[str, Model] = {}
    waiting = [model]
    while waiting:
        name = waiting.pop()
        if name in models and name not in kept:
            kept[name] = models[name]
            waiting.extend(models[name].refs)
    return tuple(kept[name] for name in sorted(kept))


def _first(models: Mapping[str, Model], model: str, column: str) -> Obstacle:
    """The expression of a model for one of its columns; the whole model where that is not written out."""
    tree = _parsed(models[model].sql)
    named = [e for e in getattr(tree, "expressions", ()) if e.alias_or_name.lower() == column.lower()]
    return _obstacle(model, named[0]) if named else Obstacle(text="", model=model, place=SqlPlace())


@lru_cache(maxsize=64)
def _parsed(sql: str) -> exp.Expr | None:
    """The tree of a model, which nothing here changes; None where it is no SQL, which has been said."""
    try:
        return sqlglot.parse_one(sql, dialect="duckdb")
    except SqlglotError:
        return None


def trace(models: Mapping[str, Model], model: str, column: str) -> Plain | Obstacle | None:
    """Where a column of a model comes from; None where the model has none of that name."""
    return _in_model(models, model, column, ())


def _in_model(models: Mapping[str, Model], model: str, column: str, steps: tuple[str, ...]) -> Plain | Obstacle | None:
    found = models.get(model)
    if found is None or not found.sql or len(steps) > _MOST_STEPS:
        return Obstacle(text=f"the model {model}", model=model, place=SqlPlace())
    tree = _parsed(found.sql)
    if tree is None:
        return Obstacle(text=f"the model {model}", model=model, place=SqlPlace())
    return _in_query(models, model, tree, {}, column, steps)


def _in_query(
    models: Mapping[str, Model],
    model: str,
    tree: exp.Expr,
    known: Mapping[str, exp.Query],
    column: str,
    steps: tuple[str, ...],
) -> Plain | Obstacle | None:
    while isinstance(tree, exp.Subquery) and not tree.alias:
        tree = tree.this
    if isinstance(tree, exp.Subquery):
        tree = tree.this
    if not isinstance(tree, exp.Select):
        return _obstacle(model, tree)
    start = tree.args.get("with_")
    if start is not None and (start.args.get("recursive") or any(_names_columns(cte) for cte in tree.ctes)):
        return _obstacle(model, tree)
    inner = {**known, **{cte.alias.lower(): cte.this for cte in tree.ctes}}
    query = _Query(model=model, tree=tree, known=inner)
    named = [e for e in tree.expressions if e.alias_or_name.lower() == column.lower() and not e.is_star]
    if named:
        return _through(models, query, named[0], steps) if len(named) == 1 else _obstacle(model, named[1])
    return _through_star(models, query, column, steps)


def _through(
    models: Mapping[str, Model], query: _Query, expression: exp.Expr, steps: tuple[str, ...]
) -> Plain | Obstacle | None:
    """One expression of a SELECT: a name of a column, with or without its table."""
    column = expression.unalias()
    while isinstance(column, exp.Paren):
        column = column.this
    if not isinstance(column, exp.Column) or len(column.parts) > 2:
        return _obstacle(query.model, expression)
    tables = dict(_tables(query.tree))
    if column.table:
        table = tables.get(column.table.lower())
    else:
        # Which of several tables has the name is for the engine to say, and it may change with their columns.
        table = next(iter(tables.values())) if len(tables) == 1 else None
    if table is None:
        return _obstacle(query.model, expression)
    return _in_table(models, query, table, column.name, steps) or _obstacle(query.model, expression)


def _through_star(
    models: Mapping[str, Model], query: _Query, column: str, steps: tuple[str, ...]
) -> Plain | Obstacle | None:
    """A column that no expression names: of a table whose columns are all taken over, where there is one of them."""
    stars = [e for e in query.tree.expressions if e.is_star]
    tables = dict(_tables(query.tree))
    found: list[Plain | Obstacle] = []
    if stars and query.tree.args.get("exclude"):
        return _obstacle(query.model, stars[0])
    for star in stars:
        inner = star.this if isinstance(star, exp.Column) else star
        if inner.args.get("except_") or inner.args.get("replace") or inner.args.get("rename"):
            return _obstacle(query.model, star)
        name = star.table.lower() if isinstance(star, exp.Column) else ""
        taken = [tables[name]] if name in tables else [] if name else list(tables.values())
        if len(taken) != 1 or len(stars) != 1:
            return _obstacle(query.model, star)
        table = _in_table(models, query, taken[0], column, steps)
        found += [table] if table else []
    return found[0] if found else None


def _in_table(
    models: Mapping[str, Model], query: _Query, table: exp.Expr, column: str, steps: tuple[str, ...]
) -> Plain | Obstacle | None:
    """A column of what a FROM or a JOIN reads."""
    here = (*steps, f"{query.model} {_place_of_table(table)}")
    if _names_columns(table) or table.args.get("pivots"):
        return _obstacle(query.model, table)
    if isinstance(table, exp.Subquery):
        return _in_query(models, query.model, table.this, query.known, column, here)
    if not isinstance(table, exp.Table) or not isinstance(table.this, exp.Identifier):
        return _obstacle(query.model, table)
    name = table.name
    if name.lower() in query.known:
        outer = {n: q for n, q in query.known.items() if n != name.lower()}
        return _in_query(models, query.model, query.known[name.lower()], outer, column, here)
    if name.startswith("src_"):
        return Plain(source=name.removeprefix("src_"), field=column, steps=here)
    return _in_model(models, name.removeprefix("model_"), column, here)


def _names_columns(table: exp.Expr) -> bool:
    """True where an alias gives the columns names of its own."""
    alias = table.args.get("alias")
    return isinstance(alias, exp.TableAlias) and bool(alias.columns)


def _place_of_table(table: exp.Expr) -> str:
    """What tells a table of a query from another one that reads the same: where it stands."""
    names = [i for i in table.find_all(exp.Identifier) if "start" in i.meta]
    start = min((int(i.meta["start"]) for i in names), default=0)
    return f"{table.alias_or_name.lower()}@{start}"


def _tables(select: exp.Select) -> Iterator[tuple[str, exp.Expr]]:
    """What a SELECT reads, by the name that its columns are qualified with."""
    start = select.args.get("from_")
    for table in [*([start.this] if start else []), *(join.this for join in select.args.get("joins") or ())]:
        yield table.alias_or_name.lower(), table
    for number, lateral in enumerate(select.args.get("laterals") or ()):
        yield f"lateral {number}", lateral


def _obstacle(model: str, expression: exp.Expr) -> Obstacle:
    names = [i for i in expression.find_all(exp.Identifier) if "start" in i.meta]
    first = min(names, key=lambda i: int(i.meta["start"]), default=None)
    text = expression.sql(dialect="duckdb", comments=False)
    text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return Obstacle(text=text, model=model, place=place_of(first) if first else SqlPlace())
