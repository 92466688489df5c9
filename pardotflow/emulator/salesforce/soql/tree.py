"""The parts of a SOQL statement as values.

Every part that can be wrong keeps its position in the text, because the platform's error messages point at it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A field, with the relationships that lead to it: `Account.Owner.Name` has three parts."""

    parts: tuple[str, ...]
    position: int
    alias: str | None = None

    @property
    def text(self) -> str:
        """The path as written."""
        return ".".join(self.parts)

    @property
    def path(self) -> Path:
        """Itself, as the field that an operand is made of."""
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate:
    """`COUNT(Id) n`; without a path it is the bare `COUNT()`."""

    function: str
    path: Path | None
    position: int
    alias: str | None = None

    @property
    def text(self) -> str:
        """The expression as a message shows it."""
        return f"{self.function}({self.path.text if self.path else ''})"


@dataclass(frozen=True, slots=True, kw_only=True)
class DateFunction:
    """`CALENDAR_YEAR(CreatedDate)`; `zoned` where it is `CALENDAR_YEAR(convertTimezone(CreatedDate))`."""

    function: str
    path: Path
    position: int
    alias: str | None = None
    zoned: bool = False

    @property
    def text(self) -> str:
        """The expression as a message shows it."""
        return f"{self.function}({self.path.text})"


Operand = Path | DateFunction | Aggregate


@dataclass(frozen=True, slots=True, kw_only=True)
class Display:
    """`FORMAT(Amount) a`, `toLabel(Status)`: a selected value as people see it."""

    function: Literal["FORMAT", "TOLABEL"]
    operand: Path | Aggregate
    position: int
    alias: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSet:
    """`FIELDS(ALL | STANDARD | CUSTOM)`."""

    kind: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeOf:
    """`TYPEOF Owner WHEN User THEN Id, Name ELSE Id END`: other fields for each kind of parent."""

    relation: Path
    branches: tuple[tuple[Path, tuple[Path, ...]], ...]
    otherwise: tuple[Path, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A literal. `like` is the text of a string as a LIKE pattern, where `\\_` and `\\%` keep their backslash."""

    kind: Literal["string", "number", "boolean", "null", "date", "datetime", "keyword"]
    value: str | float | int | bool | None
    position: int
    like: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One test of one operand. IN, NOT IN, INCLUDES and EXCLUDES have several values, or a query to take them from."""

    operand: Operand
    operator: str
    values: tuple[Value, ...] = ()
    query: Query | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """The opposite of a condition."""

    condition: Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Conditions that are all joined by one word."""

    word: Literal["AND", "OR"]
    conditions: tuple[Condition, ...]


Condition = Comparison | Not | Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One sort key. `nulls_first` is the platform's default in both directions."""

    operand: Operand
    descending: bool
    nulls_first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """`(SELECT Id FROM Contacts)` in a select list. `text` is the statement inside; its object is a relationship."""

    query: Query
    position: int
    text: str

    @property
    def alone(self) -> tuple[str, str]:
        """The statement around the name of its object."""
        start = self.query.object_position - self.position
        return self.text[:start], self.text[start + len(self.query.object) :]


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A whole SELECT. `grouping` says whether the keys are grouped as they are, or with subtotals.

    `scope` is the word of USING SCOPE in capitals.
    """

    statement: str
    items: tuple[Operand | Display | FieldSet | Child | TypeOf, ...]
    object: str
    object_position: int
    alias: str | None
    scope: str
    where: Condition | None
    group_by: tuple[Path | DateFunction, ...]
    grouping: Literal["PLAIN", "ROLLUP", "CUBE"]
    having: Condition | None
    order_by: tuple[Order, ...]
    limit: int | None
    offset: int | None

    @property
    def is_count(self) -> bool:
        """Whether this is the bare `SELECT COUNT()`."""
        first = self.items[0]
        return isinstance(first, Aggregate) and first.path is None and first.alias is None and len(self.items) == 1

    @property
    def is_aggregate(self) -> bool:
        """Whether the answer is made of AggregateResult records."""
        shown = (item.operand if isinstance(item, Display) else item for item in self.items)
        return bool(self.group_by) or any(isinstance(item, Aggregate) for item in shown)
