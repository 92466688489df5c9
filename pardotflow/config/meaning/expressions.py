"""SQL in `sql`, `when`, `set`, `select` and `do_not_sync`: one expression over one record.

The first three read the record of the other side, the last two the side's own. Names may be qualified by the system
that they come from; a name without one belongs to the record that is read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from pardotflow.config.findings import suggest
from pardotflow.config.meaning.fields import check_selected, unknown_parent_help
from pardotflow.config.meaning.scope import VENDORS, Scope, is_same, other_side, refs_of
from pardotflow.config.meaning.sources import unknown_column_help
from pardotflow.config.project import CreateRule, FieldMapping, Side, Sync, TextPlace
from pardotflow.config.sql_text import SqlPlace, place_of, problem_of
from pardotflow.core.describe import ObjectInfo
from pardotflow.core.span import Span
from pardotflow.core.values import System


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """One text of SQL: what it reads, what it is for, and where it stands."""

    sql: str
    reads: Side
    fills: Side
    place: TextPlace | None
    span: Span

    def at(self, place: SqlPlace) -> Span:
        """A place in the SQL as one in the file."""
        return self.place.at(place.line, place.column, place.length) if self.place else self.span


def check_expressions(scope: Scope) -> None:
    """Every expression of every sync."""
    for expression in expressions_of(scope):
        tree = _parse(scope, expression)
        for column in tree.find_all(exp.Column) if tree else ():
            _check_column(scope, expression, column)


def expressions_of(scope: Scope) -> Iterator[Expression]:
    """The expressions of all syncs, in their order."""
    for sync in scope.project.syncs:
        for mapping in sync.fields:
            yield from _of_mapping(sync, mapping)
        for side in sync.sides:
            if side.system in sync.pick:
                pick = sync.pick[side.system]
                yield Expression(sql=pick.sql, reads=side, fills=side, place=pick.place, span=pick.span)
            yield from of_side(side)
            if side.system in sync.create:
                yield from _of_rule(sync.create[side.system], other_side(sync, side), side)


def of_side(side: Side) -> Iterator[Expression]:
    """The conditions that say which records of a side take part: they read the record that they decide about."""
    for key, sql in (("select", side.select), ("do_not_sync", side.do_not_sync)):
        if sql:
            yield Expression(sql=sql, reads=side, fills=side, place=side.places.get(key), span=side.at(key))


def _of_mapping(sync: Sync, mapping: FieldMapping) -> Iterator[Expression]:
    for side, _ in refs_of(sync, mapping) if mapping.sql else ():
        reads = other_side(sync, side)
        yield Expression(sql=mapping.sql, reads=reads, fills=side, place=mapping.place, span=mapping.at("sql"))


def _of_rule(rule: CreateRule, reads: Side, fills: Side) -> Iterator[Expression]:
    if rule.when:
        place = rule.places.get("when")
        yield Expression(sql=rule.when, reads=reads, fills=fills, place=place, span=rule.at("when"))
    for name, sql in rule.set.items():
        span = rule.set_spans.get(name, rule.span)
        yield Expression(sql=sql, reads=reads, fills=fills, place=rule.places.get(f"set.{name}"), span=span)


def _parse(scope: Scope, expression: Expression) -> exp.Expr | None:
    """The tree, or None where it is not one expression that stands for one value of one record."""
    try:
        statements = [s for s in sqlglot.parse(expression.sql, dialect="duckdb") if s is not None]
    except SqlglotError as e:
        message, place = problem_of(e)
        scope.findings.error("PF170", message, expression.at(place))
        return None
    reason, help = _why_refused(statements)
    if reason:
        message = f"this must be one expression over one record: {reason}"
        scope.findings.error("PF171", message, expression.at(SqlPlace()), help)
        return None
    return statements[0]


_UNSTEADY = frozenset(
    {
        "random",
        "rand",
        "uuid",
        "uuidv4",
        "uuidv7",
        "gen_random_uuid",
        "get_current_timestamp",
        "now",
        "today",
        "get_current_time",
        "transaction_timestamp",
    }
    | {"current_date", "current_time", "current_timestamp", "currentdate", "currenttime", "currenttimestamp"}
    | {"current_localtime", "current_localtimestamp", "localtime", "localtimestamp"}
)


def _why_refused(statements: Sequence[exp.Expr]) -> tuple[str, str]:
    """Why the parsed text is not one value of one record, and the way out; two empty texts where it is."""
    model = "Compute it in a model and map its column."
    if len(statements) != 1:
        return ("it holds several statements", "Keep one.") if statements else ("it is empty", "")
    tree = statements[0]
    if isinstance(tree, exp.Alias):
        return "it gives itself a name", f'Remove "as {tree.alias}".'
    if isinstance(tree, exp.Star):
        return "* is many values", "Name the field."
    if tree.find(exp.Query) or not isinstance(tree, exp.Condition | exp.AtTimeZone | exp.Interval):
        return "it holds a statement", model
    if tree.find(exp.AggFunc, exp.Window):
        return "it computes over many records", model
    unsteady = next((name for function in tree.find_all(exp.Func) if (name := _unsteady(function))), "")
    if unsteady:
        return f"{unsteady} is another value at every run", "Map a column, or compute it in the warehouse."
    has_parameter = tree.find(exp.Parameter, exp.Placeholder) is not None
    return ("it has a parameter", "Use var() for values from outside.") if has_parameter else ("", "")


def _unsteady(function: exp.Func) -> str:
    """The name of a function whose value is another one at every run, or the empty text."""
    name = (function.name if isinstance(function, exp.Anonymous) else function.sql_name()).lower()
    return name if name in _UNSTEADY else ""


def _check_column(scope: Scope, expression: Expression, column: exp.Column) -> None:
    parts = column.parts
    reads, fills = expression.reads, expression.fills
    qualifier = parts[0].name if len(parts) > 1 else reads.system
    span = expression.at(place_of(parts[0]))
    if is_same(qualifier, reads.system):
        _check_name(scope, expression, parts[1:] or parts)
    elif is_same(qualifier, fills.system):
        message = f"a value for {fills.system} is computed from the {reads.system} record alone"
        scope.findings.error("PF173", message, span, f"Use fields of {reads.system}.")
    elif any(info.reference(f"{qualifier}.") for info in _infos(scope, reads)):
        _check_name(scope, expression, parts)
    else:
        help = suggest(qualifier, [reads.system], "Known here")
        scope.findings.error("PF173", f'"{qualifier}" is not the side that this expression reads', span, help)


def _infos(scope: Scope, side: Side) -> list[ObjectInfo]:
    return [info for item in side.objects if (info := scope.object_info(side, item)) is not None]


def _check_name(scope: Scope, expression: Expression, path: Sequence[exp.Expr]) -> None:
    side, name = expression.reads, ".".join(part.name for part in path)
    span = expression.at(place_of(path[-1]))
    if "." in name and side.system in VENDORS:
        _check_path(scope, expression, name, span)
        return
    known = {name: scope.names_in(side, name) for name in side.names}
    if any(names is None for names in known.values()):
        return
    owners = [o for o, names in known.items() if any(is_same(name, n) for n in names or ())]
    if not owners:
        every = tuple(dict.fromkeys(n for names in known.values() for n in names or ()))
        _report_unknown(scope, expression, path[-1], every)
    for owner in owners:
        check_selected(scope, side, owner, name, span)


def _check_path(scope: Scope, expression: Expression, path: str, span: Span) -> None:
    """A field of a parent record: one of the side's objects has such a parent with such a field."""
    side, infos = expression.reads, _infos(scope, expression.reads)
    owners = [info for info in infos if info.field(path) is not None or info.is_unseen(path)]
    if infos and not owners:
        message = f'unknown field "{path}" of a parent of {side.system} {" or ".join(side.objects)}'
        referring = next((info for info in infos if info.reference(path)), infos[0])
        scope.findings.error("PF172", message, span, unknown_parent_help(referring, path))
    for owner in owners:
        check_selected(scope, side, owner.name, path, span)


def _report_unknown(scope: Scope, expression: Expression, identifier: exp.Expr, known: tuple[str, ...]) -> None:
    side, name = expression.reads, identifier.name
    is_model = side.system is System.WAREHOUSE
    where = f"the model {side.model}" if is_model else f"{side.system} {' or '.join(side.objects)}"
    near = unknown_column_help(name, known) if is_model else suggest(name, known)
    looks_like_text = identifier.args.get("quoted") or not near
    help = f"{near} A text stands in single quotes: '{name}'.".strip() if looks_like_text else near
    span = expression.at(place_of(identifier))
    scope.findings.error("PF172", f'unknown column "{name}" in {where}', span, help)
