"""The operands of a SOQL query as SQL: fields, functions and aggregates, and where each of them may stand."""

from __future__ import annotations

from pardotflow.emulator.salesforce.errors import SalesforceError
from pardotflow.emulator.salesforce.records.catalog import ObjectInfo
from pardotflow.emulator.salesforce.records.fields import Field
from pardotflow.emulator.salesforce.soql.compiled import Scope
from pardotflow.emulator.salesforce.soql.functions import aggregate_function, date_function, folded
from pardotflow.emulator.salesforce.soql.lexer import malformed
from pardotflow.emulator.salesforce.soql.names import Names
from pardotflow.emulator.salesforce.soql.tree import Aggregate, DateFunction, Operand, Path, Query


class Operands(Names):
    """What a query reads. `keys` is the SQL of what it groups by, each with what its values are told apart by.

    `kept` are the keys that are not rolled up in the subtotal that is being compiled.
    """

    def __init__(self, query: Query, scope: Scope, found: ObjectInfo | None) -> None:
        super().__init__(query, scope, found)
        self.is_aggregate = query.is_aggregate
        self.keys: dict[str, str] = {}
        self.kept: frozenset[str] = frozenset()

    def operand(self, item: Operand) -> tuple[Field, str]:
        """The type and the SQL of a field or a function."""
        if item.path is None:
            return Field(name="COUNT()", type="int", label="COUNT"), "count(*)"
        field, sql, _ = self.resolve(item.path)
        if isinstance(item, Path):
            return field, sql
        aggregate = isinstance(item, Aggregate)
        if isinstance(item, DateFunction) and item.zoned:
            found = date_function(item.function, field, self.scope.in_zone(sql)) if field.type == "datetime" else None
        else:
            found = (aggregate_function if aggregate else date_function)(item.function, field, sql)
        if found is None:
            word = "aggregate operator" if aggregate else "function"
            sentence = f"field {field.name} does not support {word} {item.function}"
            raise self.invalid_field(item.position, sentence)
        return found

    def group_key(self, item: Path | DateFunction) -> tuple[str, str]:
        """The SQL of a key, and what its values are told apart by."""
        field, sql = self.operand(item)
        if not field.is_groupable:
            sentence = f"field '{field.name}' can not be grouped in a query call"
            raise malformed(self.query.statement, item.position, sentence)
        return sql, folded(field, sql)

    def grouped(self, item: Operand, refusal: str = "Field") -> tuple[Field, str]:
        """An operand of a grouped query: an aggregate, or one of the keys, which is empty in a subtotal over it."""
        if isinstance(item, Aggregate) and item.function == "GROUPING":
            return self.rolled_up(item)
        field, sql = self.operand(item)
        if isinstance(item, Aggregate):
            return field, sql
        if sql not in self.keys:
            raise self.ungrouped(item, refusal)
        return field, sql if sql in self.kept else "NULL"

    def rolled_up(self, item: Aggregate) -> tuple[Field, str]:
        """`GROUPING(field)`: 1 in a subtotal over the field, else 0."""
        sql = "" if item.path is None else self.resolve(item.path)[1]
        if self.query.grouping == "PLAIN" or sql not in self.keys:
            sentence = f"{item.text} needs a field of GROUP BY ROLLUP or CUBE"
            raise malformed(self.query.statement, item.position, sentence)
        return Field(name=item.text, type="int", label="GROUPING"), "0" if sql in self.kept else "1"

    def sorted(self, item: Operand, refusal: str) -> tuple[Field, str]:
        """An operand of ORDER BY in a query without groups."""
        if isinstance(item, Aggregate):
            raise self.ungrouped(item, refusal)
        return self.operand(item)

    def unaggregated(self, item: Operand) -> tuple[Field, str]:
        """An operand of WHERE."""
        if isinstance(item, Aggregate):
            sentence = f"Grouped or aggregate expressions belong into HAVING: {item.text}"
            raise malformed(self.query.statement, item.position, sentence)
        return self.operand(item)

    def aliased(self, item: Operand) -> tuple[Field, str] | None:
        """An aggregate that is sorted by under its alias."""
        name = item.text.lower()
        found = [i for i in self.query.items if isinstance(i, Aggregate) and i.alias and i.alias.lower() == name]
        return self.grouped(found[0]) if found else None

    def ungrouped(self, item: Operand, refusal: str = "Field") -> SalesforceError:
        """The error for what a grouped query neither groups by nor aggregates, or for an aggregate in another query."""
        sentence = f"{refusal} must be grouped or aggregated: {item.text}"
        return malformed(self.query.statement, item.position, sentence)
