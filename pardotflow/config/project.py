"""What a project is once it has been read: frozen values, each with the place it came from.

Everything here is resolved: defaults are filled in, names are checked for form, Jinja is rendered. Nothing here knows
what the outside systems hold; that is what `config.meaning` checks against a catalog.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from pardotflow.config.connections import Environment
from pardotflow.config.limits import Guards
from pardotflow.config.on_leave import OnLeave
from pardotflow.config.placed import Placed
from pardotflow.config.retention import Retention
from pardotflow.config.user_map import OwnerRule, UserMap
from pardotflow.config.write_options import DuplicateRule
from pardotflow.core.span import Span
from pardotflow.core.values import FieldType, System


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPlace:
    """Where the first character of a text stands. `exact` is False where lines were folded or a template was rendered:
    then a position inside the text cannot be told, only where the text stands."""

    span: Span
    exact: bool

    def at(self, line: int, column: int, length: int = 1) -> Span:
        """The place of a position inside the text, both counted from 1."""
        if not self.exact:
            return self.span
        start = self.span
        return Span(file=start.file, line=start.line + line - 1, column=start.column + column - 1, length=length)


class Strength(StrEnum):
    """How far a sync may go."""

    OBSERVE = "observe"
    PLAN = "plan"
    APPLY = "apply"
    SCHEDULED = "scheduled"


class Direction(StrEnum):
    """Which way the values of a mapping flow."""

    TO_PARDOT = "to_pardot"
    TO_SALESFORCE = "to_salesforce"
    TWO_WAY = "two_way"


class Policy(StrEnum):
    """Who wins when both sides moved."""

    SALESFORCE = "salesforce"
    PARDOT = "pardot"
    MOST_RECENT = "most_recent"
    ASK = "ask"
    CONSENT = "consent"


class Preset(StrEnum):
    """Whose rules a two-way mapping follows where the sides differ."""

    NONE = "none"
    """The project's own: three-way, against the base."""
    CONNECTOR = "connector"
    """The vendor's connector: by the two values alone, whatever the base says."""


class MostRecent(StrEnum):
    """Whose clock `most_recent` compares on the Salesforce side: the record's stamp, or the history of the field."""

    RECORD = "record"
    FIELD = "field"


class OnBlank(StrEnum):
    """What happens to a write of a blank over a value."""

    HOLD = "hold"
    CLEAR = "clear"
    REFILL = "refill"


class OnLink(StrEnum):
    """What happens to fields of a pair that has no base yet."""

    FILL = "fill"
    SALESFORCE = "salesforce"
    PARDOT = "pardot"
    MOST_RECENT = "most_recent"
    ASK = "ask"


class Into(StrEnum):
    """`blank` writes only where the target is blank."""

    ANY = "any"
    BLANK = "blank"


class TooLong(StrEnum):
    """What happens to a value that is longer than the target takes."""

    HOLD = "hold"
    CUT = "cut"


class OnGone(StrEnum):
    """What happens to the counterpart of a record that is gone."""

    KEEP = "keep"
    UNLINK = "unlink"
    ARCHIVE = "archive"
    """The counterpart goes to the recycle bin of its system."""
    RECREATE = "recreate"
    """The gone record is made again by the create rule of its side."""


SINGLE_READS = 200
"""Unless a source says otherwise: less than a hundredth of the smallest allowance that the vendor sells a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source(Placed):
    """A declared read: an object of a connection, or a file of one.

    `fields` is empty where everything that syncs and models use is read. `types` gives the declared type of a file's
    columns. `where` is a filter in the system's own language (SOQL), sent as it is.
    """

    name: str
    connection: str
    object: str = ""
    file: str = ""
    fields: tuple[str, ...] = ()
    types: Mapping[str, FieldType] = field(default_factory=dict)
    where: str = ""
    single_reads: int = SINGLE_READS
    """How many records a plan may ask for alone, one call each, for fields that no read of many brings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model(Placed):
    """A Jinja SQL file, rendered: `sql` has `{source:NAME}` and `{ref:NAME}` replaced by quoted relation names. It is
    empty where the file cannot be used; a whole project has no such model."""

    name: str
    sql: str
    sources: tuple[str, ...]
    refs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side(Placed):
    """One participant of a sync: the objects that it reads and writes, or the model that it reads."""

    system: System
    objects: tuple[str, ...] = ()
    model: str = ""
    """Of a warehouse side its rows; of another one a read model beside its one object."""
    behind: tuple[Model, ...] = ()
    """The read model and all that it reads."""
    key: str = ""
    """Of a warehouse side: the column that identifies a row."""
    select: str = ""
    """SQL over the side's own record: only where it is true does the record take part. Empty for every record."""
    do_not_sync: str = ""
    """SQL over the side's own record: where it is true, neither the record nor its counterpart is written."""
    on_leave: OnLeave = OnLeave.KEEP
    places: Mapping[str, TextPlace] = field(default_factory=dict)
    """Of `select` and `do_not_sync`."""
    renamed_from: Mapping[str, str] = field(default_factory=dict)
    """By name of an object or of the model: what it was called before."""

    @property
    def names(self) -> tuple[str, ...]:
        """The objects, or the model as the single object of a warehouse side."""
        return self.objects or (self.model,)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRef(Placed):
    """A field of one side; the name may differ by object. `name_in` is empty for objects that do not have it."""

    by_object: Mapping[str, str]

    def name_in(self, object_name: str) -> str:
        """The field's name in that object, or the empty text."""
        return self.by_object.get(object_name, "")

    @property
    def label(self) -> str:
        """The name as plans show it: the one name, or all different ones."""
        return "/".join(dict.fromkeys(self.by_object.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueMap(Placed):
    """Values of the first side and what they become on the second, in file order."""

    file: str
    pairs: tuple[tuple[str, str], ...]
    one_to_one: bool


class MatchKind(StrEnum):
    """The ways to find the counterpart of a record."""

    SALESFORCE_ID = "salesforce_id"
    LOOKUP = "lookup"
    EMAIL = "email"


class KeyForm(StrEnum):
    """How the values of a match key are brought to one form."""

    TYPED = "typed"
    """By the types of the two fields, as mapped values are."""
    EMAIL = "email"
    """Without regard to case and to white space around it."""
    UNTAGGED = "untagged"
    """As an e-mail address, without what stands between + and @."""
    NOCASE = "nocase"
    EXACT = "exact"
    """To the letter, but for white space at the end."""
    URL = "url"
    """The id of a prospect, out of the address of its page; only read, never written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPart:
    """A field of the first side, `a`, and the field of the second, `b`, that has to hold the same (see `Sync`)."""

    a: FieldRef
    b: FieldRef

    def ref(self, *, is_a: bool) -> FieldRef:
        """The field of one side."""
        return self.a if is_a else self.b


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchKey(Placed):
    """One way to find a counterpart: every part has to agree, and a blank agrees with nothing."""

    kind: MatchKind
    parts: tuple[KeyPart, ...]
    form: KeyForm = KeyForm.TYPED

    @property
    def name(self) -> str:
        """As plans show it."""
        labels = (" + ".join(p.ref(is_a=is_a).label for p in self.parts) for is_a in (True, False))
        short = str(self.kind) if self.kind is not MatchKind.LOOKUP else " = ".join(labels)
        return short if self.form in (KeyForm.TYPED, KeyForm.EMAIL) else f"{short} ({self.form})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick(Placed):
    """Which of several candidates of a side is taken: the first or the last by the value of an expression."""

    sql: str
    is_last: bool
    place: "TextPlace"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateRule(Placed):
    """When and how a missing counterpart is created on one side.

    `when` is SQL over the record of the other side; `set` gives SQL expressions or constants for fields that no
    mapping fills; `key` is the target's field that carries the other side's id and makes a retry harmless.
    """

    object: str
    when: str
    set: Mapping[str, str]
    key: str
    share_email: bool
    insert_only: bool = False
    """True where the sync makes records on this side and never updates one that is there."""
    retroactive: bool = True
    """False where only records made after the rule began get a counterpart."""
    set_spans: Mapping[str, Span] = field(default_factory=dict)
    places: Mapping[str, TextPlace] = field(default_factory=dict)
    """Of every SQL text: `when`, and `set.FIELD` for each target field of `set`."""
    owner: OwnerRule | None = None
    assignment_rule: str = ""
    """`TRUE`, or the id of the rule that gives a new record its owner; empty where none runs."""
    duplicate_rule: DuplicateRule | None = None
    """In place of that of the sync."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldMapping(Placed):
    """One field pair of a sync. `a` or `b` is None where `sql` computes the other side's value."""

    key: str
    """Stable name of the mapping inside its sync: the target field's label, or both labels of a two-way pair."""
    a: FieldRef | None
    b: FieldRef | None
    direction: Direction
    policy: Policy
    into: Into
    on_blank: OnBlank
    on_link: OnLink
    too_long: TooLong
    values: ValueMap | None
    sql: str
    allow_opt_in: bool
    pii: str
    preset: Preset = Preset.NONE
    place: TextPlace | None = None
    """Where the text of `sql` stands."""
    users: UserMap | None = None
    """For fields that hold a user: how one system's become the other's."""
    most_recent: MostRecent = MostRecent.RECORD
    renamed_from: Mapping[System, FieldRef] = field(default_factory=dict)
    """By side: what the field was called before."""

    @property
    def asks_history(self) -> bool:
        """True where the newer value wins, and the field's own history tells which one that is."""
        asks = self.policy is Policy.MOST_RECENT or self.on_link is OnLink.MOST_RECENT
        return asks and self.most_recent is MostRecent.FIELD and self.direction is Direction.TWO_WAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Sync(Placed):
    """One declared relationship between the records of two sides.

    The sides are ordered: a warehouse is always `a`; between the two vendors Salesforce is `a` and Pardot is `b`.
    """

    name: str
    description: str
    strength: Strength
    a: Side
    b: Side
    match: tuple[MatchKey, ...]
    create: Mapping[System, CreateRule]
    fields: tuple[FieldMapping, ...]
    deletes: Mapping[System, OnGone]
    guards: Guards
    pick: Mapping[System, Pick] = field(default_factory=dict)
    """Empty where several candidates are an ambiguity."""
    duplicate_rule: DuplicateRule | None = None
    paused: bool = False
    urgent: bool = False
    """Nothing is compared or sent; links and bases stay."""
    renamed_from: str = ""
    """What the sync was called before."""

    @property
    def sides(self) -> tuple[Side, Side]:
        """Both sides in order."""
        return (self.a, self.b)


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """The folder with `pardotflow.yml`, read for one environment."""

    name: str
    root: Path
    environment: Environment
    sources: tuple[Source, ...]
    models: tuple[Model, ...]
    syncs: tuple[Sync, ...]
    vars: Mapping[str, str]
    retention: Retention = field(default_factory=Retention)

    def source_of(self, connection: str, object_name: str) -> Source | None:
        """The source that reads an object of a connection, or None."""
        wanted = object_name.lower()
        return next((s for s in self.sources if s.connection == connection and s.object.lower() == wanted), None)

    @property
    def state(self) -> Path:
        """Where the environment's memory and cache live."""
        return self.root / ".pardotflow" / self.environment.name
