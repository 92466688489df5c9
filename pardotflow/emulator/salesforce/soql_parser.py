"""SOQL tokens into a `Query`.

A recursive descent over the grammar of the SOQL reference. What the platform accepts and this parser does not (WITH
DATA CATEGORY, ROLLUP and CUBE, convertTimezone) is refused as malformed with a sentence that says so, never answered
wrongly.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from pardotflow.emulator.salesforce.errors import SalesforceError
from pardotflow.emulator.salesforce.soql_functions import AGGREGATES, DATE_FUNCTIONS
from pardotflow.emulator.salesforce.soql_lexer import Token, malformed, read_string, scan
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
    Value,
)

_CLAUSES = {"FROM", "WHERE", "WITH", "GROUP", "ORDER", "LIMIT", "OFFSET", "FOR", "USING", "HAVING", "ALL", "UPDATE"}
_DEEPEST = 100
_LONGEST = 100_000
_LONGEST_STRING = 4_000
_MOST_SEMI_JOINS = 2
_MODES = ("SECURITY_ENFORCED", "USER_MODE", "SYSTEM_MODE")
_MOST_ROWS = 2**31 - 1
_UNKNOWN = {"CONVERTTIMEZONE", "CONVERTCURRENCY", "FORMAT", "DISTANCE", "GEOLOCATION", "GROUPING", "ROLLUP", "CUBE"}
_COMPARE = ("=", "!=", "<>", "<", "<=", ">", ">=", "LIKE")


def parse_soql(statement: str) -> Query:
    """Parse one statement; raises `SalesforceError` MALFORMED_QUERY."""
    if len(statement) > _LONGEST:
        raise malformed(statement, _LONGEST, f"SOQL statements cannot be longer than {_LONGEST:,} characters.")
    parser = _Parser(statement)
    query = parser.query()
    parser.expect_end()
    return query


class _Parser:
    def __init__(self, statement: str) -> None:
        self.statement = statement
        self.tokens = scan(statement)
        self.place = 0
        self.depth = 0
        self.semi_joins = 0

    # -- tokens

    @property
    def token(self) -> Token:
        return self.tokens[self.place]

    def advance(self) -> Token:
        token = self.token
        self.place += 1
        return token

    def take(self, *words: str) -> Token | None:
        return self.advance() if self.token.is_word(*words) else None

    def unexpected(self) -> SalesforceError:
        shown = self.token.text if self.token.kind != "end" else "<EOF>"
        return malformed(self.statement, self.token.position, f"unexpected token: '{shown}'")

    def expect(self, *words: str) -> Token:
        token = self.take(*words)
        if token is None:
            raise self.unexpected()
        return token

    def expect_end(self) -> None:
        if self.token.kind != "end":
            raise self.unexpected()

    def name(self) -> Token:
        if self.token.kind != "name":
            raise self.unexpected()
        return self.advance()

    def whole_number(self) -> int:
        if self.token.kind != "number" or not self.token.text.isdigit():
            raise self.unexpected()
        return min(int(self.advance().text), _MOST_ROWS)

    # -- clauses

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
        if self.take("USING"):
            self.expect("SCOPE")
            self.name()
        where = self.either() if self.take("WHERE") else None
        if self.take("WITH"):
            self.expect(*_MODES)
        group_by = self.group_by()
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
            where=where,
            group_by=group_by,
            having=having,
            order_by=order_by,
            limit=limit,
            offset=offset,
        )

    def child(self) -> Child:
        self.expect("(")
        start = self.token.position
        query = self.query()
        end = self.expect(")").position
        return Child(query=query, position=start, text=self.statement[start:end])

    def item(self) -> Operand | FieldSet | Child | TypeOf:
        if self.token.is_word("("):
            return self.child()
        if self.token.is_word("TYPEOF") and self.tokens[self.place + 1].kind == "name":
            return self.type_of()
        if self.token.is_word("FIELDS") and self.tokens[self.place + 1].is_word("("):
            position = self.advance().position
            self.expect("(")
            kind = self.expect("ALL", "STANDARD", "CUSTOM")
            self.expect(")")
            return FieldSet(kind=kind.text.upper(), position=position)
        found = self.operand(aggregates=True)
        if self.token.kind == "name" and not self.token.is_word("FROM"):
            return replace(found, alias=self.advance().text)
        return found

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
        if word not in AGGREGATES | DATE_FUNCTIONS | {"TOLABEL"} or (word in AGGREGATES and not aggregates):
            raise malformed(self.statement, token.position, f"unexpected token: '{token.text}'")
        self.expect("(")
        if word == "COUNT" and self.take(")"):
            return Aggregate(function=word, path=None, position=token.position)
        path = self.path()
        self.expect(")")
        if word == "TOLABEL":
            return path
        made = Aggregate if word in AGGREGATES else DateFunction
        return made(function=word, path=path, position=token.position)

    def path(self) -> Path:
        token = self.name()
        return Path(parts=tuple(token.text.split(".")), position=token.position)

    def group_by(self) -> tuple[Path | DateFunction, ...]:
        if not self.take("GROUP"):
            return ()
        self.expect("BY")
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
            self.refuse_semi_join(condition)
        return Group(word=word, conditions=tuple(conditions)) if word else conditions[0]

    def refuse_semi_join(self, condition: Condition) -> None:
        """Semi-joins may not stand beside OR, nor below it."""
        if isinstance(condition, Not):
            self.refuse_semi_join(condition.condition)
        elif isinstance(condition, Group):
            for part in condition.conditions:
                self.refuse_semi_join(part)
        elif condition.query is not None:
            sentence = "Semi join sub-selects are not allowed with the 'OR' operator"
            raise malformed(self.statement, condition.operand.position, sentence)

    def single(self) -> Condition:
        if not self.token.is_word("NOT", "("):
            return self.comparison()
        token = self.advance()
        self.depth += 1
        if self.depth > _DEEPEST:
            raise malformed(self.statement, token.position, "conditions are nested too deeply")
        if token.is_word("NOT"):
            inside: Condition = Not(condition=self.single())
        else:
            inside = self.either()
            self.expect(")")
        self.depth -= 1
        return inside

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
            inner = self.query()
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
