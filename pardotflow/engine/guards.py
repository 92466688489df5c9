"""Limits that block a plan: counted over what the plan would do, against what was linked before it.

A percentage counts only once ten records are linked; before that there is nothing to protect. Each refusal carries the
flag that lets exactly this number pass once.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import duckdb

from pardotflow.config.consent_fields import is_about_consent
from pardotflow.config.guards import BY_MAPPING, BY_PLACE, REST, WHOLE_SYNC
from pardotflow.config.limits import Limit
from pardotflow.engine.compiled import CompiledSync
from pardotflow.engine.extract import Refreshed
from pardotflow.engine.sqlfile import rows
from pardotflow.plan.guardnames import allow_flag, allow_names
from pardotflow.plan.places import first_place

LEAST_LINKED = 10
OWNER_FIELDS = frozenset({"ownerid", "userid", "assignedtoid", "salesforceownerid"})
"""Fields that say to whom a record belongs."""
_UNTICKS = (
    "(f.type = 'boolean' and f.after = 'false' and f.situation in ('new', 'mapping_changed', c.system || '_moved')"
    " and nf_text(case b.sent_side when 'a' then b.b_value else b.a_value end) is null)"
)
"""A checkbox that loses its tick to a field which holds nothing and is not known to have held anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardRow:
    """One guard of one sync, counted."""

    sync: str
    guard: str
    number: int
    threshold: str
    allowed: int
    passed: bool
    line: str
    flag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counted:
    """So many of what one guard counts, in one object of one sync; `mapping` where the guard goes by mapping."""

    sync: str
    guard: str
    system: str
    object: str
    number: int
    mapping: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Linked:
    """So many pairs were linked before the plan, between two objects of one sync."""

    sync: str
    objects: tuple[str, str]
    number: int


def count_guards(con: duckdb.DuckDBPyConnection, syncs: Iterable[CompiledSync]) -> list[GuardRow]:
    """Every guard that has something to count, over the attached plan. `--allow` is judged by apply, not here."""
    syncs = tuple(syncs)
    counted = [*_records(con), *_values(con, syncs), *_open_conflicts(con)]
    found = "select sync, a_object, b_object, count(*) from mem.links where tombstone is null group by all"
    linked = [_Linked(sync=r[0], objects=(r[1], r[2]), number=r[3]) for r in rows(con, found)]
    judged: list[GuardRow] = []
    for sync in syncs:
        mine = [c for c in counted if c.sync == sync.name]
        links = [one for one in linked if one.sync == sync.name]
        for guard in (*BY_PLACE, WHOLE_SYNC):
            judged += _by_place(sync, guard, [c for c in mine if c.guard == guard], links)
        for guard in BY_MAPPING:
            judged += _by_mapping(sync, guard, [c for c in mine if c.guard == guard], links)
    return judged


def with_flags(guards: Sequence[GuardRow]) -> list[GuardRow]:
    """The guards of a whole plan, each with the flag that lets it pass once."""
    names = allow_names([(g.sync, g.guard) for g in guards])
    return [replace(g, flag=allow_flag(name, g.number)) for g, name in zip(guards, names, strict=True)]


def shrunk_guards(results: Iterable[Refreshed]) -> list[GuardRow]:
    """The sides that a full read found suspiciously small."""
    return [
        GuardRow(
            sync="",
            guard=f"shrunk:{result.coverage.system}.{result.coverage.object}",
            number=result.shrunk.before - result.shrunk.now,
            threshold=str(result.shrunk.limit),
            allowed=result.shrunk.limit.of(result.shrunk.before),
            passed=False,
            line=result.shrunk.limit.span.short if result.shrunk.limit.span else "",
        )
        for result in results
        if result.shrunk
    ]


def unsettled_guards(con: duckdb.DuckDBPyConnection) -> list[GuardRow]:
    """A plan that is never done: what it writes, the next ones would write again. And one that makes the next plan
    delete: nobody who reads this one is asked about that."""
    return [
        GuardRow(sync="", guard=guard, number=number, threshold="0", allowed=0, passed=False, line=line or "")
        for guard, kind in (("oscillations", "oscillates"), ("deletes_next", "deletes_next"))
        for number, line in rows(
            con, f"select count(*), {first_place('line')} from plan.unsettled where kind = ?", kind
        )
        if number
    ]


def _records(con: duckdb.DuckDBPyConnection) -> Iterator[_Counted]:
    """Records by what happens to them."""
    guards = ("updates", "creates", "deletes", "adopted")
    for sync, system, item, *numbers in rows(
        con,
        "select f.sync, c.system, c.object,"
        " count(distinct change) filter (where c.action = 'update' and f.section not in ('adopted', 'id')),"
        " count(distinct change) filter (where c.action = 'create'),"
        " count(distinct change) filter (where c.action = 'delete'),"
        " count(distinct change) filter (where f.section = 'adopted')"
        " from plan.field_changes f join plan.changes c using (change) where f.sendable group by 1, 2, 3 order by all",
    ):
        for guard, number in zip(guards, numbers, strict=True):
            yield _Counted(sync=sync, guard=guard, system=system, object=item, number=number)


def _values(con: duckdb.DuckDBPyConnection, syncs: Iterable[CompiledSync]) -> Iterator[_Counted]:
    """Values of fields by what is written over what. An id that is written back is none."""
    keys = {(s.name, *key) for s in syncs for key in _key_fields(s)}
    consent = {(s.name, m.mapping.key) for s in syncs for m in s.mappings if is_about_consent(m.mapping)}
    for sync, system, item, field, type, mapping, written, replaced, cleared, let_in in rows(
        con,
        "select f.sync, c.system, c.object, f.field, f.type, b.mapping,"
        " count(*) filter (where c.action = 'update' and f.section <> 'id'),"
        " count(*) filter (where c.action = 'update' and f.section <> 'id' and nf_text(f.before) is not null),"
        " count(*) filter (where f.after is null and f.after_ref is null and nf_text(f.before) is not null"
        f" or {_UNTICKS}),"
        " count(*) filter (where f.after = 'false')"
        " from plan.field_changes f join plan.changes c using (change)"
        " left join plan.bases b on b.change = f.change and b.field = f.field and b.sync = f.sync"
        " where f.sendable group by 1, 2, 3, 4, 5, 6 order by all",
    ):
        numbers = {
            "emails": replaced if type == "email" else 0,
            "owners": written if field.lower() in OWNER_FIELDS else 0,
            "keys": replaced if (sync, system, item, field) in keys else 0,
            "opt_ins": let_in if (sync, mapping) in consent else 0,
            "clears": cleared if mapping else 0,
            "fields": written if mapping else 0,
        }
        for guard, number in numbers.items():
            yield _Counted(sync=sync, guard=guard, system=system, object=item, number=number, mapping=mapping or "")


def _key_fields(sync: CompiledSync) -> Iterator[tuple[str, str, str]]:
    """System, object and field of every match key."""
    for key in sync.keys:
        for side, by_object in ((sync.a, key.lookup_a), (sync.b, key.lookup_b)):
            yield from ((str(side.system), item, field) for item, fields in by_object.items() for field in fields)


def _open_conflicts(con: duckdb.DuckDBPyConnection) -> Iterator[_Counted]:
    for sync, number in rows(con, "select sync, count(*) from plan.conflicts where winner = 'open' group by all"):
        yield _Counted(sync=sync, guard=WHOLE_SYNC, system="", object="", number=number)


def _by_place(
    sync: CompiledSync, guard: str, counted: Sequence[_Counted], links: Sequence[_Linked]
) -> Iterator[GuardRow]:
    """What no place names is judged together; then every place that has a limit of its own."""
    limits = sync.guards.limits[guard]
    places = [place for place in limits if place]
    rest = [c for c in counted if not any(_is_in(c, place) for place in places)]
    yield from _judge(sync, guard, limits.get(REST), rest, _pairs(links))
    for place in places:
        mine = [c for c in counted if _is_in(c, place)]
        yield from _judge(sync, f"{guard}:{place}", limits[place], mine, _pairs(links, place))


def _is_in(counted: _Counted, place: str) -> bool:
    return place.lower() in (counted.system, counted.object.lower())


def _pairs(links: Iterable[_Linked], place: str = "") -> int:
    """Linked pairs with a record in that object; a side has one in every pair."""
    known = {name.lower() for one in links for name in one.objects}
    wanted = place.lower() if place.lower() in known else ""
    return sum(one.number for one in links if not wanted or wanted in map(str.lower, one.objects))


def _by_mapping(
    sync: CompiledSync, guard: str, counted: Sequence[_Counted], links: Sequence[_Linked]
) -> Iterator[GuardRow]:
    limits = sync.guards.limits[guard]
    for mapping in dict.fromkeys(c.mapping for c in sorted(counted, key=lambda c: c.mapping)):
        mine = [c for c in counted if c.mapping == mapping]
        yield from _judge(sync, f"{guard}:{mapping}", limits.get(mapping, limits.get(REST)), mine, _pairs(links))


def _judge(
    sync: CompiledSync, guard: str, limit: Limit | None, counted: Iterable[_Counted], linked: int
) -> Iterator[GuardRow]:
    """The guard's verdict; none where nothing limits it or nothing was counted."""
    number = sum(c.number for c in counted)
    if limit is None or number == 0 or (limit.percent and linked < LEAST_LINKED):
        return
    allowed = limit.of(linked)
    yield GuardRow(
        sync=sync.name,
        guard=guard,
        number=number,
        threshold=str(limit),
        allowed=allowed,
        passed=number <= allowed,
        line=(limit.span or sync.guards.span).short,
    )
