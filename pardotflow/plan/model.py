"""What a plan is made of: closed lists of words and small frozen rows.

A plan is a complete ordered list of changes. Reasons, sections and names are display only: apply reads the action, the
record, the field and the value, and never branches on why.
"""

from dataclasses import dataclass
from enum import StrEnum

from pardotflow.plan.cost import Cost, Quota, Step


class Action(StrEnum):
    """What happens to one record."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    UNDELETE = "undelete"


class Situation(StrEnum):
    """What was found for one field of one pair, before any policy."""

    SAME = "same"
    SALESFORCE_MOVED = "salesforce_moved"
    PARDOT_MOVED = "pardot_moved"
    BOTH_MOVED = "both_moved"
    MAPPING_CHANGED = "mapping_changed"
    NEW = "new"
    WAREHOUSE = "warehouse"
    """A one-way mapping from a warehouse, or one without a base: the target differs from the expression."""


class Section(StrEnum):
    """Under which heading the plan shows a field change."""

    CREATE = "create"
    CHANGE = "change"
    CONFLICT = "conflict"
    """Both sides moved, a policy named the winner."""
    DRIFT = "drift"
    """The target of a one-way mapping was edited; it is put back."""
    ADOPTED = "adopted"
    """The pair has just been linked, or the field just mapped: there is no base."""
    MAPPING_CHANGED = "mapping_changed"
    ID = "id"
    """The other side's id is written back."""
    DELETE = "delete"
    """The record goes to the recycle bin."""
    UNDELETE = "undelete"
    """A record that we put into the recycle bin is taken out of it."""


class HeldKind(StrEnum):
    """Why something was seen and listed, but is not sent."""

    OPEN_CONFLICT = "open_conflict"
    BLANK = "blank"
    OPT_IN = "opt_in"
    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"
    UNKNOWN_PICKLIST_VALUE = "unknown_picklist_value"
    UNMAPPED_VALUE = "unmapped_value"
    WOULD_DUPLICATE = "would_duplicate"
    WAS_DELETED = "was_deleted"
    REQUIRED_MISSING = "required_missing"
    UNKNOWN_OUTCOME = "unknown_outcome"
    INCOMPLETE_READ = "incomplete_read"
    FILTERED_SOURCE = "filtered_source"
    REFUSED = "refused"
    CANNOT_UNDELETE = "cannot_undelete"
    UNMAPPED_USER = "unmapped_user"
    KEPT_BY_DECISION = "kept_by_decision"
    EMAIL_TAKEN = "email_taken"
    CANNOT_REVERT = "cannot_revert"


class SkipReason(StrEnum):
    """Why a record has no counterpart and gets none."""

    NO_CREATE_RULE = "no_create_rule"
    CREATE_CONDITION = "create_condition"
    DANGLING = "dangling"
    """It carries an id of a record that cannot be seen: deleted for good, or hidden from the connected user."""
    COUNTERPART_GONE = "counterpart_gone"
    CONVERTED = "converted"
    NOT_VISIBLE = "not_visible"
    NO_EMAIL = "no_email"
    OUTSIDE_SELECTION = "outside_selection"
    LEFT_SELECTION = "left_selection"
    """It is linked; link and bases stay, unless the plan says that the link ends."""
    DO_NOT_SYNC = "do_not_sync"
    OLDER_THAN_RULE = "older_than_rule"
    PERSON_CONTACT = "person_contact"
    BUSINESS_ACCOUNT = "business_account"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMeta:
    """Which plan this is and what it is bound to."""

    id: str
    digest: str
    project: str
    environment: str
    production: bool
    created_at: str
    """ISO 8601 in UTC; outside the digest."""
    path: str
    empty_memory: bool
    """Nothing was remembered when the plan was made: every pair is new."""
    complete: bool
    applyable: bool
    errored: bool
    blocked: bool
    selection: str = ""
    """What the plan was narrowed to; empty for everything."""
    warning: str = ""
    """What has to be read before the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How much of one action happens to one object."""

    system: str
    object: str
    action: str
    records: int
    fields: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordName:
    """A record as a person knows it: `prospect/1042` and `Ada Berg`."""

    system: str
    object: str
    id: str
    """The id, or for a record that does not exist yet the text `new`."""
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field of one record: from what, to what, why, by which line."""

    record: RecordName
    action: str
    field: str
    before: str | None
    after: str | None
    after_note: str
    """Instead of a value that does not exist yet: `id of the new Lead Ada Berg`."""
    section: str
    reason: str
    line: str
    pii: str
    sync: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """Many equal field changes, shown once. `before`/`after` are None for a blank, `*` stands for various values."""

    system: str
    object: str
    action: str
    field: str
    before: str | None
    after: str | None
    section: str
    reason: str
    line: str
    pii: str
    records: int
    samples: tuple[RecordName, ...]
    sample_values: tuple[tuple[str | None, str | None], ...]
    """Before and after of the samples where the pattern is `*`, else empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Both sides moved and differ. `winner` is a system's name, `open`, `held` or `kept`."""

    sync: str
    a: RecordName
    b: RecordName
    field: str
    a_value: str | None
    b_value: str | None
    base_a: str | None
    base_b: str | None
    winner: str
    reason: str
    line: str
    pii: str
    a_changed_at: str = ""
    """When the record was changed last, in UTC to the second; empty where it is not known."""
    b_changed_at: str = ""
    digest: str = ""
    """Of the mapping, as it was when the plan was made."""
    by_person: bool = False
    """The winner is what a person decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictReport:
    """The conflicts of one plan that people decide: the open ones, and those that a recorded decision settled."""

    meta: PlanMeta
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRow:
    """One person's no, or a no that is taken back, and what the plan does about it."""

    record: RecordName
    field: str
    status: str
    """`sent`, `held`, `open` (nobody has decided) or `refused`."""
    opts: str
    """`out`, `in`, or `undecided`."""
    says_no: str
    """The system that holds the no; empty where neither does."""
    origin: str
    """The system whose value this comes from."""
    set_at: str
    """ISO 8601 in UTC; empty where it is not known."""
    set_by: str
    """The user's id in that system, empty where it is not known."""
    user: str
    """The user's name, empty where it is not known."""
    by_history: bool
    """The field's own history says so; else it is the last change of the whole record."""
    is_ours: bool
    """We wrote it ourselves."""
    said_before: str
    """`no` or `yes`: what that side said when the two last agreed; empty where nothing is known of it."""
    reason: str
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What a plan does about consent: exact counts, and the first rows with the most dangerous before others."""

    both_sides: int
    """Fields in which both sides of a linked pair say no."""
    counts: tuple[tuple[str, str, str, int], ...]
    """(status, opts, system that is written, rows)."""
    rows: tuple[ConsentRow, ...]

    def total(self, status: str = "", opts: str = "", system: str = "") -> int:
        """How many rows are of these kinds; an empty word stands for all."""
        return sum(n for s, o, y, n in self.counts if status in ("", s) and opts in ("", o) and system in ("", y))


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A counted heading with a few samples: held items, skipped records, ambiguities, accepted drift."""

    kind: str
    system: str
    object: str
    field: str
    reason: str
    line: str
    count: int
    samples: tuple[RecordName, ...]
    sample_notes: tuple[str, ...]
    """One short text a sample: the values, or the candidates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """How the records of one sync were paired."""

    sync: str
    a: str
    b: str
    linked_before: int
    linked_now: tuple[tuple[str, int], ...]
    """Newly linked pairs by match key, in the order of the keys."""
    followed: int
    """Links that follow a conversion or a merge."""
    ambiguous: int
    unmatched_a: int
    unmatched_b: int
    unmatched: tuple[tuple[str, str, int], ...] = ()
    """Records without a counterpart: side, why, how many; the most frequent first. `created` are those that get one."""
    left_out: tuple[tuple[str, str, int], ...] = ()
    """Records without a counterpart that take no part: side, reason, how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What was read for the plan."""

    system: str
    object: str
    rows: int
    deleted: int
    mode: str
    """`full`, `delta`, `record` or `file`."""
    changed: int
    """Rows of a delta that differ from what was known; of another read, all that it brought."""
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardResult:
    """One guard: its number against its limit, and the flag that lets it pass once."""

    sync: str
    guard: str
    number: int
    limit: str
    allowed: int
    """The limit as a count of records or fields."""
    passed: bool
    flag: str
    line: str
    let_pass: bool = False
    """True where whoever applies the plan has given the flag."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReport:
    """Everything that a view of a plan needs, bounded in size; totals are exact, lists are cut."""

    meta: PlanMeta
    counts: tuple[Count, ...]
    identity: tuple[Identity, ...]
    guards: tuple[GuardResult, ...]
    costs: tuple[Cost, ...]
    read_calls: tuple[tuple[str, int], ...]
    """Calls that making the plan took, by system."""
    quotas: tuple[Quota, ...]
    patterns: tuple[Pattern, ...]
    patterns_total: int
    singles: tuple[FieldChange, ...]
    """Field changes that folded with nothing; those of one record stand together."""
    singles_total: int
    fields_total: int
    """Invariant: the sum of all patterns' records plus `singles_total`."""
    conflicts: tuple[Conflict, ...]
    conflicts_open: int
    conflicts_decided: int
    held: tuple[Group, ...]
    held_total: int
    ambiguities: tuple[Group, ...]
    ambiguities_total: int
    skipped: tuple[Group, ...]
    skipped_total: int
    accepted: tuple[Group, ...]
    """Differences that are accepted without a write: rewritten or cut values."""
    coverage: tuple[Coverage, ...]
    notes: tuple[str, ...]
    syncs: tuple[tuple[str, str], ...]
    """Name and strength of every sync in the plan."""
    unsettled: tuple[Group, ...] = ()
    """What the next plan would still send: `oscillates` (no end), `deletes_next` (a record), or `needs_another`."""
    flipflops: tuple[Group, ...] = ()
    """What is written again although earlier runs wrote it: the values go to and fro."""
    paused: tuple[tuple[str, int, str], ...] = ()
    """Syncs that are not compared: name, linked pairs, and since when (ISO 8601 in UTC)."""
    created: tuple[Group, ...] = ()
    """New records by system, object and create rule; their fields count among the single changes."""
    steps: tuple[Step, ...] = ()
    """What apply does, in its order, with the ways that were not taken."""
    consent: Consent | None = None
    """None where no sync maps a field in which people say no."""

    @property
    def records_total(self) -> int:
        """How many records the plan touches."""
        return sum(c.records for c in self.counts)

    @property
    def has_changes(self) -> bool:
        """True when there is something to send."""
        return self.records_total > 0
