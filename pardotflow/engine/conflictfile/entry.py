"""One conflict as it stands in a file: the same columns in YAML and CSV.

An entry is known by its sync, field and two records; its two values are there to be read, and to see that neither has
moved. Only Salesforce and Pardot can be in conflict: a warehouse is never written.
"""

from dataclasses import dataclass

from pardotflow.core.span import Span
from pardotflow.core.values import System
from pardotflow.plan.model import Conflict, RecordName
from pardotflow.store.decisions import KEEP

DECISION = "decision"
SIDES = (str(System.SALESFORCE), str(System.PARDOT))
WORDS = (*SIDES, KEEP)
"""What may be decided."""
VALUES = (*SIDES, *(f"{side}_was" for side in SIDES))
"""The columns that hold what a record holds or held."""
KEYS = ("sync", "field", "record", "counterpart")
TIMES = tuple(f"{side}_changed" for side in SIDES)
COLUMNS = ("record", "name", "field", *VALUES, *TIMES, "why", "counterpart", "sync", "environment")
"""Everything but the decision, in the order of a CSV file."""

EntryKey = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a file says of one conflict. `span` is where the entry begins."""

    key: EntryKey
    values: tuple[str, str]
    """Of both sides; empty for a blank."""
    decision: str
    """Empty while nobody has decided."""
    span: Span


def key_of(conflict: Conflict) -> EntryKey:
    """What an entry about the conflict is known by."""
    return conflict.sync, conflict.field, address(conflict.a), address(conflict.b)


def values_of(conflict: Conflict) -> tuple[str, str]:
    """Both values as a file holds them."""
    return conflict.a_value or "", conflict.b_value or ""


def address(record: RecordName) -> str:
    """`Contact/003…`."""
    return f"{record.object}/{record.id}"


def row_of(conflict: Conflict, environment: str) -> dict[str, str]:
    """The columns of a conflict, without a decision."""
    values = dict(zip(SIDES, values_of(conflict), strict=True))
    bases = dict(zip(VALUES[2:], (conflict.base_a or "", conflict.base_b or ""), strict=True))
    times = dict(zip(TIMES, (conflict.a_changed_at, conflict.b_changed_at), strict=True))
    sync, field, record, counterpart = key_of(conflict)
    name = conflict.a.name or conflict.b.name
    why = f"{conflict.reason} ({conflict.line})"
    told = {"record": record, "name": name, "field": field, "why": why, "counterpart": counterpart, "sync": sync}
    row = told | values | bases | times | {"environment": environment}
    return {column: row[column] for column in COLUMNS}
