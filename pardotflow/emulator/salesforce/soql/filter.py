"""One SOQL comparison as an SQLite condition.

SOQL has two truth values: a comparison with an empty field is false, and its opposite is true. Conditions may be NULL
at the top level, where that counts as false; under NOT they are wrapped by the caller.
Text is compared without case: through NOCASE columns and their indexes where the literal is ASCII, else as `folded`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo

from pardotflow.emulator.clock import parse_instant, salesforce_stamp
from pardotflow.emulator.ids import to_18
from pardotflow.emulator.salesforce.errors import SalesforceError, refuse
from pardotflow.emulator.salesforce.records.fields import ID_TYPES, NUMBER_TYPES, Field
from pardotflow.emulator.salesforce.soql.dates import keyword_range
from pardotflow.emulator.salesforce.soql.lexer import malformed, point_at
from pardotflow.emulator.salesforce.soql.tree import Comparison, Value
from pardotflow.emulator.sql_functions import fold

Sql = tuple[str, list[object]]
_ORDERS = frozenset({"<", "<=", ">", ">="})
_MOST_MARKS = 1_000
_FIRST, _LAST = date(1700, 1, 1), date(4000, 12, 31)  # facts, section 3.1: the range of dates


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The column that a comparison tests. `today` and `zone` give date keywords their meaning."""

    statement: str
    column: str
    field: Field
    today: date
    zone: tzinfo

    def is_cased(self, value: object = "ß") -> bool:
        """Whether a value has to be compared as `folded` text, since NOCASE does not know all its letters."""
        text = self.field.is_text and not self.field.case_sensitive
        return text and isinstance(value, str) and not value.isascii()


def join_conditions(word: str, parts: Sequence[str]) -> str:
    """Conditions joined by a word, the first as it is and the others as a balanced tree.

    SQLite refuses expressions that are deeper than a thousand, and while it reads a parenthesis it keeps what stands on
    the left of it. So the deepest condition has to be the first.
    """
    return parts[0] if len(parts) == 1 else f"({parts[0]} {word} {_balanced(word, parts[1:])})"


def _balanced(word: str, parts: Sequence[str]) -> str:
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    return f"({_balanced(word, parts[:middle])} {word} {_balanced(word, parts[middle:])})"


def compare(target: Target, comparison: Comparison) -> Sql:
    """The condition of one comparison with literal values; raises `SalesforceError`."""
    if not target.field.is_filterable:
        raise _refuse_field(target, comparison, "can not be filtered in a query call")
    operator = comparison.operator
    if operator in {"IN", "NOT IN"}:
        return _membership(target, comparison.values, negated=operator == "NOT IN")
    if operator in {"INCLUDES", "EXCLUDES"}:
        return _includes(target, comparison)
    (value,) = comparison.values
    if value.kind == "keyword":
        return _compare_range(target, operator, value)
    if operator == "LIKE":
        return _like(target, comparison, value)
    if operator in _ORDERS and target.field.type == "boolean":
        raise _refuse_operator(target, comparison)
    plain = read_literal(target, value)
    if plain is None:
        if operator not in {"=", "!="}:
            raise malformed(target.statement, value.position, "unexpected token: 'null'")
        return f"{target.column} IS {'NOT ' if operator == '!=' else ''}NULL", []
    column = target.column
    if target.is_cased(plain) or (operator in _ORDERS and target.is_cased()):
        column, plain = f"folded({column})", fold(str(plain))
    return f"{column} {'IS NOT' if operator == '!=' else operator} ?", [plain]


def _membership(target: Target, values: Sequence[Value], *, negated: bool) -> Sql:
    plain = [read_literal(target, value) for value in values]
    has_null = None in plain
    tests, bound = [], []
    for column, listed in (
        (target.column, [v for v in plain if v is not None and not target.is_cased(v)]),
        (f"folded({target.column})", [fold(str(v)) for v in plain if v is not None and target.is_cased(v)]),
    ):
        if listed or column == target.column:
            tests.append(f"{column} {'NOT IN' if negated else 'IN'} ({_marks(listed)})")
            bound += _bind(listed)
    if negated:
        empty = "IS NOT NULL AND" if has_null else "IS NULL OR"
        return f"({target.column} {empty} ({' AND '.join(tests)}))", bound
    extra = f" OR {target.column} IS NULL" if has_null else ""
    return f"({' OR '.join(tests)}{extra})", bound


def _marks(listed: Sequence[object]) -> str:
    """The places of listed values; SQLite takes so many that long lists are bound as one."""
    return "SELECT value FROM json_each(?)" if len(listed) > _MOST_MARKS else ",".join("?" * len(listed))


def _bind(listed: Sequence[object]) -> list[object]:
    return [json.dumps(listed)] if len(listed) > _MOST_MARKS else list(listed)


def _includes(target: Target, comparison: Comparison) -> Sql:
    if target.field.type != "multipicklist":
        raise _refuse_operator(target, comparison)
    tests: list[str] = []
    values: list[object] = []
    for value in comparison.values:
        wanted = fold(str(_expect(target, value, "string"))).split(";")
        tests.append(join_conditions("AND", [f"instr(';' || folded({target.column}) || ';', ?) > 0"] * len(wanted)))
        values.extend(f";{w};" for w in wanted)
    joined = join_conditions("OR", tests)
    return (f"({target.column} IS NULL OR NOT {joined})" if comparison.operator == "EXCLUDES" else joined), values


def _like(target: Target, comparison: Comparison, value: Value) -> Sql:
    if not target.field.is_text:
        raise _refuse_operator(target, comparison)
    if value.kind != "string":
        raise _wrong_kind(target, value)
    cased = target.is_cased(value.like)
    column, pattern = (f"folded({target.column})", fold(value.like)) if cased else (target.column, value.like)
    return f"{column} LIKE ? ESCAPE '\\'", [pattern]


def _compare_range(target: Target, operator: str, value: Value) -> Sql:
    dated = target.field.type in {"date", "datetime"}
    found = keyword_range(str(value.value), target.today) if dated else None
    if found is None:
        written = target.statement[value.position :][: len(str(value.value))]
        raise malformed(target.statement, value.position, f"unexpected token: '{written}'")
    start, end = (_day_text(target, day) for day in found)
    column = target.column
    tests: dict[str, Sql] = {
        "=": (f"({column} >= ? AND {column} < ?)", [start, end]),
        "!=": (f"({column} IS NULL OR {column} < ? OR {column} >= ?)", [start, end]),
        "<": (f"{column} < ?", [start]),
        "<=": (f"{column} < ?", [end]),
        ">": (f"{column} >= ?", [end]),
        ">=": (f"{column} >= ?", [start]),
    }
    return tests[operator]


def _day_text(target: Target, day: date) -> str:
    near = min(max(day, _FIRST), _LAST)
    if target.field.type == "date":
        return near.isoformat()
    return salesforce_stamp(datetime.combine(near, time(), tzinfo=target.zone))


def read_literal(target: Target, value: Value) -> object:
    """The stored form of a literal for a field; None is null. Raises INVALID_FIELD where the kinds do not fit."""
    field_type = target.field.type
    if value.kind == "null" or value.value == "":
        return None
    if field_type in ID_TYPES:
        return _read_id(target, value)
    if field_type == "boolean":
        return int(_expect(target, value, "boolean"))  # type: ignore[call-overload]
    if field_type in NUMBER_TYPES | {"int"}:
        return _expect(target, value, "number")
    if field_type == "date":
        return _read_day(target, value)
    if field_type == "datetime":
        moment = parse_instant(str(_expect(target, value, "datetime")))
        if moment is None or not _FIRST <= moment.date() <= _LAST:
            raise malformed(target.statement, value.position, f"Invalid datetime: {value.value}")
        return salesforce_stamp(moment).replace(".000", f".{moment.microsecond // 1000:03}")
    return _expect(target, value, "string")


def _read_day(target: Target, value: Value) -> str:
    text = str(_expect(target, value, "date"))
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or not _FIRST <= day <= _LAST:
        raise malformed(target.statement, value.position, f"Invalid date: {text}")
    return text


def _read_id(target: Target, value: Value) -> str:
    text = str(_expect(target, value, "string"))
    known = to_18(text)
    if known is None:
        raise refuse(
            400,
            "INVALID_QUERY_FILTER_OPERATOR",
            point_at(target.statement, value.position, f"invalid ID field: {text}"),
        )
    return known


def _expect(target: Target, value: Value, kind: str) -> object:
    if value.kind != kind:
        raise _wrong_kind(target, value)
    return value.value


def _wrong_kind(target: Target, value: Value) -> SalesforceError:
    field_type = {"datetime": "dateTime", "int": "integer"}.get(target.field.type, target.field.type)
    quoted = target.field.is_text or target.field.type in ID_TYPES
    ending = f"should {'' if quoted else 'not '}be enclosed in quotes"
    sentence = f"value of filter criterion for field '{target.field.name}' must be of type {field_type} and {ending}"
    return refuse(400, "INVALID_FIELD", point_at(target.statement, value.position, sentence))


def _refuse_field(target: Target, comparison: Comparison, ending: str) -> SalesforceError:
    sentence = f"field '{target.field.name}' {ending}"
    return refuse(400, "INVALID_FIELD", point_at(target.statement, comparison.operand.position, sentence))


def _refuse_operator(target: Target, comparison: Comparison) -> SalesforceError:
    return refuse(
        400,
        "INVALID_QUERY_FILTER_OPERATOR",
        point_at(target.statement, comparison.operand.position, f"invalid operator on {target.field.type} field"),
    )
