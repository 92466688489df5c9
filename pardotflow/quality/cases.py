"""The decision tests of a project as they were written: names are not resolved yet, every value keeps its place.

A case names two records, or one, what the sides held when they last agreed, and what is expected of a plan.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pardotflow.config.placed import Placed
from pardotflow.core.span import Span
from pardotflow.core.values import System

Values = Mapping[str, str | None]
"""Field or mapping as written, to its value; None is a blank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row(Placed):
    """A record as it is now. `keys` says where each field's name stands."""

    object: str
    """Empty for the first object of the side."""
    values: Values
    keys: Mapping[str, Span] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenBase:
    """What the sides held of one mapping; a side that is not named held a blank. `both` is the one value of both."""

    by_system: Values
    both: str | None
    is_same: bool
    """One value stands for both sides."""
    is_changed: bool
    """The mapping computed its values in another way then."""
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation(Placed):
    """What is planned. `None` where a key does not stand: then it is not looked at, except for `changes`, `create` and
    `delete`.

    `held` is a kind for the whole record, or kinds by mapping.
    """

    changes: Mapping[System, Row]
    create: System | None
    delete: System | None
    conflicts: Values | None
    held: str | Values | None
    skipped: str | None
    match: str | None
    keys: Mapping[str, Span] = field(default_factory=dict)
    """Where the names inside `conflicts` and `held` stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case(Placed):
    """One case. `only` narrows it to some mappings; empty means all."""

    name: str
    rows: Mapping[System, Row]
    base: Mapping[str, WrittenBase]
    times: Mapping[System, str]
    is_linked: bool
    deleted: System | None
    only: tuple[str, ...]
    expect: Expectation


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile(Placed):
    """`tests/NAME.yml`: cases of one sync."""

    file: str
    sync: str
    cases: tuple[Case, ...]
