"""What the engine planned for one case, read back from the tables that make a plan."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb

from pardotflow.core.forms import Form
from pardotflow.engine.compile import target_side
from pardotflow.engine.compiled import CompiledMapping, CompiledSync
from pardotflow.engine.sqlfile import dicts
from pardotflow.engine.truth import Found
from pardotflow.plan.model import Section
from pardotflow.plan.verdicts import PolicyCell
from pardotflow.quality.load import NONE
from pardotflow.quality.stage import Records

OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A word of the plan (a kind, a winner, a reason) with what is said of it."""

    word: str
    why: str
    line: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A value that would be sent. `mapping` is None for an id and for what a create rule sets."""

    value: str | None
    why: str
    line: str
    mapping: int | None
    is_id: bool
    """It joins the two records, and its value is made up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A mapped field in which the two sides differ, where it stands in the decision table, and what became of it."""

    place: PolicyCell
    outcome: str


@dataclass(slots=True, kw_only=True)
class Outcome:
    """Everything that is planned for one case; filled while the tables are read."""

    changes: dict[str, dict[str, Written]] = field(default_factory=lambda: {"a": {}, "b": {}})
    """By role and field."""
    creates: dict[str, str] = field(default_factory=dict)
    """By role: the object, and from which line."""
    deletes: dict[str, Told] = field(default_factory=dict)
    """By role: the record that goes to the recycle bin."""
    conflicts: dict[int, Told] = field(default_factory=dict)
    held: dict[int, Told] = field(default_factory=dict)
    held_record: Told | None = None
    skipped: Told | None = None
    ambiguous: Told | None = None
    match: str = NONE
    cells: dict[int, Cell] = field(default_factory=dict)


class Reader:
    """Reads one session's tables into the outcomes of the cases that stand in it."""

    def __init__(self, con: duckdb.DuckDBPyConnection, sync: CompiledSync, records: Mapping[int, Records]) -> None:
        self._con = con
        self._sync = sync
        self._owner = {(role, r.id): number for number, pair in records.items() for role, r in pair.items()}
        self._roles = {str(side.system): side.role for side in (sync.a, sync.b)}
        self._numbers = sync.number_of
        self.outcomes: dict[int, Outcome] = {number: Outcome() for number in records}

    def read_cells(self) -> None:
        """The cells and pairs, before what is created is looked at a second time."""
        if self._sync.mappings:
            for row in dicts(self._con, "select m, found, outcome, ca, cb, a_id, b_id from decided"):
                mapping = self._sync.mappings[row["m"]]
                place = policy_cell(self._sync, mapping, Found(row["found"]), row["ca"], row["cb"])
                self._of_pair(row).cells[mapping.number] = Cell(place=place, outcome=row["outcome"])
        names = {key.number: key.name for key in self._sync.keys}
        for row in dicts(self._con, "select a_id, b_id, key_no from pairs where is_new"):
            self._of_pair(row).match = names.get(row["key_no"], NONE)

    def read_plan(self) -> None:
        """What the plan would show."""
        # The later look at a new record says more of a field than its create.
        for row in self._rows("out_fields", "action = 'update', reason desc, after desc"):
            self._change(row)
        for row in self._rows("out_creates", "object"):
            self._of_pair(row).creates[self._roles[row["system"]]] = row["line"]
        for row in self._rows("out_deletes", "reason"):
            told = Told(word="deleted", why=row["reason"], line=row["line"])
            self._of_pair(row).deletes[self._roles[row["system"]]] = told
        for row in self._rows("out_conflicts", "field"):
            told = Told(word=row["winner"], why=row["reason"], line=row["line"])
            self._of_pair(row).conflicts[self._numbers[row["field"]]] = told
        for row in self._rows("out_held", "field, kind"):
            self._held(row)
        for row in self._rows("out_skipped", "reason, note"):
            self._of_record(row).skipped = Told(word=row["reason"], why=row["note"])
        for row in self._rows("out_ambiguous", "key"):
            self._of_record(row).ambiguous = Told(word=row["key"], why=row["reason"], line=row["line"])

    def _rows(self, table: str, order: str) -> Iterable[dict[str, Any]]:
        return dicts(self._con, f"from {table} order by {order}")

    def _of_pair(self, row: Mapping[str, Any]) -> Outcome:
        """The case of a pair; the id of a record that does not exist yet is nobody's."""
        found = (self._owner.get((role, row[f"{role}_id"])) for role in "ab")
        return self.outcomes[next(n for n in found if n is not None)]

    def _of_record(self, row: Mapping[str, Any]) -> Outcome:
        if row["id"].startswith("new:"):
            return self.outcomes[next(n for (_, id), n in self._owner.items() if row["id"].endswith(f"/{id}"))]
        return self.outcomes[self._owner[(self._roles[row["system"]], row["id"])]]

    def _change(self, row: Mapping[str, Any]) -> None:
        role = self._roles[row["system"]]
        names = {f for key in self._sync.keys for f in key.id_fields.values() if key.names == role}
        self._of_pair(row).changes[role][row["field"]] = Written(
            value=row["after"] if row["after_ref"] is None else row["after_note"],
            why=row["reason"],
            line=row["line"],
            mapping=self._numbers.get(row["mapping"]),
            is_id=row["section"] == Section.ID or (row["mapping"] is None and row["field"] in names),
        )

    def _held(self, row: Mapping[str, Any]) -> None:
        outcome, told = self._of_record(row), Told(word=row["kind"], why=row["reason"], line=row["line"])
        number = self._mapping_of(self._roles[row["system"]], row["object"], row["field"])
        if number is None:
            outcome.held_record = told
        else:
            outcome.held[number] = told

    def _mapping_of(self, role: str, item: str, field: str) -> int | None:
        """The mapping by which a plan tells what it holds: the one that writes the field."""
        mapping = writer_of(self._sync, role, item, field) if field else None
        return mapping.number if mapping else self._numbers.get(field)


def writer_of(sync: CompiledSync, role: str, item: str, field: str) -> CompiledMapping | None:
    """The mapping that may write a field of an object; there is one at most."""
    for mapping in sync.mappings:
        fields = mapping.field_a if role == "a" else mapping.field_b
        if target_side(mapping, role) and fields.get(item) == field:
            return mapping
    return None


def policy_cell(sync: CompiledSync, mapping: CompiledMapping, found: Found, a: str | None, b: str | None) -> PolicyCell:
    """Where two values in the form of their comparison stand in the decision table."""
    if mapping.form is Form.CHECKBOX:
        values = values_word(sync, mapping, "a" if a == "true" else "b")
    else:
        values = values_word(sync, mapping, "a" if a is None else "b" if b is None else "")
    return PolicyCell(found=found_word(sync, found), values=values)


def values_word(sync: CompiledSync, mapping: CompiledMapping, role: str) -> str:
    """Which side is the one that is blank, or true where a blank is false; none of them where `role` is empty."""
    word = "true" if mapping.form is Form.CHECKBOX else "blank"
    return f"{sync.side(role).system} {word}" if role else "both filled"


def found_word(sync: CompiledSync, found: Found) -> str:
    """What was found, with the names of the sides."""
    match found:
        case Found.A_MOVED:
            return f"{sync.a.system} moved"
        case Found.B_MOVED:
            return f"{sync.b.system} moved"
        case Found.SAME:
            return "neither moved"
        case Found.BOTH_MOVED:
            return "both moved"
        case Found.MAPPING_CHANGED:
            return "mapping changed"
        case _:
            return "no base"


def all_cells(sync: CompiledSync, mapping: CompiledMapping) -> tuple[PolicyCell, ...]:
    """Every cell of the decision table that the mapping can come to, in the order of the table."""
    roles = ("a", "b") if mapping.form is Form.CHECKBOX else ("", "a", "b")
    return tuple(
        PolicyCell(found=found_word(sync, found), values=values_word(sync, mapping, role))
        for found in Found
        for role in roles
    )
