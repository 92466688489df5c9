"""Why a record is as it is: what both sides hold, what is remembered, what the next plan would do, and by which line.

The decisions are those of a plan, taken by the same statements. Everything here is display only: nothing is applied
from it.
"""

from dataclasses import dataclass
from enum import StrEnum

from pardotflow.plan.model import RecordName


class RecordState(StrEnum):
    """Whether a record can be compared."""

    LIVE = "live"
    DELETED = "deleted"
    CONVERTED = "converted"
    """A converted lead or a merged loser: another record takes its place."""
    NOT_VISIBLE = "not_visible"
    """Not seen by the last read that would have shown it, which proves nothing."""
    NEW = "new"
    """It does not exist yet; the next plan makes it."""


class Outcome(StrEnum):
    """What the next plan would do with one field."""

    WRITE = "write"
    SHOWN = "shown"
    """It is a change, and the strength of the sync keeps it from being sent."""
    HELD = "held"
    ACCEPTED = "accepted"
    """The two differ, and nothing is written."""
    AGREE = "agree"


class Accepted(StrEnum):
    """Why a difference stays, beside the kinds that a plan lists."""

    STORED_DIFFERENTLY = "stored_differently"
    REWRITTEN = "rewritten"
    REWRITTEN_AGAIN = "rewritten_again"
    CUT_COPY = "cut_copy"
    """One side holds the other's value as far as it has room."""
    NOT_WRITTEN_HERE = "not_written_here"
    """The mapping writes no field of this object, or may not flow that way."""
    NOT_READ_BACK = "not_read_back"
    """The record was read before our own write could show: it is read again before its value goes anywhere."""
    TARGET_FILLED = "target_filled"
    """`into: blank`, and the target is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRecord:
    """One record of a pair. Times are ISO 8601 in UTC, and empty where they are not known."""

    record: RecordName
    state: str
    changed_at: str
    """The record's own stamp of its last change."""
    changed_by: str
    """The user who made it, as the system names them."""
    is_ours: bool
    """That user is the one by whom we are connected."""
    as_of: str
    """How new the values are that are shown here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """How two records belong together."""

    origin: str
    """`found`, `created:<system>`, or empty for a pair that is not remembered yet."""
    run_id: str
    linked_at: str
    key: str
    """Of a pair that is linked now: the match key that found it."""
    line: str
    agreeing: tuple[str, ...]
    """The match keys by which the two agree now."""
    was: tuple[RecordName, ...]
    """The two records of before, where the link follows a conversion or a merge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Something that the plan says of the record itself: `ambiguous`, `delete` or `undelete` where that would happen to
    it, a kind of held item, or a reason of skipping."""

    kind: str
    record: RecordName
    note: str
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Half:
    """One side of one field: what it holds, in which form it is compared, and what it held when the two last agreed."""

    field: str
    """Empty where the mapping computes the value."""
    value: str | None
    form: str | None
    """With the value map applied. None is a blank, also where the value cannot be read."""
    base: str | None
    sent_at: str
    """When the remembered value was sent, where no read has shown it yet."""
    is_stale: bool
    """The record was read before our write could show: what was sent counts, not what was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The mapping, as it is configured."""

    key: str
    direction: str
    policy: str
    on_blank: str
    on_link: str
    into: str
    too_long: str
    sql: str
    values: str
    """The file of the value map."""
    users: bool
    """The users of one system become users of the other."""
    allow_opt_in: bool
    preset: str
    """`connector` where the rules of the vendor's connector decide, else `none`."""
    compared_as: str
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the next plan would do, in the plan's own words. `target` is the side that is written or would be."""

    outcome: str
    kind: str
    """Of a held item its kind, of an accepted difference why it stays; else empty."""
    reason: str
    section: str
    target: RecordName | None
    field: str
    before: str | None
    after: str | None
    winner: str
    """Of a conflict: the system whose value stays, `open` or `held`; else empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """A confirmed write of one field by an earlier run."""

    run_id: str
    written_at: str
    record: RecordName
    field: str
    before: str | None
    after: str | None
    line: str
    sync: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldExplanation:
    """One mapped field of one pair."""

    rule: Rule
    pii: str
    situation: str
    has_base: bool
    """False too where the base is that of another mapping of the field."""
    a: Half
    b: Half
    decision: Decision
    writes: tuple[Write, ...]
    """The last ones on either side, newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdChange:
    """The other side's id, which the next plan would write into the record."""

    record: RecordName
    field: str
    before: str | None
    after: str
    """Of a record that does not exist yet: what it is the id of."""
    reason: str
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A change of the record that a system refused and that is still open."""

    record: RecordName
    action: str
    code: str
    message: str
    run_id: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncExplanation:
    """What one sync makes of the record. `a` or `b` is None where the record has no counterpart."""

    sync: str
    strength: str
    line: str
    a_system: str
    b_system: str
    a: SeenRecord | None
    b: SeenRecord | None
    link: Link | None
    standings: tuple[Standing, ...]
    fields: tuple[FieldExplanation, ...]
    """Those that something would happen to first, then those that differ, then the others."""
    ids: tuple[IdChange, ...]
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The whole answer. `asked` is what was typed; `field` is empty where all fields were asked for."""

    project: str
    environment: str
    production: bool
    asked: str
    record: RecordName
    field: str
    is_offline: bool
    syncs: tuple[SyncExplanation, ...]
    notes: tuple[str, ...]
    """What keeps this from being all that the next plan will know."""
