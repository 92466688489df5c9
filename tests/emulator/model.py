"""What the two services hold, as plain dictionaries: the other side of the property test.

It repeats only what the facts say (salesforce_api sections 4.1 and 5, pardot_api sections 3.1, 3.3 and 3.4), and
nothing of how the emulator does it. A refusal is a value, the error code; None says that the write took place.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.errors import FlakyStrategyDefinition
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

Fields = dict[str, Any]
REQUIRED = {"Contact": ["LastName"], "Lead": ["LastName", "Company"]}
KEY = "Pardot_Prospect_Id__c"
BAD_ADDRESS = "no address"
PICK = st.integers(0, 999)
_THOROUGH = os.environ.get("PARDOTFLOW_HYPOTHESIS") == "thorough"
TRIES = settings(
    deadline=None,
    derandomize=not _THOROUGH,
    max_examples=400 if _THOROUGH else 25,
    phases=tuple(Phase) if _THOROUGH else (Phase.explicit, Phase.generate),
    suppress_health_check=tuple(HealthCheck),
)


def run_machine(machine: type[RuleBasedStateMachine]) -> None:
    """Run a machine until one whole round has passed.

    Hypothesis sometimes loses count of its own draws in long rounds, and says so by this error alone: a disagreement of
    the two sides is another one. Then a round of another length is run.
    """
    for steps in (0, 3, 7, 12):
        try:
            run_state_machine_as_test(machine, settings=settings(TRIES, stateful_step_count=40 + steps))
            return
        except FlakyStrategyDefinition as lost:
            trouble = lost
    raise trouble


@dataclass
class Row:
    """A record; `touched` counts up with every write to any record."""

    kind: str
    fields: Fields
    deleted: bool = False
    touched: int = 0


def stored(fields: Mapping[str, Any]) -> Fields:
    """Text as the platform keeps it: trimmed, and nothing in the place of blank."""
    return {name: (text.strip() or None) if isinstance(text, str) else text for name, text in fields.items()}


@dataclass
class Org:
    """Contacts and leads by id."""

    rows: dict[str, Row] = field(default_factory=dict)

    def refuse_create(self, kind: str, given: Mapping[str, Any]) -> str | None:
        """The error code of an insert."""
        fields = stored(given)
        if fields.get("Email") == BAD_ADDRESS:
            return "INVALID_EMAIL_ADDRESS"
        if any(fields.get(name) is None for name in REQUIRED[kind]):
            return "REQUIRED_FIELD_MISSING"
        return "DUPLICATE_VALUE" if self.with_key(fields.get(KEY)) else None

    def refuse_update(self, record_id: str, given: Mapping[str, Any]) -> str | None:
        """The error code of an update."""
        row, fields = self.rows[record_id], stored(given)
        if row.deleted:
            return "ENTITY_IS_DELETED"
        if fields.get("Email") == BAD_ADDRESS:
            return "INVALID_EMAIL_ADDRESS"
        if any(name in fields and fields[name] is None for name in REQUIRED[row.kind]):
            return "REQUIRED_FIELD_MISSING"
        taken = [other for other in self.with_key(fields.get(KEY)) if other != record_id]
        return "DUPLICATE_VALUE" if taken else None

    def with_key(self, key: str | None) -> list[str]:
        """The live leads that carry an external id, which compares without case."""
        return [
            record_id
            for record_id, row in self.rows.items()
            if key is not None and not row.deleted and same(row.fields.get(KEY), key)
        ]

    def find(self, kind: str, test: Callable[[Fields], bool], *, deleted: bool) -> dict[str, Fields]:
        """The records that a query gives; `deleted` adds those in the recycle bin."""
        return {
            record_id: row.fields
            for record_id, row in self.rows.items()
            if row.kind == kind and (deleted or not row.deleted) and test(row.fields)
        }


def same(one: str | None, other: str | None) -> bool:
    """Equality of SOQL: without case, and null equals null."""
    return one == other or (one is not None and other is not None and one.lower() == other.lower())


def like(value: str | None, pattern: str) -> bool:
    """LIKE of SOQL: `%` is any text, `_` one character, a null never matches."""
    parts = {"%": ".*", "_": "."}
    meant = "".join(parts.get(letter, re.escape(letter)) for letter in pattern)
    return value is not None and re.fullmatch(meant, value, re.IGNORECASE | re.DOTALL) is not None


@dataclass
class Unit:
    """Prospects, lists and memberships of a business unit that allows several prospects with one address."""

    rows: dict[int, Row] = field(default_factory=dict)
    writes: int = 0

    def put(self, record_id: int, kind: str, fields: Mapping[str, Any]) -> None:
        """A new record."""
        self.writes += 1
        self.rows[record_id] = Row(kind, dict(fields), touched=self.writes)

    def touch(self, record_id: int, changes: Mapping[str, Any], *, deleted: bool | None = None) -> None:
        """A change, also one that changes nothing."""
        self.writes += 1
        row = self.rows[record_id]
        row.fields.update(changes)
        row.touched = self.writes
        row.deleted = row.deleted if deleted is None else deleted

    def of(self, kind: str, *, deleted: bool | None = False) -> dict[int, Fields]:
        """The records of a kind that are live, in the bin (True), or both (None)."""
        return {
            record_id: row.fields
            for record_id, row in sorted(self.rows.items())
            if row.kind == kind and deleted in {None, row.deleted}
        }

    def latest(self, address: str, *, deleted: bool) -> int | None:
        """Of the prospects with an address the one that was written last; none of them has any activity."""
        found = [key for key, fields in self.of("prospects", deleted=deleted).items() if fields["email"] == address]
        return max(found, key=lambda key: self.rows[key].touched, default=None)

    def refuse_prospect(self, fields: Mapping[str, Any], *, creating: bool) -> int | None:
        """The error code for the fields of a prospect."""
        if fields.get("email") == BAD_ADDRESS:
            return 4
        if creating and fields.get("email") is None:
            return 153
        return 4 if "email" in fields and fields["email"] is None else None

    def refuse_name(self, name: str | None, own: int | None) -> int | None:
        """The error code for the name of a list."""
        if name is None:
            return 153
        others = (fields["name"] for key, fields in self.of("lists").items() if key != own)
        return 245 if name in others else None

    def refuse_membership(self, list_id: int, prospect_id: int) -> int | None:
        """The error code for a new membership."""
        if list_id not in self.of("lists"):
            return 55
        if prospect_id not in self.of("prospects", deleted=None):
            return 3
        if prospect_id not in self.of("prospects"):
            return 132
        pairs = pairs_of(self.of("list-memberships").values())
        return 58 if (list_id, prospect_id) in pairs else None


def pairs_of(memberships: Iterable[Fields]) -> set[tuple[int, int]]:
    """List and prospect of each membership."""
    return {(fields["listId"], fields["prospectId"]) for fields in memberships}
