"""What the project's own expressions compute from a side's records, each with its place in the files.

An expression sees typed values; what it gives is text again, or true or false for the rule of a create.
"""

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

import duckdb

from pardotflow.config.project import TextPlace
from pardotflow.core.diagnostic import Diagnostic
from pardotflow.core.span import Span
from pardotflow.core.values import FieldType
from pardotflow.engine import truth
from pardotflow.engine.compiled import CompiledCreate, CompiledSide, CompiledSync
from pardotflow.engine.focus import OTHER
from pardotflow.engine.quote import name
from pardotflow.engine.sqlfault import SqlFault, fault_of

_EVERYTHING = re.compile(r"[*#]|\bcolumns\b")
"""What may read a column without its name: a star, or a position."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """One column. `text` is what the user wrote, `kind` the type that it is cast to (empty for its own); the rest says
    where it stands."""

    column: str
    text: str
    kind: str = "varchar"
    span: Span
    place: TextPlace | None = None

    @property
    def sql(self) -> str:
        """The column's SQL over the typed rows."""
        return f"cast(({self.text}) as {self.kind})" if self.kind else f"({self.text})"

    @property
    def lines(self) -> list[tuple[str, int]]:
        """The lines that it stands on, with their file."""
        start = self.place.span if self.place else self.span
        return [(start.file, start.line + n) for n in range(self.text.count("\n") + 1)]

    def diagnostic(self, fault: SqlFault, statement: str) -> Diagnostic:
        """What is said of an expression that fails inside a statement."""
        word = fault.place_in(self.text, statement.index(self.sql) + self.sql.index(self.text))
        span = self.place.at(word.line, word.column, word.length) if self.place else self.span
        message = f"the expression cannot be computed: {fault.message}"
        return Diagnostic(code="PF203", message=message, span=span, help=fault.help)


def computed_columns(sync: CompiledSync, side: CompiledSide) -> tuple[Computed, ...]:
    """Computed columns of a side: `sql` mappings that read it, the create rule of the other side, and the conditions
    that say which of its records take part."""
    found = [
        Computed(column=m.expression, text=m.mapping.sql, span=m.mapping.at("sql"), place=m.mapping.place)
        for m in sync.mappings
        if m.expression and (m.flow is truth.Flow.A_TO_B) == (side.role == "a")
    ]
    pick = sync.picks.get(side.role)
    if pick is not None:
        found.append(Computed(column="_pick", text=pick.sql, kind="", span=pick.span, place=pick.place))
    for create in sync.creates:
        if create.role == OTHER[side.role]:
            found += _of_rule(create)
    return (*found, *_of_side(side))


def _of_side(side: CompiledSide) -> list[Computed]:
    config = side.config
    return [
        Computed(column=f"_{key}", text=sql, kind="boolean", span=config.at(key), place=config.places.get(key))
        for key, sql in (("select", config.select), ("do_not_sync", config.do_not_sync))
        if sql
    ]


def _of_rule(create: CompiledCreate) -> list[Computed]:
    rule = create.rule
    when = Computed(
        column="_create_when",
        text=create.when or "true",
        kind="boolean",
        span=rule.at("when"),
        place=rule.places.get("when"),
    )
    places = {sql: (rule.set_spans.get(f, rule.span), rule.places.get(f"set.{f}")) for f, sql in rule.set.items()}
    values = [
        Computed(column=f"_create_set_{n}", text=sql, span=places[sql][0], place=places[sql][1])
        for n, sql in enumerate(create.set.values())
    ]
    return [when, *values]


def typed_columns(side: CompiledSide) -> dict[str, str]:
    """The cast that gives each field its declared type, for the project's own expressions. A parent record is a column
    too, so that `Account.Name` can be written as it is and in quotes."""
    casts = {field: typed_column(name(field), kind) for field, kind in side.fields.items()}
    parents = _nested({field: sql for field, sql in casts.items() if "." in field})
    return casts | {parent: sql for parent, sql in parents.items() if parent not in casts}


def read_columns(side: CompiledSide, computed: Iterable[Computed]) -> dict[str, str]:
    """Those of the typed columns that expressions may read, and all that are plain text. A cast that nobody reads is
    left out of what runs, but it is planned first, and of few rows that is what takes the time."""
    texts = [c.text.lower() for c in computed]
    casts = typed_columns(side)
    if any(_EVERYTHING.search(text) for text in texts):
        return casts
    return {field: cast for field, cast in casts.items() if cast == name(field) or _may_name(field, texts)}


def _may_name(field: str, texts: Iterable[str]) -> bool:
    """True where a text in small letters has the field's name in it, or could have it in another spelling."""
    return not field.isascii() or '"' in field or any(field.partition(".")[0].lower() in text for text in texts)


def _nested(casts: Mapping[str, str]) -> dict[str, str]:
    """SQL of the first part of each path: a struct with the rest."""
    inside: dict[str, dict[str, str]] = {}
    for path, sql in casts.items():
        first, _, rest = path.partition(".")
        inside.setdefault(first, {})[rest] = sql
    found = {}
    for first, parts in inside.items():
        own = {field: sql for field, sql in parts.items() if "." not in field}
        deeper = _nested({field: sql for field, sql in parts.items() if "." in field})
        members = ", ".join(f"{name(field)} := {sql}" for field, sql in (deeper | own).items())
        found[first] = f"struct_pack({members})"
    return found


def typed_column(column: str, kind: FieldType) -> str:
    """SQL that gives a raw text its declared type; what cannot be read is null."""
    match kind:
        case FieldType.BOOLEAN:
            return f"try_cast(nf_boolean({column}) as boolean)"
        case FieldType.INTEGER:
            exact = f"try_cast(nf_number({column}) as bigint)"
            return f"case when {is_plain(column, kind)} then try_cast({column} as bigint) else {exact} end"
        case FieldType.NUMBER:
            return f"try_cast(nf_number({column}) as double)"
        case FieldType.DATE:
            exact = f"try_cast(nf_date({column}) as date)"
            return f"case when {is_plain(column, kind)} then try_cast({column} as date) else {exact} end"
        case FieldType.DATETIME:
            return f"nf_instant({column})"
        case _:
            return column


def is_plain(column: str, kind: FieldType) -> str:
    """SQL that is true for a text which is its type's plainest form, and so needs no closer look; others may be too."""
    match kind:
        case FieldType.BOOLEAN:
            return f"{column} in ('true', 'false')"
        case FieldType.INTEGER:
            return f"cast(try_cast({column} as bigint) as varchar) = {column}"
        case FieldType.NUMBER:
            two_places = f"cast(try_cast({column} as decimal(18, 2)) as varchar) = {column}"
            return f"({two_places} or {is_plain(column, FieldType.INTEGER)})"
        case FieldType.DATE:
            return f"(length({column}) = 10 and cast(try_cast({column} as date) as varchar) = {column})"
        case _:
            return "false"


def check_computed(
    con: duckdb.DuckDBPyConnection, sync: CompiledSync, side: CompiledSide, wrong: Set[tuple[str, int]]
) -> list[Diagnostic]:
    """Every expression over the side, alone, over no rows: names, functions and types. Those with a line (file and
    number) that is known to be wrong are left out."""
    raw = ", ".join(f"cast(null as varchar) as {name(f)}" for f in side.fields) or "null as none"
    typed = ", ".join(f"{cast} as {name(f)}" for f, cast in typed_columns(side).items()) or "null as none"
    found = []
    for computed in (c for c in computed_columns(sync, side) if wrong.isdisjoint(c.lines)):
        statement = f"select {computed.sql} from (select {typed} from (select {raw})) as {side.system} limit 0"
        fault = fault_of(con, statement)
        if fault:
            found.append(computed.diagnostic(fault, statement))
    return found
