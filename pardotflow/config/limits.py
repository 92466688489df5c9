"""Limits of a plan as values: what the guards of a sync say."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pardotflow.core.span import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A guard's number: absolute, or a percentage of the linked records."""

    number: float
    percent: bool
    span: Span | None = field(default=None, compare=False)
    """Where it stands; None for a default."""

    def of(self, whole: int) -> int:
        """The largest count that it allows of so many."""
        return int(whole * self.number / 100) if self.percent else int(self.number)

    def __str__(self) -> str:
        return f"{self.number:g}%" if self.percent else f"{self.number:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guards:
    """Limits that block a plan, by guard and then by side, object or mapping; `""` is for all that no other key names.
    What has no key has no limit."""

    limits: Mapping[str, Mapping[str, Limit]]
    span: Span
