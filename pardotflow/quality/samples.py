"""Values with which a mapping can be tried: what its types, its picklists and its value map take on both sides.

Whether a value fits is not guessed: the engine computes what it becomes on the other side, and only values that come
out equal there are samples.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import duckdb

from pardotflow.core.describe import Catalog, FieldInfo, ObjectInfo
from pardotflow.core.forms import Form
from pardotflow.core.values import FieldType, System
from pardotflow.engine.compiled import CompiledMapping, CompiledSync, Target
from pardotflow.engine.expressions import columns_of
from pardotflow.engine.focus import OTHER
from pardotflow.engine.quote import literals
from pardotflow.engine.sqlfile import rows
from pardotflow.engine.syncplan import side_sql
from pardotflow.engine.truth import Flow
from pardotflow.engine.users import users_sql
from pardotflow.quality.cast import samples_of
from pardotflow.quality.stage import FALSE, Record, Records, filled, open_stage

ENOUGH = 3
"""Filled samples that the cases need: one that both held, and one that each side moves to."""

Fields = Mapping[str, str | None]
_TEXTS = ("alpha", "beta", "gamma", "a", "b", "c", "1", "2", "3")
_TIMES = {System.SALESFORCE: ".000+0000"}
_LITERAL = re.compile(r"'((?:[^']|'')*)'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A value on both sides of a mapping: the fields of the source, what is computed from them, and what the target
    then holds."""

    fields: Fields
    raw: str | None
    out: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """What a mapping is tried with. `blank` is None where no value of the source gives a blank."""

    source: str
    """The role of the side that the values come from."""
    object: str
    target_object: str
    target_field: str
    filled: tuple[Sample, ...]
    blank: Sample | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Computed:
    """A value as the engine has it on a side: as text, in the form of its comparison, and as the other side gets it."""

    raw: str | None
    form: str | None
    out: str | None


_Spot = tuple[int, int]
"""The number of a mapping, and of one of its proposals."""
_Rows = Mapping[_Spot, tuple[str, Fields]]
"""Object and fields of each record."""
_FAILS = _Computed(raw=None, form="\x01", out=None)


def find_samples(sync: CompiledSync, catalog: Catalog, mappings: Sequence[CompiledMapping]) -> dict[int, Samples]:
    """The samples of each mapping by its number; none for one that no pair of objects has."""
    places = {m.number: place for m in mappings if (place := _place(m, sync)) is not None}
    tries = {n: list(_proposals(sync, catalog, sync.mappings[n], place)) for n, place in places.items()}
    spots = [(n, at) for n in places for at in range(len(tries[n]))]
    own: dict[_Spot, _Computed] = {}
    other: dict[_Spot, _Computed] = {}
    for role in "ab":
        here = [spot for spot in spots if places[spot[0]].source == role]
        own |= _compute(sync, role, {(n, at): (places[n].object, tries[n][at]) for n, at in here}, is_source=True)
    for role in "ab":
        here = [spot for spot in spots if places[spot[0]].source == OTHER[role]]
        targets = {(n, at): places[n].target for n, at in here}
        other |= _compute(
            sync, role, {s: (t.object, {t.field: own[s].out}) for s, t in targets.items()}, is_source=False
        )
    return {
        n: _chosen(place, [(tries[n][at], own[(n, at)], other[(n, at)]) for at in range(len(tries[n]))])
        for n, place in places.items()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a mapping is tried: the first object of each side that has its fields."""

    source: str
    object: str
    target: Target
    own: Target | None
    """The source's field, where there is one."""
    is_checkbox: bool

    def takes(self, value: _Computed) -> bool:
        """True for a value that both fields take as it is."""
        return _takes(self.target, value.out) and (self.own is None or _takes(self.own, value.raw))


def _takes(target: Target, value: str | None) -> bool:
    if value is None or value.startswith("\x02") or 0 < target.length < len(value):
        return False
    parts = value.split(";") if target.type is FieldType.MULTIPICKLIST else [value]
    return not target.restricted or set(parts) <= set(target.restricted)


def _place(mapping: CompiledMapping, sync: CompiledSync) -> _Place | None:
    source = "b" if mapping.flow is Flow.B_TO_A else "a"
    fields = mapping.field_a if source == "a" else mapping.field_b
    owns = mapping.targets_a if source == "a" else mapping.targets_b
    targets = mapping.targets_b if source == "a" else mapping.targets_a
    objects = [o.name for o in sync.side(source).objects if o.name in fields or not fields]
    if not objects or not targets:
        return None
    own = next((t for t in owns if t.object == objects[0]), None)
    is_checkbox = mapping.form is Form.CHECKBOX
    return _Place(source=source, object=objects[0], target=targets[0], own=own, is_checkbox=is_checkbox)


def _proposals(sync: CompiledSync, catalog: Catalog, mapping: CompiledMapping, place: _Place) -> Iterator[Fields]:
    """Source records that may give different values, the likeliest first; the last one is blank."""
    side = sync.side(place.source)
    info = catalog.find(str(side.system), place.object)
    if mapping.mapping.sql:
        yield from _records_for(mapping.mapping.sql, sync, place, info)
        return
    field = (mapping.field_a if place.source == "a" else mapping.field_b)[place.object]
    described = info.field(field) if info else None
    mapped = mapping.mapping.values.pairs if mapping.mapping.values else ()
    for value in chain(
        samples_of(sync, side.system) if mapping.mapping.users else (),
        (pair[0 if place.source == "a" else 1] for pair in mapped),
        place.target.restricted,
        _values(described, described.type if described else FieldType.TEXT, side.system),
        _values(None, place.target.type, sync.side(OTHER[place.source]).system),
    ):
        yield {field: value}
    yield {field: None}


def _records_for(sql: str, sync: CompiledSync, place: _Place, info: ObjectInfo | None) -> Iterator[Fields]:
    """Records for an expression: values of the types of its columns, and the texts that it compares with."""
    side = sync.side(place.source)
    known = next(o.fields for o in side.objects if o.name == place.object)
    named = {c.lower() for c in columns_of(sql)}
    said = [text.replace("''", "'") for text in _LITERAL.findall(sql)]
    own = {
        c: [*_values(info.field(c) if info else None, kind, side.system), *said]
        for c, kind in known.items()
        if c.lower() in named
    }
    for at in range(max((len(values) for values in own.values()), default=0)):
        yield {c: values[at % len(values)] for c, values in own.items()}
    for column, values in own.items():
        yield dict.fromkeys(own) | {column: values[0]}
    yield dict.fromkeys(own)


def _values(info: FieldInfo | None, kind: FieldType, system: System) -> Iterator[str]:
    """Values of a type, those that the system lists before others."""
    listed = info.picklist_values if info else ()
    if kind is FieldType.MULTIPICKLIST:
        listed = (*listed, *(";".join(listed[:n]) for n in (2, 3) if len(listed) >= n))
    yield from listed
    match kind:
        case FieldType.BOOLEAN:
            yield from ("true", FALSE)
        case FieldType.INTEGER | FieldType.NUMBER:
            yield from ("10", "20", "30", "1", "2", "3")
        case FieldType.DATE:
            yield from (f"2026-0{n}-15" for n in (1, 2, 3))
        case FieldType.DATETIME:
            yield from (f"2026-0{n}-15T10:00:00{_TIMES.get(system, '+00:00')}" for n in (1, 2, 3))
        case FieldType.EMAIL:
            yield from (f"{name}@example.com" for name in ("anna", "bo", "cleo"))
        case FieldType.PHONE:
            yield from (f"+1 555 010{n}" for n in (1, 2, 3))
        case FieldType.URL:
            yield from (f"https://{name}.example.com" for name in ("one", "two", "three"))
        case FieldType.ID:
            yield from (f"00100000000000{n}AAA" for n in (1, 2, 3))
        case FieldType.MULTIPICKLIST | FieldType.ARRAY:
            yield from ("alpha", "alpha;beta", "gamma")
        case _:
            yield from _TEXTS


def _compute(sync: CompiledSync, role: str, records: _Rows, *, is_source: bool) -> dict[_Spot, _Computed]:
    """What the engine makes of records of one side; where an expression of the project fails on one, that one is no
    sample. Only the source of a mapping has something for the other side."""
    try:
        return _computed(sync, role, records, is_source=is_source)
    except (duckdb.DataError, duckdb.InvalidInputException):
        if len(records) == 1:
            return dict.fromkeys(records, _FAILS)
        items = list(records.items())
        middle = len(items) // 2
        halves = (dict(items[:middle]), dict(items[middle:]))
        first, second = (_compute(sync, role, half, is_source=is_source) for half in halves)
        return first | second


def _computed(sync: CompiledSync, role: str, records: _Rows, *, is_source: bool) -> dict[_Spot, _Computed]:
    side = sync.side(role)
    staged: dict[int, Records] = {}
    by_mapping: dict[int, dict[str, _Spot]] = {}
    for number, (spot, (item, fields)) in enumerate(records.items()):
        values = filled(side, item, fields)
        staged[number] = {role: Record(object=item, id=str(number), stamp=None, is_deleted=False, values=values)}
        by_mapping.setdefault(spot[0], {})[str(number)] = spot
    found = {}
    with open_stage(sync, {}, staged) as con:
        con.execute(users_sql(sync) + side_sql(sync, side))
        for number, spots in by_mapping.items():
            m = sync.mappings[number]
            raw, form, targets = (m.raw_a, m.form_a, m.targets_b) if role == "a" else (m.raw_b, m.form_b, m.targets_a)
            columns = ", ".join(
                f"cast({sql} as varchar)" for sql in (raw, form, targets[0].out if is_source else "null")
            )
            query = f"select _id, {columns} from side_{role} {role} where _id in ({literals(list(spots))})"
            for id, *texts in rows(con, query):
                found[spots[id]] = _Computed(raw=texts[0], form=texts[1], out=texts[2])
    return found


def _chosen(place: _Place, tried: Sequence[tuple[Fields, _Computed, _Computed]]) -> Samples:
    """The first different values that come out equal on both sides; `tried` has each proposal, what it is and what the
    other side makes of it."""
    filled_samples: dict[str, Sample] = {}
    blank = None
    for fields, own, other in tried:
        if own.form != other.form or (own.form or "").startswith("\x01"):
            continue
        sample = Sample(fields=fields, raw=own.raw, out=own.out)
        if own.form is None or (place.is_checkbox and own.form == FALSE):
            blank = blank or sample
        elif place.takes(own) and own.form not in filled_samples and len(filled_samples) < ENOUGH:
            filled_samples[own.form] = sample
    return Samples(
        source=place.source,
        object=place.object,
        target_object=place.target.object,
        target_field=place.target.field,
        filled=tuple(filled_samples.values()),
        blank=blank,
    )
