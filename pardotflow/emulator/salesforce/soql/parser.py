"""SOQL tokens into a `Query`.

A recursive descent over the grammar of the SOQL reference. What the platform accepts and this parser does not (WITH
DATA CATEGORY, convertCurrency, locations) is refused as malformed, never answered wrongly.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from pardotflow.emulator.salesforce.soql.cursor import Cursor
from pardotflow.emulator.salesforce.soql.functions import AGGREGATES, DATE_FUNCTIONS
from pardotflow.emulator.salesforce.soql.lexer import malformed, read_string
from pardotflow.emulator.salesforce.soql.tree import (
    Aggregate,
    Child,
    Comparison,
    Condition,
    DateFunction,
    Display,
    FieldSet,
    Group,
    Not,
    Operand,
    Order,
    Path,
    Query,
    TypeOf,
    Value,
)

_CLAUSES = {"FROM", "WHERE", "WITH", "GROUP", "ORDER", "LIMIT", "OFFSET", "FOR", "USING", "HAVING", "ALL", "UPDATE"}
_RESERVED = {*_CLAUSES, "AND", "ASC", "DESC", "EXCLUDES", "FIRST", "IN", "INCLUDES", "LAST", "LIKE", "NOT", "NULL"}
_RESERVED |= {"NULLS", "OR", "SELECT"}
_DEEPEST = 100
_LONGEST = 100_000
_LONGEST_STRING = 4_000
_MOST_SEMI_JOINS = 2
_MOST_LEVELS = 5
_SCOPES = (
    "EVERYTHING",
    "MINE",
    "DELEGATED",
    "MINE_AND_MY_GROUPS",
    "MY_TERRITORY",
    "MY_TEAM_TERRITORY",
    "SCOPINGRULE",
    "TEAM",
)
_MODES = ("SECURITY_ENFORCED", "USER_MODE", "SYSTEM_MODE")
_UNKNOWN = {"CONVERTCURRENCY", "DISTANCE", "GEOLOCATION"}
_AGGREGATES = AGGREGATES | {"GROUPING"}
_MOST_SUBTOTALED = 3
_COMPARE = ("=", "!=", "<>", "<", "<=", ">", ">=", "LIKE")


def parse_soql(statement: str, *, rule: bool = False) -> Query:
    """Parse one statement; raises `SalesforceError` MALFORMED_QUERY.

    The condition of a rule of the org may have semi-joins beside OR and below NOT.
    """
    if len(statement) > _LONGEST:
        raise malformed(statement, _LONGEST, f"SOQL statements cannot be longer than {_LONGEST:,} characters.")
    parser = _Parser(statement, rule=rule)
    query = parser.query()
    parser.expect_end()
    return query


class _Parser(Cursor):
    def __init__(self, statement: str, *, rule: bool) -> None:
        super().__init__(statement)
        self.rule = rule
        self.depth = 0
        self.levels = 0
        self.inside_semi_join = False
        self.semi_joins = 0

    def query(self) -> Query:
        self.expect("SELECT")
        items = [self.item()]
        while self.take(","):
            items.append(self.item())
        self.expect("FROM")
        source = self.name()
        alias = None
        if self.token.kind == "name" and not self.token.is_word(*_CLAUSES):
            alias = self.advance().text
        scope = self.scope()
        where = self.either() if self.take("WHERE") else None
        if self.take("WITH"):
            self.expect(*_MODES)
        grouping, group_by = self.group_by()
        having = self.either() if group_by and self.take("HAVING") else None
        order_by = self.order_by()
        limit = self.whole_number() if self.take("LIMIT") else None
        offset = self.whole_number() if self.take("OFFSET") else None
        if self.take("FOR"):
            self.expect("VIEW", "REFERENCE", "UPDATE")
        return Query(
            statement=self.statement,
            items=tuple(items),
            object=source.text,
            object_position=source.position,
            alias=alias,
            scope=scope,
            where=where,
            group_by=group_by,
            grouping=grouping,
            having=having,
            order_by=order_by,
            limit=limit,
            offset=offset,
        )

    def scope(self) -> str:
        if not self.take("USING"):
            return _SCOPES[0]
        self.expect("SCOPE")
        return self.expect(*_SCOPES).text.upper()

    def child(self) -> Child:
        position = self.expect("(").position
        start = self.token.position
        self.levels += 1
        if self.levels > _MOST_LEVELS:
            raise malformed(self.statement, position, "Cannot expand another level of child relationships")
        query = self.query()
        self.levels -= 1
        end = self.expect(")").position
        return Child(query=query, position=start, text=self.statement[start:end])

    def item(self) -> Operand | Display | FieldSet | Child | TypeOf:
        if self.token.is_word("("):
            return self.child()
        if self.token.is_word("TYPEOF") and self.tokens[self.place + 1].kind == "name":
            return self.type_of()
        if self.calls("FIELDS"):
            position = self.advance().position
            self.expect("(")
            kind = self.expect("ALL", "STANDARD", "CUSTOM")
            self.expect(")")
            return FieldSet(kind=kind.text.upper(), position=position)
        found = self.display() or self.operand(aggregates=True)
        if self.token.kind == "name" and not self.token.is_word(*_RESERVED):
            return replace(found, alias=self.advance().text)
        return found

    def display(self) -> Display | None:
        """`FORMAT(…)` or `toLabel(…)`, if that is what comes next."""
        function: Literal["FORMAT", "TOLABEL"] = "FORMAT" if self.token.is_word("FORMAT") else "TOLABEL"
        if not self.calls(function):
            return None
        position = self.advance().position
        self.expect("(")
        operand = self.operand(aggregates=function == "FORMAT")
        if isinstance(operand, DateFunction):
            raise malformed(self.statement, operand.position, f"unexpected token: '{operand.function}'")
        self.expect(")")
        return Display(function=function, operand=operand, position=position)

    def type_of(self) -> TypeOf:
        self.expect("TYPEOF")
        relation = self.path()
        branches = []
        self.expect("WHEN")
        while True:
            kind = self.path()
            self.expect("THEN")
            branches.append((kind, self.paths()))
            if not self.take("WHEN"):
                break
        otherwise = self.paths() if self.take("ELSE") else ()
        self.expect("END")
        return TypeOf(relation=relation, branches=tuple(branches), otherwise=otherwise)

    def paths(self) -> tuple[Path, ...]:
        found = [self.path()]
        while self.take(","):
            found.append(self.path())
        return tuple(found)

    def operand(self, *, aggregates: bool) -> Operand:
        """A field or a function of one; aggregates only where a clause takes them."""
        token = self.name()
        if not self.token.is_word("("):
            return Path(parts=tuple(token.text.split(".")), position=token.position)
        word = token.text.upper()
        if word in _UNKNOWN:
            raise malformed(self.statement, token.position, f"{token.text} is not emulated")
        if word == "CONVERTTIMEZONE":
            raise malformed(self.statement, token.position, f"{token.text} can only be used in a date function")
        if word not in _AGGREGATES | DATE_FUNCTIONS | {"TOLABEL"} or (word in _AGGREGATES and not aggregates):
            raise malformed(self.statement, token.position, f"unexpected token: '{token.text}'")
        self.expect("(")
        if word == "COUNT" and self.take(")"):
            return Aggregate(function=word, path=None, position=token.position)
        if word in DATE_FUNCTIONS:
            return self.date_function(word, token.position)
        path = self.path()
        self.expect(")")
        return path if word == "TOLABEL" else Aggregate(function=word, path=path, position=token.position)

    def date_function(self, word: str, position: int) -> DateFunction:
        """What stands behind `CALENDAR_YEAR(`."""
        zoned = self.calls("CONVERTTIMEZONE")
        if zoned:
            self.place += 2
        path = self.path()
        for _ in range(1 + zoned):
            self.expect(")")
        return DateFunction(function=word, path=path, position=position, zoned=zoned)

    def path(self) -> Path:
        token = self.name()
        return Path(parts=tuple(token.text.split(".")), position=token.position)

    def group_by(self) -> tuple[Literal["PLAIN", "ROLLUP", "CUBE"], tuple[Path | DateFunction, ...]]:
        if not self.take("GROUP"):
            return "PLAIN", ()
        self.expect("BY")
        if not self.calls("ROLLUP", "CUBE"):
            return "PLAIN", self.group_keys()
        token = self.advance()
        self.expect("(")
        keys = self.group_keys()
        if len(keys) > _MOST_SUBTOTALED:
            sentence = f"{token.text} takes at most {_MOST_SUBTOTALED} fields"
            raise malformed(self.statement, token.position, sentence)
        self.expect(")")
        return "ROLLUP" if token.is_word("ROLLUP") else "CUBE", keys

    def group_keys(self) -> tuple[Path | DateFunction, ...]:
        keys = [self.group_key()]
        while self.take(","):
            keys.append(self.group_key())
        return tuple(keys)

    def group_key(self) -> Path | DateFunction:
        found = self.operand(aggregates=False)
        if isinstance(found, Aggregate):
            raise self.unexpected()
        return found

    def order_by(self) -> tuple[Order, ...]:
        if not self.take("ORDER"):
            return ()
        self.expect("BY")
        keys = [self.sort_key()]
        while self.take(","):
            keys.append(self.sort_key())
        return tuple(keys)

    def sort_key(self) -> Order:
        operand = self.operand(aggregates=True)
        direction = self.take("ASC", "DESC")
        nulls_first = True
        if self.take("NULLS"):
            nulls_first = self.expect("FIRST", "LAST").is_word("FIRST")
        return Order(operand=operand, descending=bool(direction and direction.is_word("DESC")), nulls_first=nulls_first)

    # -- conditions

    def either(self) -> Condition:
        """Conditions joined by AND or by OR; both without parentheses are refused, as on the platform."""
        conditions = [self.single()]
        word: Literal["AND", "OR"] | None = None
        while self.token.is_word("AND", "OR"):
            token = self.advance()
            found: Literal["AND", "OR"] = "AND" if token.is_word("AND") else "OR"
            if word not in {None, found}:
                raise malformed(self.statement, token.position, f"unexpected token: '{token.text}'")
            word = found
            conditions.append(self.single())
        for condition in conditions if word == "OR" else ():
            self.refuse_semi_join(condition, "OR")
        return Group(word=word, conditions=tuple(conditions)) if word else conditions[0]

    def refuse_semi_join(self, condition: Condition, word: str) -> None:
        """Semi-joins may not stand beside OR, nor below NOT."""
        if isinstance(condition, Group):
            for part in condition.conditions:
                self.refuse_semi_join(part, word)
        elif isinstance(condition, Comparison) and condition.query is not None and not self.rule:
            sentence = f"Semi join sub-selects are not allowed with the '{word}' operator"
            raise malformed(self.statement, condition.operand.position, sentence)

    def single(self) -> Condition:
        if not self.token.is_word("NOT", "("):
            return self.comparison()
        token = self.advance()
        self.depth += 1
        if self.depth > _DEEPEST:
            raise malformed(self.statement, token.position, "conditions are nested too deeply")
        if token.is_word("NOT"):
            inside = self.single()
            self.refuse_semi_join(inside, "NOT")
        else:
            inside = self.either()
            self.expect(")")
        self.depth -= 1
        return Not(condition=inside) if token.is_word("NOT") else inside

    def comparison(self) -> Comparison:
        operand = self.operand(aggregates=True)
        if self.take("NOT"):
            self.expect("IN")
            return self.membership(operand, "NOT IN")
        word = self.take("IN", "INCLUDES", "EXCLUDES")
        if word:
            return self.membership(operand, word.text.upper())
        operator = self.expect(*_COMPARE).text.upper()
        return Comparison(operand=operand, operator="!=" if operator == "<>" else operator, values=(self.value(),))

    def membership(self, operand: Operand, operator: str) -> Comparison:
        self.expect("(")
        if self.token.is_word("SELECT") and operator in {"IN", "NOT IN"}:
            self.semi_joins += 1
            if self.semi_joins > _MOST_SEMI_JOINS:
                sentence = f"Maximum {_MOST_SEMI_JOINS} semi join sub-selects are allowed"
                raise malformed(self.statement, self.token.position, sentence)
            if self.inside_semi_join:
                sentence = "Nesting of semi join sub-selects is not supported"
                raise malformed(self.statement, self.token.position, sentence)
            self.inside_semi_join = True
            inner = self.query()
            self.inside_semi_join = False
            self.expect(")")
            return Comparison(operand=operand, operator=operator, query=inner)
        values = [self.value()]
        while self.take(","):
            values.append(self.value())
        self.expect(")")
        return Comparison(operand=operand, operator=operator, values=tuple(values))

    def value(self) -> Value:
        token = self.token
        if token.kind == "string":
            text, pattern = read_string(token, self.statement)
            if len(text) > _LONGEST_STRING:
                sentence = f"a string in a condition cannot be longer than {_LONGEST_STRING:,} characters"
                raise malformed(self.statement, token.position, sentence)
            made = Value(kind="string", value=text, like=pattern, position=token.position)
        elif token.kind == "number":
            made = Value(kind="number", value=float(token.text), position=token.position)
        elif token.kind == "date":
            made = Value(kind="date", value=token.text, position=token.position)
        elif token.kind == "datetime":
            made = Value(kind="datetime", value=token.text, position=token.position)
        elif token.kind == "name":
            return self.word_value()
        elif token.is_word(":"):
            raise malformed(self.statement, token.position, "Bind variables only allowed in Apex code")
        else:
            raise self.unexpected()
        self.place += 1
        return made

    def word_value(self) -> Value:
        token = self.advance()
        word = token.text.upper()
        if word in {"TRUE", "FALSE"}:
            return Value(kind="boolean", value=word == "TRUE", position=token.position)
        if word == "NULL":
            return Value(kind="null", value=None, position=token.position)
        if self.take(":"):
            word = f"{word}:{self.whole_number()}"
        return Value(kind="keyword", value=word, position=token.position)
