"""SOQL once more, over dictionaries: conditions, sort keys and groups that write themselves and judge a record.

It shares nothing with the emulator but the rules: two truth values, text without case and in the order of its upper
case, empty values first. Days are counted in UTC.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

Record = dict[str, Any]


def upper(text: str) -> str:
    """Upper case, letter by letter; a letter that would become two, or one of A to Z, stays what it is."""
    return "".join(up if len(up := c.upper()) == 1 and up.isascii() == c.isascii() else c for c in text)


def plain(value: object) -> Any:
    """What is compared in the place of a value."""
    return upper(value) if isinstance(value, str) else value


def quote(value: object) -> str:
    """A literal."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "TRUE" if value else "false"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"
    return str(value)


class Condition:
    """What stands behind WHERE or HAVING."""

    @property
    def text(self) -> str:
        raise NotImplementedError

    def holds(self, record: Record) -> bool:
        raise NotImplementedError


@dataclass(frozen=True)
class Compare(Condition):
    """`field operator value`; only `=` and `!=` take null."""

    field: str
    operator: str
    value: Any

    @property
    def text(self) -> str:
        return f"{self.field} {self.operator} {quote(self.value)}"

    def holds(self, record: Record) -> bool:
        mine, other = plain(record[self.field]), plain(self.value)
        if self.operator in {"=", "!=", "<>"}:
            return bool((mine == other) == (self.operator == "="))
        if mine is None:
            return False
        ordered = {"<": mine < other, "<=": mine <= other, ">": mine > other, ">=": mine >= other}
        return bool(ordered[self.operator])


@dataclass(frozen=True)
class Like(Condition):
    """`field LIKE pattern`. The pattern's parts are text, or one of the two wildcards."""

    field: str
    parts: tuple[str, ...]

    @property
    def text(self) -> str:
        shown = [p if p in {"%", "_"} else re.sub("([%_])", r"\\\1", quote(p[1:])[1:-1]) for p in self.parts]
        return f"{self.field} LIKE '{''.join(shown)}'"

    def holds(self, record: Record) -> bool:
        shown = {"%": ".*", "_": "."}
        pattern = "".join(shown[p] if p in shown else re.escape(upper(p[1:])) for p in self.parts)
        mine = record[self.field]
        return mine is not None and re.fullmatch(pattern, upper(mine), re.DOTALL) is not None


@dataclass(frozen=True)
class Among(Condition):
    """`field [NOT] IN (…)`."""

    field: str
    values: tuple[Any, ...]
    negated: bool

    @property
    def text(self) -> str:
        return f"{self.field}{' NOT' * self.negated} IN ({', '.join(map(quote, self.values))})"

    def holds(self, record: Record) -> bool:
        return (plain(record[self.field]) in [plain(v) for v in self.values]) != self.negated


@dataclass(frozen=True)
class SemiJoin(Condition):
    """`field [NOT] IN (SELECT …)` over other records."""

    field: str
    selected: str
    kind: str
    inner: Condition
    others: Sequence[Record]
    negated: bool

    @property
    def text(self) -> str:
        inner = f"SELECT {self.selected} FROM {self.kind} WHERE {self.inner.text}"
        return f"{self.field}{' NOT' * self.negated} IN ({inner})"

    def holds(self, record: Record) -> bool:
        found = {other[self.selected] for other in self.others if self.inner.holds(other)} - {None}
        return (record[self.field] in found) != self.negated


@dataclass(frozen=True)
class Includes(Condition):
    """`field INCLUDES ('a;b', 'c')`: all of one of the values."""

    field: str
    values: tuple[str, ...]
    negated: bool

    @property
    def text(self) -> str:
        return f"{self.field} {'EXCLUDES' if self.negated else 'INCLUDES'} ({', '.join(map(quote, self.values))})"

    def holds(self, record: Record) -> bool:
        mine = set((record[self.field] or "").split(";"))
        return any(set(value.split(";")) <= mine for value in self.values) != self.negated


PERIODS: dict[str, Callable[[date], int]] = {
    "DAY": lambda day: day.toordinal(),
    "WEEK": lambda day: day.toordinal() // 7,  # day 7 of the calendar is a Sunday
    "MONTH": lambda day: day.year * 12 + day.month,
    "QUARTER": lambda day: day.year * 4 + (day.month + 2) // 3,
    "YEAR": lambda day: day.year,
}


@dataclass(frozen=True)
class Within(Condition):
    """`field operator LAST_N_MONTHS:3`: the periods from `first` to `last`, counted from the one of today."""

    field: str
    operator: str
    word: str
    unit: str
    first: int
    last: int
    today: date

    @property
    def text(self) -> str:
        return f"{self.field} {self.operator} {self.word}"

    def holds(self, record: Record) -> bool:
        mine = record[self.field]
        if mine is None:
            return self.operator == "!="
        number = PERIODS[self.unit]
        place = number(mine) - number(self.today)
        return {
            "=": self.first <= place <= self.last,
            "!=": not self.first <= place <= self.last,
            "<": place < self.first,
            "<=": place <= self.last,
            ">": place > self.last,
            ">=": place >= self.first,
        }[self.operator]


@dataclass(frozen=True)
class Negation(Condition):
    """`NOT (…)`."""

    inner: Condition

    @property
    def text(self) -> str:
        return f"(NOT ({self.inner.text}))"

    def holds(self, record: Record) -> bool:
        return not self.inner.holds(record)


@dataclass(frozen=True)
class Joined(Condition):
    """Conditions joined by one word."""

    word: str
    parts: tuple[Condition, ...]

    @property
    def text(self) -> str:
        return f"({f' {self.word} '.join(part.text for part in self.parts)})"

    def holds(self, record: Record) -> bool:
        return (all if self.word == "AND" else any)(part.holds(record) for part in self.parts)


@dataclass(frozen=True)
class Key:
    """One sort key. A picklist sorts by the place of a value among its `choices`; another value stands behind them."""

    field: str
    descending: bool = False
    nulls: str = ""
    choices: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return f"{self.field}{' DESC' * self.descending}{' NULLS ' * bool(self.nulls)}{self.nulls}"

    def place(self, record: Record) -> tuple[int, Any]:
        """Where a record stands."""
        value = record[self.field]
        known = [choice.upper() for choice in self.choices]
        found = known.index(value.upper()) if known and value.upper() in known else len(known)
        return found, plain(value)


def in_order(records: Iterable[Record], keys: Sequence[Key]) -> list[Record]:
    """The records, sorted by the last key first, so that the first one decides."""
    found = list(records)
    for key in reversed(keys):
        full = [record for record in found if record[key.field] is not None]
        empty = [record for record in found if record[key.field] is None]
        full.sort(key=key.place, reverse=key.descending)
        found = [*full, *empty] if key.nulls == "LAST" else [*empty, *full]
    return found


AGGREGATES: dict[str, Callable[[list[Any]], Any]] = {
    "COUNT": len,
    "COUNT_DISTINCT": lambda values: len({plain(v) for v in values}),
    "SUM": lambda values: sum(values) if values else None,
    "AVG": lambda values: sum(values) / len(values) if values else None,
    "MIN": lambda values: min(map(plain, values), default=None),
    "MAX": lambda values: max(map(plain, values), default=None),
}


def groups(records: Iterable[Record], keys: Sequence[str], functions: Sequence[tuple[str, str]]) -> list[Record]:
    """One record for each group: its keys, and each `FUNCTION(field)`."""
    parts: dict[tuple[Any, ...], list[Record]] = {}
    for record in records:
        parts.setdefault(tuple(plain(record[key]) for key in keys), []).append(record)
    made = []
    for values, members in parts.items():
        made.append(dict(zip(keys, values, strict=True)))
        for name, field in functions:
            full = [member[field] for member in members if member[field] is not None]
            made[-1][f"{name}({field})"] = AGGREGATES[name](full)
    return made


def rolled_up(
    records: Sequence[Record], keys: Sequence[str], functions: Sequence[tuple[str, str]], *, cube: bool
) -> list[Record]:
    """The groups, and those of fewer keys: the rolled-up ones are empty, and `GROUPING(key)` is 1."""
    size = len(keys)
    kept = [[bool(mask >> k & 1) for k in range(size)] for mask in range(2**size)]
    made = []
    for mask in kept if cube else [mask for mask in kept if mask == sorted(mask, reverse=True)]:
        left = [key for key, keep in zip(keys, mask, strict=True) if keep]
        for group in groups(records, left, functions):
            grouping = {f"GROUPING({key})": int(key not in left) for key in keys}
            made.append(dict.fromkeys(keys) | group | grouping)
    return made
