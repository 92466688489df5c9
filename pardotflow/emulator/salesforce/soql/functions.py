"""What SOQL functions give: the type of their result, and their SQL over a column; and the SQL that values sort by.

Date functions work on UTC days but for convertTimezone(), and a fiscal year is a calendar year, as in an org where
neither was changed. Weeks are counted from the first day of the month or year, seven days each.
"""

from __future__ import annotations

from pardotflow.emulator.salesforce.records.fields import NUMBER_TYPES, Field
from pardotflow.emulator.sql_functions import fold

AGGREGATES = frozenset({"COUNT", "COUNT_DISTINCT", "MIN", "MAX", "SUM", "AVG"})
_YEAR = "CAST(substr({x}, 1, 4) AS INTEGER)"
_MONTH = "CAST(substr({x}, 6, 2) AS INTEGER)"
_DAY = "CAST(substr({x}, 9, 2) AS INTEGER)"
_DAY_IN_YEAR = "CAST(strftime('%j', substr({x}, 1, 10)) AS INTEGER)"
_QUARTER = f"(({_MONTH} + 2) / 3)"
_DATES = {
    "CALENDAR_YEAR": _YEAR,
    "CALENDAR_QUARTER": _QUARTER,
    "CALENDAR_MONTH": _MONTH,
    "FISCAL_YEAR": _YEAR,
    "FISCAL_QUARTER": _QUARTER,
    "FISCAL_MONTH": _MONTH,
    "DAY_IN_MONTH": _DAY,
    "DAY_IN_WEEK": "(CAST(strftime('%w', substr({x}, 1, 10)) AS INTEGER) + 1)",
    "DAY_IN_YEAR": _DAY_IN_YEAR,
    "WEEK_IN_MONTH": f"(({_DAY} + 6) / 7)",
    "WEEK_IN_YEAR": f"(({_DAY_IN_YEAR} + 6) / 7)",
}
_INSTANTS = {"DAY_ONLY": "substr({x}, 1, 10)", "HOUR_IN_DAY": "CAST(substr({x}, 12, 2) AS INTEGER)"}
DATE_FUNCTIONS = frozenset({*_DATES, *_INSTANTS})


def date_function(name: str, field: Field, sql: str) -> tuple[Field, str] | None:
    """A date function of a field; None where the field has no such part."""
    pattern = _INSTANTS.get(name) if field.type == "datetime" else None
    if pattern is None and field.type in {"date", "datetime"}:
        pattern = _DATES.get(name)
    if pattern is None:
        return None
    return _result(name, field, "date" if name == "DAY_ONLY" else "int"), pattern.format(x=sql)


def folded(field: Field, sql: str) -> str:
    """SQL that is equal and sorts as SOQL compares the values of a field: text without case."""
    return f"folded({sql})" if field.is_text and not field.case_sensitive else sql


def sort_keys(field: Field, sql: str) -> list[str]:
    """SQL that sorts as SOQL does: a picklist in the order of its values, with all others behind them."""
    plain = [f"folded({sql})" if field.is_text else sql]
    if field.type != "picklist" or not field.picklist:
        return plain
    values = [fold(value).replace("'", "''") for value in field.picklist]
    places = " ".join(f"WHEN '{value}' THEN {place}" for place, value in enumerate(values))
    return [f"iif({sql} IS NULL, NULL, CASE folded({sql}) {places} ELSE {len(values)} END)", *plain]


def aggregate_function(name: str, field: Field, sql: str) -> tuple[Field, str] | None:
    """An aggregate of a field; None where the field cannot be aggregated so."""
    if not field.is_aggregatable or (name in {"SUM", "AVG"} and field.type not in NUMBER_TYPES | {"int"}):
        return None
    if name in {"COUNT", "COUNT_DISTINCT"}:
        distinct = name == "COUNT_DISTINCT"
        return _result(name, field, "int"), f"count({'DISTINCT ' + folded(field, sql) if distinct else sql})"
    made = name.lower()
    if made in {"sum", "avg"}:
        return _result(name, field, "double"), f"{made}({sql})"
    cased = field.case_sensitive or not field.is_text
    return field, f"{made}({sql})" if cased else f"({made}({sql} COLLATE FOLDED) COLLATE NOCASE)"


def _result(name: str, field: Field, kind: str) -> Field:
    return Field(name=f"{name}({field.name})", type=kind, label=name)
