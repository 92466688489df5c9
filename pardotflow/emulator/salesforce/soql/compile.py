"""A parsed SOQL query as SQLite SQL, with what is needed to turn rows into records.

Every name is looked up in the catalogue and every value is bound, so no text of the client reaches the SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product

from pardotflow.emulator.salesforce.errors import refuse
from pardotflow.emulator.salesforce.records.catalog import ObjectInfo
from pardotflow.emulator.salesforce.records.fields import ID_TYPES, Field
from pardotflow.emulator.salesforce.soql.compiled import (
    Children,
    Column,
    Compiled,
    Grouping,
    Parent,
    Scope,
    address_sql,
)
from pardotflow.emulator.salesforce.soql.filter import Sql, Target, compare, join_conditions
from pardotflow.emulator.salesforce.soql.functions import sort_keys
from pardotflow.emulator.salesforce.soql.lexer import malformed, point_at
from pardotflow.emulator.salesforce.soql.names import unknown_relationship
from pardotflow.emulator.salesforce.soql.operands import Operands
from pardotflow.emulator.salesforce.soql.parser import parse_soql
from pardotflow.emulator.salesforce.soql.tree import (
    Aggregate,
    Child,
    Comparison,
    Condition,
    Display,
    FieldSet,
    Group,
    Not,
    Operand,
    Order,
    Path,
    Query,
    TypeOf,
)

_MOST_CHILDREN = 20
_MOST_OF_ALL_FIELDS = 200
_TOO_COMPLICATED = "Query is either selecting too many fields or the filter conditions are too complicated."
_DEEPEST = 60  # SQLite reads a hundred words ahead before it gives up
_MOST_COLUMNS = 1_800  # SQLite takes 2,000, with two for each parent
Reader = Callable[[Operand], tuple[Field, str]]


def compile_soql(query: Query, scope: Scope) -> Compiled:
    """Compile a query; raises `SalesforceError` INVALID_TYPE, INVALID_FIELD or MALFORMED_QUERY."""
    return _Compiler(query, scope, scope.catalog.find(query.object)).compile()


def _depth(condition: Condition) -> int:
    """How many groups stand in each other."""
    if isinstance(condition, Not):
        return _depth(condition.condition)
    return 1 + max(map(_depth, condition.conditions)) if isinstance(condition, Group) else 0


class _Compiler(Operands):
    def __init__(self, query: Query, scope: Scope, found: ObjectInfo | None) -> None:
        super().__init__(query, scope, found)
        self.inner_scope = scope
        self.children: list[Children] = []
        self.unnamed: list[str] = []

    def compile(self) -> Compiled:
        self.check_aggregates()
        self.keys = dict(self.group_key(key) for key in self.query.group_by)
        self.kept = frozenset(self.keys)
        columns = tuple(self.columns())
        if len(columns) + 2 * len(self.query.order_by) > _MOST_COLUMNS:
            raise refuse(400, "QUERY_TOO_COMPLICATED", _TOO_COMPLICATED)
        where, values = self.where()
        keys = [key for order in self.query.order_by for key in self.order_key(order)]
        named = [(f"s{n}" if self.is_aggregate else sql, ending) for n, (sql, ending) in enumerate(keys)]
        order = ", ".join(sql + ending for sql, ending in named)
        return Compiled(
            info=self.object,
            columns=columns,
            parents=self.joins,
            where=where,
            values=tuple(values),
            order=f" ORDER BY {order}" if order else "",
            groupings=self.groupings() if self.is_aggregate else (),
            children=tuple(self.children),
            source=self.source,
        )

    def check_aggregates(self) -> None:
        """What may not stand beside an aggregate of all rows."""
        query = self.query
        counts = (i for i in query.items if isinstance(i, Aggregate) and i.path is None)
        if not query.is_count and (count := next(counts, None)) is not None:
            raise malformed(query.statement, count.position, "COUNT() must be the only element of the select list")
        if query.is_count and query.group_by:
            raise malformed(query.statement, query.object_position, "COUNT() cannot be grouped: count a field")
        if self.is_aggregate and not (query.is_count or query.group_by) and query.limit is not None:
            sentence = "Non-grouped query that uses overall aggregate functions cannot also use LIMIT"
            raise malformed(query.statement, query.object_position, sentence)

    def groupings(self) -> tuple[Grouping, ...]:
        """The query once for each set of keys that it groups by: a subtotal keeps some of them, in ROLLUP the first."""
        size = len(self.keys)
        kept = [(True,) * size]
        if self.query.grouping == "ROLLUP":
            kept = [(True,) * n + (False,) * (size - n) for n in range(size, -1, -1)]
        elif self.query.grouping == "CUBE":
            kept = list(product((True, False), repeat=size))
        return tuple(self.grouping(chosen) for chosen in kept)

    def grouping(self, chosen: Sequence[bool]) -> Grouping:
        self.kept = frozenset(sql for sql, keep in zip(self.keys, chosen, strict=True) if keep)
        keys = ", ".join(self.keys[sql] for sql in self.keys if sql in self.kept)
        having, values = self.having()
        # Grouped by a constant, no rows make no group.
        tail = f" GROUP BY {keys or 'NULL'}{having}" if self.keys else ""
        order = [sql for order in self.query.order_by for sql, _ in self.order_key(order)]
        columns = tuple(column.sql for column in self.columns())
        return Grouping(columns=columns, order=tuple(order), tail=tail, values=tuple(values))

    def columns(self) -> list[Column]:
        self.unnamed.clear()
        columns: list[Column] = []
        for item in self.query.items:
            if isinstance(item, FieldSet):
                columns.extend(self.field_set(item))
            elif isinstance(item, Child):
                columns.append(self.child(item, len(columns)))
            elif isinstance(item, TypeOf):
                columns.extend(self.type_of(item))
            else:
                columns.append(self.plain_column(item))
        self.refuse_twice(columns)
        return columns

    def refuse_twice(self, columns: Sequence[Column]) -> None:
        """Refuse a field that is selected twice, in the documented words, which point nowhere."""
        seen: set[tuple[str, ...]] = set()
        for column in columns:
            if column.path in seen and self.is_aggregate:
                raise malformed(self.query.statement, self.query.object_position, f"duplicate alias: {column.path[0]}")
            if column.kinds is None and column.path in seen:
                raise refuse(400, "INVALID_FIELD", f"duplicate field selected: {'.'.join(column.path)}")
            seen.add(column.path)

    def plain_column(self, item: Operand | Display) -> Column:
        if self.is_aggregate:
            return self.grouped_column(item)
        operand = item.operand if isinstance(item, Display) else item
        if not isinstance(operand, Path):
            raise self.ungrouped(operand)
        if operand.alias is not None:
            sentence = "only aggregate expressions use field aliasing"
            raise malformed(self.query.statement, operand.position, sentence)
        field, sql, keys = self.resolve(operand)
        path = (item.alias,) if item.alias else keys
        return self.display(Column(path=path, field=field, sql=sql), field, item)

    def grouped_column(self, item: Operand | Display) -> Column:
        """A key or an aggregate; what has no alias and is no field is called `expr0`, `expr1` and so on."""
        operand = item.operand if isinstance(item, Display) else item
        field, sql = self.grouped(operand)
        key = item.alias or (field.name if isinstance(operand, Path) else f"expr{len(self.unnamed)}")
        if item.alias is None and not isinstance(operand, Path):
            self.unnamed.append(key)
        path = None if field.type == "int" else operand.path
        shown = field if path is None else self.resolve(path)[0]
        return self.display(Column(path=(key,), field=field, sql=sql), shown, item)

    def display(self, column: Column, field: Field, item: Operand | Display) -> Column:
        """A column as FORMAT shows it: its values are in the user's time zone, and numbers look as in the field."""
        if not isinstance(item, Display) or item.function == "TOLABEL":
            return column
        if not field.is_formatted:
            sentence = f"field {field.name} does not support function FORMAT"
            raise self.invalid_field(item.position, sentence)
        sql = self.scope.in_zone(column.sql) if field.type == "datetime" else column.sql
        return replace(column, field=field, sql=sql, formatted=True)

    def type_of(self, item: TypeOf) -> list[Column]:
        """The fields of each branch, shown only for parents of its kind."""
        statement, relation = self.query.statement, item.relation
        if self.is_aggregate:
            raise malformed(statement, relation.position, "TYPEOF is not allowed in a grouped query")
        parent, keys = self.walk(self.strip_alias(relation), relation)
        if not parent.polymorphic:
            sentence = f"TYPEOF needs a polymorphic relationship: {relation.text}"
            raise malformed(statement, relation.position, sentence)
        columns = [Column(path=(*keys, "Id"), field=None, sql="NULL", kinds=frozenset())]
        left = {kind.lower() for kind in parent.kinds}
        for kind, paths in item.branches:
            if kind.text.lower() not in left:
                sentence = f"'{kind.text}' is not a type of {relation.text}, or is named twice"
                raise refuse(400, "INVALID_TYPE", point_at(statement, kind.position, sentence))
            left.remove(kind.text.lower())
            columns += self.branch(keys, parent, {kind.text.lower()}, paths)
        return columns + self.branch(keys, parent, left, item.otherwise)

    def branch(self, keys: tuple[str, ...], parent: Parent, kinds: set[str], paths: Sequence[Path]) -> list[Column]:
        columns = []
        for alias, info in parent.options:
            for path in paths if info.name.lower() in kinds else ():
                found = Parent(options=((alias, info),)).find(path.text)
                if found is None:
                    raise self.no_column(path, path.text, info.name)
                field, sql = found
                shown = frozenset({info.name})
                columns.append(Column(path=(*keys, field.name), field=field, sql=sql, kinds=shown))
        return columns

    def child(self, item: Child, place: int) -> Column:
        """A column that stays null until the children of a page are fetched."""
        statement, inner = self.query.statement, item.query
        if self.is_aggregate or inner.is_aggregate:
            sentence = "Aggregate queries can neither have nor be relationship subqueries"
            raise malformed(statement, item.position, sentence)
        if self.scope.levels < 1:
            raise malformed(statement, item.position, "Cannot expand another level of child relationships")
        if len(self.children) == _MOST_CHILDREN:
            raise malformed(statement, item.position, f"more than {_MOST_CHILDREN} relationship subqueries")
        name = inner.object.rpartition(".")[2].lower()
        for info, lookup in self.scope.catalog.children_of(self.object.name):
            key = lookup.child_relationship
            if key and key.lower() == name:
                made = _Compiler(inner, replace(self.scope, levels=self.scope.levels - 1), info).compile()
                head, rest = item.alone
                alone = f"{head}{info.name}{'' if inner.alias else ' ' + name}{rest}"
                self.children.append(
                    Children(place=place, key=key, lookup=lookup, query=inner, compiled=made, statement=alone)
                )
                return Column(path=(key,), field=None, sql="NULL")
        raise unknown_relationship(inner)

    def field_set(self, item: FieldSet) -> list[Column]:
        if self.is_aggregate:
            raise malformed(self.query.statement, item.position, "FIELDS is not allowed in a grouped query")
        if item.kind != "STANDARD" and not self.is_bounded():
            sentence = "The SOQL FIELDS function must have a LIMIT of at most 200"
            raise malformed(self.query.statement, item.position, sentence)
        wanted = {"ALL": (True, False), "STANDARD": (False,), "CUSTOM": (True,)}[item.kind]
        chosen = [f for f in self.object.fields.values() if f.custom in wanted]
        return [
            Column(path=(f.name,), field=f, sql=f't0."{f.name}"' if f.stored else address_sql("t0", f, self.object))
            for f in chosen
        ]

    def is_bounded(self) -> bool:
        """Whether a statement says that it gives at most 200 rows, by LIMIT or by ids."""
        where = self.query.where
        conditions = where.conditions if isinstance(where, Group) and where.word == "AND" else (where,)
        by_id = any(
            isinstance(c, Comparison)
            and isinstance(c.operand, Path)
            and [part.lower() for part in self.strip_alias(c.operand)] == ["id"]
            and c.operator in {"=", "IN"}
            and 0 < len(c.values) <= _MOST_OF_ALL_FIELDS
            for c in conditions
        )
        return by_id or (self.query.limit is not None and self.query.limit <= _MOST_OF_ALL_FIELDS)

    def order_key(self, key: Order) -> list[tuple[str, str]]:
        """SQL to sort by, and the direction of each."""
        alias = self.aliased(key.operand)
        field, sql = alias or (self.grouped if self.is_aggregate else self.sorted)(key.operand, "Ordered field")
        if not field.is_sortable:
            sentence = f"field '{field.name}' can not be sorted in a query call"
            raise self.invalid_field(key.operand.position, sentence)
        ending = f" {'DESC' if key.descending else 'ASC'} NULLS {'FIRST' if key.nulls_first else 'LAST'}"
        return [(part, ending) for part in sort_keys(field, sql)]

    def where(self) -> Sql:
        live = [] if self.scope.include_deleted else ['t0."IsDeleted" = 0']
        values: list[object] = []
        if self.query.scope == "MINE" and self.object.find("OwnerId") is not None:
            live.append('t0."OwnerId" = ?')
            values.append(self.scope.user_id)
        name, scope = self.object.name, self.scope
        hidden = None if scope.all_records or name in scope.hiding else self.object.rules.hidden_records
        rule = parse_soql(f"SELECT Id FROM {name} WHERE {hidden}", rule=True).where if hidden else None
        hiding = None if rule is None else Not(condition=rule)
        # Rules that ask for each other's objects would never end.
        inside = replace(scope, hiding=scope.hiding | {name})
        for condition, inner in ((hiding, inside), (self.query.where, scope)):
            self.inner_scope = inner
            if condition is not None:
                self.refuse_depth(condition)
                sql, bound = self.condition(condition, self.unaggregated)
                live.append(f"({sql})")
                values += bound
        return (f" WHERE {' AND '.join(live)}" if live else ""), values

    def having(self) -> Sql:
        if self.query.having is None:
            return "", []
        self.refuse_depth(self.query.having)
        sql, values = self.condition(self.query.having, self.grouped)
        return f" HAVING {sql}", values

    def refuse_depth(self, condition: Condition) -> None:
        if _depth(condition) > _DEEPEST:
            raise refuse(400, "QUERY_TOO_COMPLICATED", _TOO_COMPLICATED)

    def condition(self, condition: Condition, read: Reader, *, negated: bool = False) -> Sql:
        """A condition, or its opposite: NOT goes down to the comparisons, so that it makes nothing deeper."""
        if isinstance(condition, Not):
            return self.condition(condition.condition, read, negated=not negated)
        if isinstance(condition, Group):
            parts = [
                self.condition(part, read, negated=negated)
                for part in sorted(condition.conditions, key=_depth, reverse=True)
            ]
            word = condition.word if not negated else "OR" if condition.word == "AND" else "AND"
            joined = join_conditions(word, [sql for sql, _ in parts])
            return joined, [value for _, values in parts for value in values]
        sql, values = self.comparison(condition, read)
        return (f"NOT coalesce({sql}, 0)" if negated else sql), values

    def comparison(self, comparison: Comparison, read: Reader) -> Sql:
        field, sql = read(comparison.operand)
        if not field.stored:
            sentence = f"field '{field.name}' can not be filtered in a query call"
            raise self.invalid_field(comparison.operand.position, sentence)
        if comparison.query is not None:
            return self.semi_join(comparison, comparison.query, field, sql)
        scope = self.scope
        target = Target(statement=self.query.statement, column=sql, field=field, today=scope.today, zone=scope.zone)
        return compare(target, comparison)

    def semi_join(self, comparison: Comparison, inner: Query, field: Field, sql: str) -> Sql:
        made = compile_soql(inner, self.inner_scope)
        wrong = self.wrong_semi_join(field, inner, made)
        if wrong is not None:
            raise malformed(self.query.statement, inner.object_position, wrong)
        column = made.columns[0].sql
        select = f"SELECT {column} FROM {made.source}{made.where}"
        select += f"{' AND' if made.where else ' WHERE'} {column} IS NOT NULL"
        empty = f"{sql} IS NULL OR " if comparison.operator == "NOT IN" else ""
        return f"({empty}{sql} {comparison.operator} ({select}))", list(made.values)

    def wrong_semi_join(self, field: Field, inner: Query, made: Compiled) -> str | None:
        """What the reference forbids in a subquery of IN."""
        if len(made.columns) != 1 or inner.is_aggregate or made.children:
            return "a semi-join selects exactly one field"
        (column,) = made.columns
        if column.field is None or column.field.type not in ID_TYPES or len(column.path) > 1:
            return f"The inner select field '{'.'.join(column.path)}' must be an Id or a reference of its object"
        if field.type not in ID_TYPES:
            return f"semi-joins compare an Id or a reference, not '{field.name}'"
        if inner.order_by or inner.limit is not None or inner.offset is not None:
            return "ORDER BY, LIMIT and OFFSET are not allowed in a semi-join"
        if made.info is self.object:
            return "The inner and outer selects should not be on the same object type"
        return None
