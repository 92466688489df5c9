"""A sync as the SQL templates need it: every name resolved against the describes, every value as an SQL expression.

Compiling decides nothing about records. The same compiled sync serves plan, compile and the staleness check of apply.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pardotflow.config.limits import Guards
from pardotflow.config.project import CreateRule, FieldMapping, MatchKind, OnGone, Pick, Side, Strength
from pardotflow.config.user_map import UserMap
from pardotflow.config.write_options import DuplicateRule
from pardotflow.core.forms import Form, common_type
from pardotflow.core.span import Span
from pardotflow.core.values import FieldType, System
from pardotflow.engine.quote import name as quoted
from pardotflow.engine.truth import Flow


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledObject:
    """One object of a side: where its rows are and which fields are needed, with their types."""

    name: str
    relation: str
    """The SQL relation with its rows."""
    fields: Mapping[str, FieldType]
    """Canonical name to type, of every field that the sync touches."""
    defaults: Mapping[str, str]
    """What a new record holds in those fields where nothing is given."""
    columns: Mapping[str, FieldType] = field(default_factory=dict)
    """What a read model computes for each record: of no snapshot, and never written."""
    rows: str = ""
    """The relation without them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledSide:
    """One side: `role` is `a` or `b`."""

    role: str
    system: System
    objects: tuple[CompiledObject, ...]
    config: Side
    person_contacts: str = ""
    """The object whose records may be the contact of a person account, which only the account can write."""
    person_accounts: str = ""
    """The object of which only person accounts take part; empty, too, in an org without any."""

    @property
    def is_narrowed(self) -> bool:
        """True where a condition decides which records take part."""
        return bool(self.config.select or self.config.do_not_sync or self.person_contacts or self.person_accounts)

    @property
    def fields(self) -> dict[str, FieldType]:
        """All fields over all objects; one that the objects declare as different things is a text."""
        merged: dict[str, FieldType] = {}
        for item in self.objects:
            for name, kind in (*item.fields.items(), *item.columns.items()):
                merged[name] = common_type(merged.get(name, kind), kind)
        return merged

    def type_in(self, object_name: str, field: str) -> FieldType:
        """What one object declares the field as."""
        return next(
            (o.fields.get(field, FieldType.TEXT) for o in self.objects if o.name == object_name), FieldType.TEXT
        )

    @property
    def stored(self) -> "CompiledSide":
        """The side without what a read model computes: match keys need no more."""
        return replace(self, objects=tuple(replace(o, relation=o.rows, columns={}) for o in self.objects))


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a mapping writes in one object: the field and what it takes."""

    object: str
    field: str
    type: FieldType
    length: int
    restricted: tuple[str, ...]
    required: bool
    createable: bool
    out: str
    """SQL for the text that a mapping writes there, over the rows of the other side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldHistory:
    """Where Salesforce keeps old values of one field: the history object, the field there that names the record, and
    the names under which the changes of the field stand."""

    object: str
    parent: str
    names: tuple[str, ...]
    relation: str
    """The SQL relation with the entries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledMapping:
    """One mapping. The SQL texts refer to columns of the sides `a` and `b` (aliases of their rows).

    `raw_*` is what the side holds; `cmp_*` is the form in which the two are compared (value map applied); `out_*` is
    the text that would be written to that side. `stored_*` is the form in which what a side stores is told from what
    it stored before: that of the comparison, but for a value map between two types. `sent_*` is the form in which the
    `a_value` or `b_value` that was sent to a side is compared, where a value map makes another one of it. `applies`
    says for which pairs of objects the mapping exists.
    """

    number: int
    mapping: FieldMapping
    flow: Flow
    form: Form
    stored_a: Form
    stored_b: Form
    digest: str
    raw_a: str
    raw_b: str
    cmp_a: str
    cmp_b: str
    out_a: str
    out_b: str
    sent_a: str
    sent_b: str
    applies: str
    targets_a: tuple[Target, ...]
    targets_b: tuple[Target, ...]
    field_a: Mapping[str, str]
    field_b: Mapping[str, str]
    histories: Mapping[str, FieldHistory]
    """By object of side `a`, where the mapping compares by the field's own history; else empty."""

    @property
    def form_a(self) -> str:
        """The column of side `a` that holds `cmp_a`, computed once for every row."""
        return f"a._c_{self.number}"

    @property
    def form_b(self) -> str:
        """The column of side `b` that holds `cmp_b`."""
        return f"b._c_{self.number}"

    @property
    def expression(self) -> str:
        """The name of the computed column of an `sql` mapping, else empty."""
        return f"_x_{self.number}" if self.mapping.sql else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledKey:
    """One match key: `value_a` and `value_b` are equal for counterparts; `names` is the side whose value is the
    other's id (empty for a symmetric key); `id_fields` is where that id is written back."""

    number: int
    name: str
    kind: MatchKind
    value_a: str
    value_b: str
    names: str
    id_fields: Mapping[str, str]
    """Object name to the field that carries the counterpart's id."""
    line: str
    lookup_a: Mapping[str, tuple[str, ...]]
    lookup_b: Mapping[str, tuple[str, ...]]
    """By object: the fields that one record can be looked up by in the system itself, for `plan --record`."""
    is_within: bool = False
    """True where such a field holds more than the value."""

    def value(self, role: str) -> str:
        """The SQL of the key's value on a side."""
        return self.value_a if role == "a" else self.value_b

    def form(self, role: str) -> str:
        """The column of a side that holds the key's value, computed once for every row."""
        return f"{role}._k_{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledCreate:
    """A create rule of the side `role`: the source side is the other one."""

    role: str
    system: System
    object: str
    rule: CreateRule
    when: str
    set: Mapping[str, str]
    """Target field to the column of the source's computed row."""
    targets: Mapping[str, Target]
    required: tuple[str, ...]
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledUsers:
    """A user map of one side: `column` of its rows holds the user of the other system for the one in `raw`."""

    sync: str
    role: str
    column: str
    raw: str
    source: System
    target: System
    users: UserMap
    is_needed: bool = False
    """True where nothing is made for a record that names nobody: whom the system gives it, a mapping brings back."""

    @property
    def table(self) -> str:
        """The session's table with the translation: one row a user of the source."""
        return quoted(f"users of {self.sync}{self.column}_{self.role}")

    @property
    def key(self) -> str:
        """The user in `raw` as the table names it."""
        return f"nf_id({self.raw})" if self.source is System.SALESFORCE else f"nf_text({self.raw})"


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledSync:
    """One sync, ready for the templates."""

    name: str
    strength: Strength
    a: CompiledSide
    b: CompiledSide
    keys: tuple[CompiledKey, ...]
    mappings: tuple[CompiledMapping, ...]
    creates: tuple[CompiledCreate, ...]
    deletes: Mapping[System, OnGone]
    picks: Mapping[str, Pick]
    """By role: which of several candidates is taken."""
    deletes_line: str
    """Where that is said, as plans show it."""
    guards: Guards
    span: Span
    users: tuple[CompiledUsers, ...] = ()
    duplicate_rule: DuplicateRule | None = None
    paused_at: str = ""
    """The line that pauses the sync; empty where it runs."""

    @property
    def line(self) -> str:
        """Where the sync stands, as plans show it."""
        return self.span.short

    @property
    def is_applied(self) -> bool:
        """False for a sync that is only shown."""
        return self.strength in (Strength.APPLY, Strength.SCHEDULED)

    def side(self, role: str) -> CompiledSide:
        """The side by its role."""
        return self.a if role == "a" else self.b

    def key_forms(self, role: str) -> dict[str, str]:
        """The columns of a side that the keys need, as SQL: `_key` is a record's id as the other side names it."""
        naming = (key.value(role) for key in self.keys if key.names and key.names != role)
        return {"_key": next(naming, f"{role}._id")} | {f"_k_{key.number}": key.value(role) for key in self.keys}

    @property
    def insert_only(self) -> tuple[str, ...]:
        """The sides on which no record is updated that was there before."""
        return tuple(create.role for create in self.creates if create.rule.insert_only)

    @property
    def number_of(self) -> dict[str, int]:
        """Mapping key to number."""
        return {m.mapping.key: m.number for m in self.mappings}
