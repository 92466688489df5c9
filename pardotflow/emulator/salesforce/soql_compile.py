"""A parsed SOQL query as SQLite SQL, with what is needed to turn rows into records.

Every name is looked up in the catalogue and every value is bound, so no text of the client reaches the SQL. Parents are
joined once for each relationship path, whoever asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from pardotflow.emulator.salesforce.catalog import ObjectInfo
from pardotflow.emulator.salesforce.errors import SalesforceError, refuse
from pardotflow.emulator.salesforce.fields import Field
from pardotflow.emulator.salesforce.soql_compiled import Children, Column, Compiled, Parent, Scope, address_sql
from pardotflow.emulator.salesforce.soql_filter import Sql, Target, compare
from pardotflow.emulator.salesforce.soql_functions import aggregate_function, date_function
from pardotflow.emulator.salesforce.soql_lexer import malformed, point_at
from pardotflow.emulator.salesforce.soql_parser import parse_soql
from pardotflow.emulator.salesforce.soql_tree import (
    Aggregate,
    Child,
    Comparison,
    Condition,
    DateFunction,
    FieldSet,
    Group,
    Not,
    Operand,
    Order,
    Path,
    Query,
    TypeOf,
)

_HINT = (
    " If you are attempting to use a custom {thing}, be sure to append the '__c' after the {what} name."
    " Please reference your WSDL or the describe call for the appropriate names."
)

_RELATION_HINT = (
    " If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship"
    " name. Please reference your WSDL or the describe call for the appropriate names."
)
_MOST_CHILDREN = 20
Reader = Callable[[Operand], tuple[Field, str]]


def compile_soql(query: Query, scope: Scope) -> Compiled:
    """Compile a query; raises `SalesforceError` INVALID_TYPE, INVALID_FIELD or MALFORMED_QUERY."""
    return _Compiler(query, scope, scope.catalog.find(query.object)).compile()


def _join(word: str, parts: Sequence[str]) -> str:
    """Conditions as a balanced tree: SQLite refuses expressions that are deeper than a thousand."""
    if len(parts) == 1:
        return f"({parts[0]})"
    middle = len(parts) // 2
    return f"({_join(word, parts[:middle])} {word} {_join(word, parts[middle:])})"


class _Compiler:
    def __init__(self, query: Query, scope: Scope, found: ObjectInfo | None) -> None:
        self.query = query
        self.scope = scope
        self.children: list[Children] = []
        self.keys: list[str] = []
        if found is None:
            raise self.invalid_type()
        self.object = found
        self.joins: dict[tuple[str, ...], Parent] = {}
        self.join_sql: list[str] = []

    def compile(self) -> Compiled:
        if (
            self.query.is_aggregate
            and not (self.query.is_count or self.query.group_by)
            and self.query.limit is not None
        ):
            sentence = "Non-grouped query that uses overall aggregate functions cannot also use LIMIT"
            raise malformed(self.query.statement, self.query.object_position, sentence)
        self.keys = [self.group_key(key) for key in self.query.group_by]
        columns = tuple(self.columns())
        where, values = self.where()
        having, having_values = self.having()
        order = ", ".join(self.order_key(key) for key in self.query.order_by)
        tail = f" GROUP BY {', '.join(self.keys)}{having}" if self.keys else ""
        return Compiled(
            info=self.object,
            columns=columns,
            parents=self.joins,
            source=f"{self.object.table} t0{''.join(self.join_sql)}",
            where=where,
            values=(*values, *having_values),
            tail=tail,
            order=f" ORDER BY {order}" if order else "",
            children=tuple(self.children),
        )

    # -- names

    def strip_alias(self, path: Path) -> tuple[str, ...]:
        names = {self.object.name.lower(), self.query.object.lower(), (self.query.alias or self.object.name).lower()}
        return path.parts[1:] if len(path.parts) > 1 and path.parts[0].lower() in names else path.parts

    def resolve(self, path: Path) -> tuple[Field, str, tuple[str, ...]]:
        """The field of a path, its SQL, and the canonical keys that lead to it."""
        parts = self.strip_alias(path)
        parent, keys = self.walk(parts[:-1], path)
        found = parent.find(parts[-1])
        if found is None:
            raise self.no_column(path, parts[-1], "Name" if parent.polymorphic else parent.options[0][1].name)
        return *found, (*keys, found[0].name)

    def walk(self, relations: Sequence[str], path: Path) -> tuple[Parent, tuple[str, ...]]:
        parent = Parent(options=(("t0", self.object),))
        keys: tuple[str, ...] = ()
        if len(relations) > 5:
            raise malformed(self.query.statement, path.position, "more than 5 levels of relationships")
        for name in relations:
            alias, info = next((o for o in parent.options if name.lower() in o[1].relationships), parent.options[0])
            lookup = info.relationships.get(name.lower())
            if lookup is None or lookup.relationship is None or not self.targets_of(lookup):
                raise self.no_relation(path, name, info)
            keys = (*keys, lookup.relationship)
            parent = self.join(keys, alias, lookup)
        return parent, keys

    def targets_of(self, lookup: Field) -> list[ObjectInfo]:
        known = [self.scope.catalog.find(name) for name in lookup.reference_to]
        return [info for info in known if info]

    def join(self, keys: tuple[str, ...], alias: str, lookup: Field) -> Parent:
        if keys not in self.joins:
            options = []
            for target in self.targets_of(lookup):
                made = f"t{len(self.join_sql) + 1}"
                self.join_sql.append(f' LEFT JOIN {target.table} {made} ON {made}."Id" = {alias}."{lookup.name}"')
                options.append((made, target))
            self.joins[keys] = Parent(options=tuple(options), kinds=lookup.reference_to)
        return self.joins[keys]

    # -- parts

    def columns(self) -> list[Column]:
        columns: list[Column] = []
        for item in self.query.items:
            if isinstance(item, FieldSet):
                columns.extend(self.field_set(item))
            elif isinstance(item, Child):
                columns.append(self.child(item, len(columns)))
            elif isinstance(item, TypeOf):
                columns.extend(self.type_of(item))
            elif self.query.is_aggregate:
                columns.append(self.grouped_column(item, columns))
            else:
                columns.append(self.plain_column(item))
        return columns

    def plain_column(self, item: Operand) -> Column:
        if not isinstance(item, Path):
            raise self.ungrouped(item)
        if item.alias is not None:
            sentence = "only aggregate expressions use field aliasing"
            raise malformed(self.query.statement, item.position, sentence)
        field, sql, keys = self.resolve(item)
        return Column(path=keys, field=field, sql=sql)

    def grouped_column(self, item: Operand, columns: Sequence[Column]) -> Column:
        """A key or an aggregate; what has no alias and is no field is called `expr0`, `expr1` and so on."""
        field, sql = self.grouped(item)
        before = self.query.items[: len(columns)]
        numbered = sum(isinstance(i, Aggregate | DateFunction) and i.alias is None for i in before)
        key = item.alias or (field.name if isinstance(item, Path) else f"expr{numbered}")
        if any(column.path == (key,) for column in columns):
            raise malformed(self.query.statement, item.position, f"duplicate alias: {key}")
        return Column(path=(key,), field=field, sql=sql)

    def grouped(self, item: Operand, refusal: str = "Field") -> tuple[Field, str]:
        """An operand of a grouped query: an aggregate, or one of the keys."""
        field, sql = self.operand(item)
        if not isinstance(item, Aggregate) and sql not in self.keys:
            raise self.ungrouped(item, refusal)
        return field, sql

    def ungrouped(self, item: Operand, refusal: str = "Field") -> SalesforceError:
        sentence = f"{refusal} must be grouped or aggregated: {item.text}"
        return malformed(self.query.statement, item.position, sentence)

    def operand(self, item: Operand) -> tuple[Field, str]:
        """The type and the SQL of a field or a function."""
        if item.path is None:
            return Field(name="COUNT()", type="int", label="COUNT"), "count(*)"
        field, sql, _ = self.resolve(item.path)
        if isinstance(item, Path):
            return field, sql
        aggregate = isinstance(item, Aggregate)
        found = (aggregate_function if aggregate else date_function)(item.function, field, sql)
        if found is None:
            word = "aggregate operator" if aggregate else "function"
            sentence = f"field {field.name} does not support {word} {item.function}"
            raise refuse(400, "INVALID_FIELD", point_at(self.query.statement, item.position, sentence))
        return found

    def group_key(self, item: Path | DateFunction) -> str:
        field, sql = self.operand(item)
        if not field.is_groupable:
            sentence = f"field '{field.name}' can not be grouped in a query call"
            raise malformed(self.query.statement, item.position, sentence)
        return sql

    def type_of(self, item: TypeOf) -> list[Column]:
        """The fields of each branch, shown only for parents of its kind."""
        statement, relation = self.query.statement, item.relation
        if self.query.is_aggregate:
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
        if self.query.is_aggregate or inner.is_aggregate:
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
        sentence = f"Didn't understand relationship '{inner.object}' in FROM part of query call." + _RELATION_HINT
        raise refuse(400, "INVALID_TYPE", point_at(statement, inner.object_position, sentence))

    def field_set(self, item: FieldSet) -> list[Column]:
        if item.kind != "STANDARD" and (self.query.limit is None or self.query.limit > 200):
            raise malformed(
                self.query.statement, item.position, "The SOQL FIELDS function must have a LIMIT of at most 200"
            )
        wanted = {"ALL": (True, False), "STANDARD": (False,), "CUSTOM": (True,)}[item.kind]
        chosen = [f for f in self.object.fields.values() if f.custom in wanted]
        return [
            Column(path=(f.name,), field=f, sql=f't0."{f.name}"' if f.stored else address_sql("t0", f, self.object))
            for f in chosen
        ]

    def order_key(self, key: Order) -> str:
        alias = self.aliased(key.operand)
        field, sql = alias or (self.grouped if self.query.is_aggregate else self.sorted)(key.operand, "Ordered field")
        if not field.is_sortable:
            sentence = f"field '{field.name}' can not be sorted in a query call"
            raise refuse(400, "INVALID_FIELD", point_at(self.query.statement, key.operand.position, sentence))
        return f"{sql} {'DESC' if key.descending else 'ASC'} NULLS {'FIRST' if key.nulls_first else 'LAST'}"

    def sorted(self, item: Operand, refusal: str) -> tuple[Field, str]:
        if isinstance(item, Aggregate):
            raise self.ungrouped(item, refusal)
        return self.operand(item)

    def aliased(self, item: Operand) -> tuple[Field, str] | None:
        """An aggregate that is sorted by under its alias."""
        found = [i for i in self.query.items if isinstance(i, Aggregate) and i.alias and i.alias == item.text]
        return self.operand(found[0]) if found else None

    def where(self) -> Sql:
        live = [] if self.scope.include_deleted else ['t0."IsDeleted" = 0']
        values: list[object] = []
        hidden = None if self.scope.all_records else self.object.rules.hidden_records
        rule = parse_soql(f"SELECT Id FROM {self.object.name} WHERE {hidden}").where if hidden else None
        for condition in (None if rule is None else Not(condition=rule), self.query.where):
            if condition is not None:
                sql, bound = self.condition(condition, self.unaggregated)
                live.append(f"({sql})")
                values += bound
        return (f" WHERE {' AND '.join(live)}" if live else ""), values

    def having(self) -> Sql:
        if self.query.having is None:
            return "", []
        sql, values = self.condition(self.query.having, self.grouped)
        return f" HAVING {sql}", values

    def unaggregated(self, item: Operand) -> tuple[Field, str]:
        if isinstance(item, Aggregate):
            sentence = f"Grouped or aggregate expressions belong into HAVING: {item.text}"
            raise malformed(self.query.statement, item.position, sentence)
        return self.operand(item)

    def condition(self, condition: Condition, read: Reader) -> Sql:
        if isinstance(condition, Not):
            sql, values = self.condition(condition.condition, read)
            return f"NOT coalesce({sql}, 0)", values
        if isinstance(condition, Group):
            parts = [self.condition(part, read) for part in condition.conditions]
            joined = _join(condition.word, [sql for sql, _ in parts])
            return joined, [value for _, values in parts for value in values]
        return self.comparison(condition, read)

    def comparison(self, comparison: Comparison, read: Reader) -> Sql:
        field, sql = read(comparison.operand)
        if not field.stored:
            sentence = f"field '{field.name}' can not be filtered in a query call"
            position = comparison.operand.position
            raise refuse(400, "INVALID_FIELD", point_at(self.query.statement, position, sentence))
        if comparison.query is not None:
            return self.semi_join(comparison, comparison.query, sql)
        target = Target(statement=self.query.statement, column=sql, field=field, today=self.scope.today)
        return compare(target, comparison)

    def semi_join(self, comparison: Comparison, inner: Query, sql: str) -> Sql:
        made = compile_soql(inner, self.scope)
        if len(made.columns) != 1 or inner.is_aggregate or made.children:
            raise malformed(self.query.statement, inner.object_position, "a semi-join selects exactly one field")
        column = made.columns[0].sql
        select = f"SELECT {column} FROM {made.source}{made.where}"
        select += f"{' AND' if made.where else ' WHERE'} {column} IS NOT NULL"
        empty = f"{sql} IS NULL OR " if comparison.operator == "NOT IN" else ""
        return f"({empty}{sql} {comparison.operator} ({select}))", list(made.values)

    # -- mistakes

    def invalid_type(self) -> SalesforceError:
        query = self.query
        sentence = f"sObject type '{query.object}' is not supported." + _HINT.format(thing="object", what="entity")
        return refuse(400, "INVALID_TYPE", point_at(query.statement, query.object_position, sentence))

    def no_column(self, path: Path, name: str, entity: str) -> SalesforceError:
        sentence = f"No such column '{name}' on entity '{entity}'." + _HINT.format(thing="field", what="custom field")
        return refuse(400, "INVALID_FIELD", point_at(self.query.statement, path.position, sentence))

    def no_relation(self, path: Path, name: str, info: ObjectInfo) -> SalesforceError:
        sentence = f"Didn't understand relationship '{name}' in field path.{_RELATION_HINT} ({info.name})"
        return refuse(400, "INVALID_FIELD", point_at(self.query.statement, path.position, sentence))
