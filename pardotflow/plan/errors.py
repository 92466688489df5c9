"""Sync errors as people look at them: grouped by cause, the most frequent first."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pardotflow.plan.public import Addresses

VERSION = "1.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorItem:
    """One refused change that is not resolved."""

    object: str
    id: str
    """The record's id, or the text `new`."""
    made_from: str
    """Of a record that was to be made: `Object/id` of the one that it was to be made from; else empty."""
    name: str
    action: str
    fields: tuple[str, ...]
    """What was sent; empty where that is not known, and of a delete or an undelete."""
    message: str
    """The system's own words."""
    state: str
    """`open` (not tried again), `retry` (the next plan tries it) or `ignored`."""
    first_at: str
    """ISO 8601 in UTC."""
    last_at: str
    times: int
    run_id: str
    sync: str
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorGroup:
    """Refusals of one system with one code. Invariant: `open + retry + ignored` is the number of `items`."""

    system: str
    code: str
    cause: str
    """A word of the closed list of causes."""
    cause_name: str
    explanation: str
    way_out: str
    open: int
    retry: int
    ignored: int
    items: tuple[ErrorItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorReport:
    """The sync errors of an environment that a selection leaves."""

    environment: str
    groups: tuple[ErrorGroup, ...]
    total: int
    """Of the environment, selected or not."""

    @property
    def selected(self) -> int:
        """How many the selection leaves."""
        return sum(len(group.items) for group in self.groups)


def errors_json(report: ErrorReport, *, clear_values: bool = False) -> str:
    """The report as JSON text. Names and the systems' words, which may quote a value, are masked by ordinals, unless
    clear values are asked for."""
    found: dict[str, Any] = {"version": VERSION, **asdict(report)}
    if not clear_values:
        _mask(found["groups"])
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def _mask(groups: Sequence[dict[str, Any]]) -> None:
    ordinals: dict[tuple[str, str], int] = {}
    addresses = Addresses()
    for group in groups:
        for item in group["items"]:
            for field in ("name", "message"):
                if item[field]:
                    of_kind = sum(kind == field for kind, _ in ordinals)
                    number = ordinals.setdefault((field, item[field]), of_kind + 1)
                    item[field] = f"<{field} {number}>"
            item |= {field: addresses.mask(item[field]) for field in ("id", "made_from")}
