"""The names of a case as the compiled sync knows them: objects, fields, mappings, match keys.

A name that the sync does not know is a diagnostic at its own place; a case with one is left out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pardotflow.config.findings import Findings, suggest
from pardotflow.core.span import Span
from pardotflow.core.values import System
from pardotflow.engine.compiled import CompiledMapping, CompiledObject, CompiledSide, CompiledSync
from pardotflow.plan.model import HeldKind, SkipReason
from pardotflow.quality.cases import Case, Row, Values, WrittenBase
from pardotflow.quality.load import NONE

ID_FIELDS: Mapping[System, str] = {System.SALESFORCE: "Id", System.PARDOT: "id"}
Changes = Mapping[str, str | None]
"""Field to the value that is written; None clears it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundRow:
    """A record of one side by its fields' own names. `id` is empty where the case gives none."""

    object: str
    id: str
    values: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundBase:
    """What the two sides held of one mapping."""

    a: str | None
    b: str | None
    is_changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundCase:
    """A case that can be run. Rows and changes are by role, conflicts and held kinds by the number of the mapping."""

    case: Case
    rows: Mapping[str, BoundRow]
    bases: Mapping[int, BoundBase]
    only: frozenset[int]
    changes: Mapping[str, Changes]
    conflicts: Mapping[int, str] | None
    held: str | Mapping[int, str] | None

    @property
    def is_linked(self) -> bool:
        """True where memory knows the pair."""
        return len(self.rows) == 2 and self.case.is_linked


def bind_case(case: Case, sync: CompiledSync, keys: Mapping[str, str], findings: Findings) -> BoundCase | None:
    """The case by the names of the sync; None where it has one that the sync does not know. `keys` is the column that
    identifies a row, by role, for a side that has no ids of its own."""
    own = Findings()
    binder = _Binder(sync, keys, own)
    expect = case.expect
    held = expect.held
    kinds = {"": held} if isinstance(held, str) else held or {}
    for name, kind in kinds.items():
        span = expect.keys[f"held.{name}"] if name else expect.at("held")
        binder.check_word(kind or "", HeldKind, "kind", span)
    if expect.skipped is not None:
        binder.check_word(expect.skipped, (*SkipReason, NONE), "reason", expect.at("skipped"))
    if expect.match is not None:
        binder.check_word(expect.match, [*(k.name for k in sync.keys), NONE], "match key", expect.at("match"))
    bound = BoundCase(
        case=case,
        rows=binder.rows(case.rows),
        bases=binder.bases(case.base),
        only=frozenset(binder.mappings(dict.fromkeys(case.only), {}, case.at("only"))),
        changes={role: row.values for role, row in binder.rows(expect.changes, is_record=False).items()},
        conflicts=None if expect.conflicts is None else binder.words(expect.conflicts, case, "conflicts"),
        held=held if held is None or isinstance(held, str) else binder.words(held, case, "held"),
    )
    for diagnostic in own.diagnostics:
        findings.add(diagnostic)
    return None if own.has_errors else bound


class _Binder:
    """Looks names up and reports those that are not there."""

    def __init__(self, sync: CompiledSync, keys: Mapping[str, str], findings: Findings) -> None:
        self._sync = sync
        self._keys = keys
        self._findings = findings
        self._roles = {side.system: side.role for side in (sync.a, sync.b)}

    def rows(self, rows: Mapping[System, Row], *, is_record: bool = True) -> dict[str, BoundRow]:
        found = {}
        for system, row in rows.items():
            role = self._roles.get(system)
            if role is None:
                sides = " and ".join(self._roles)
                self._error(f"{self._sync.name} has no {system} side", row.span, f"Its sides are {sides}.")
            else:
                found[role] = self._row(self._sync.side(role), row, is_record=is_record)
        return found

    def _row(self, side: CompiledSide, row: Row, *, is_record: bool) -> BoundRow:
        objects = {o.name.lower(): o for o in side.objects}
        item = objects.get(row.object.lower()) if row.object else side.objects[0]
        if item is None:
            names = [o.name for o in side.objects]
            help = suggest(row.object, names, "Objects of this side")
            self._error(f'{self._sync.name} has no object "{row.object}"', row.at("object"), help)
            return BoundRow(object=row.object, id="", values={})
        # Which object a change is of is said by the record.
        known = self._known(side, (item,) if is_record else side.objects)
        values = {}
        for written, value in row.values.items():
            field = known.get(written.lower())
            if field is None:
                name = item.name if is_record else side.system
                help = suggest(written, known.values(), "Fields that it reads")
                self._error(f'{self._sync.name} reads no "{written}" of {name}', row.keys[written], help)
            elif field in values:
                self._error(
                    f'"{written}" is named twice', row.keys[written], f"Keep one: names are {field}, in any case."
                )
            else:
                values[field] = value
        id_field = self._keys.get(side.role) or ID_FIELDS.get(side.system, "")
        return BoundRow(object=item.name, id=values.get(id_field) or "", values=values)

    def _known(self, side: CompiledSide, objects: Iterable[CompiledObject]) -> dict[str, str]:
        names = [f for item in objects for f in item.fields]
        names += [c for c in (ID_FIELDS.get(side.system), self._keys.get(side.role)) if c]
        names += [f for create in self._sync.creates if create.role == side.role for f in create.set]
        return {name.lower(): name for name in names}

    def bases(self, bases: Mapping[str, WrittenBase]) -> dict[int, BoundBase]:
        spans = {key: base.span for key, base in bases.items()}
        numbers = self.mappings(dict.fromkeys(bases), spans, None)
        found = {}
        for number, base in zip(numbers, bases.values(), strict=False):
            for system in (s for s in base.by_system if s not in list(self._roles)):
                self._error(f"{self._sync.name} has no {system} side", base.span, "Remove its value.")
            a, b = (base.both if base.is_same else base.by_system.get(s.system) for s in (self._sync.a, self._sync.b))
            found[number] = BoundBase(a=a, b=b, is_changed=base.is_changed)
        return found

    def words(self, words: Values, case: Case, key: str) -> dict[int, str]:
        spans = {name: case.expect.keys[f"{key}.{name}"] for name in words}
        numbers = self.mappings(words, spans, None)
        return {n: word or "" for n, word in zip(numbers, words.values(), strict=False)}

    def mappings(self, names: Values, spans: Mapping[str, Span], span: Span | None) -> list[int]:
        """The number of every mapping that is named; each is named once."""
        found: list[int] = []
        for written in names:
            number = self._mapping(written, spans.get(written) or span)
            if number in found:
                self._error(f'"{written}" is named twice', spans.get(written) or span, "Keep one of the names.")
            found += [number] if number is not None else []
        return found

    def _mapping(self, written: str, span: Span | None) -> int | None:
        numbers = named(self._sync, written)
        if len(numbers) == 1:
            return numbers[0]
        keys = [m.mapping.key for m in self._sync.mappings]
        if numbers:
            several = ", ".join(keys[n] for n in numbers)
            self._error(f'several mappings have the field "{written}"', span, f"Write the key of one: {several}.")
        else:
            help = suggest(written, [*keys, *_fields(self._sync.mappings)]) or f"Mappings: {', '.join(keys)}."
            self._error(f'{self._sync.name} has no mapping "{written}"', span, help)
        return None

    def check_word(self, word: str, known: Iterable[str], noun: str, span: Span | None) -> None:
        names = list(known)
        if word not in names:
            self._error(f'there is no {noun} "{word}"', span, suggest(word, names, f"The {noun}s"))

    def _error(self, message: str, span: Span | None, help: str) -> None:
        self._findings.error("PF187", message, span, help)


def named(sync: CompiledSync, written: str) -> list[int]:
    """The numbers of the mappings with that key, or else with a field of that name."""
    by_key = [m.number for m in sync.mappings if m.mapping.key == written]
    wanted = written.lower()
    return by_key or [m.number for m in sync.mappings if wanted in {f.lower() for f in _fields((m,))}]


def _fields(mappings: Iterable[CompiledMapping]) -> list[str]:
    names = (f for m in mappings for f in (*m.field_a.values(), *m.field_b.values()))
    return list(dict.fromkeys(names))
