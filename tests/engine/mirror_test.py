"""Where each side stands for the other, with mirrored rules and values, the plan is the mirror of the plan."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, note, settings
from hypothesis import strategies as st

from tests.cycles.draws import TEXTS
from tests.engine.harness import SavedPlan, World, Yaml, new_world, people

FEWER = settings(max_examples=max(4, settings().max_examples // 4))
SIDES = {"salesforce": "pardot", "pardot": "salesforce"}
NAMES = {p.crm: p.unit for p in TEXTS} | {p.unit: p.crm for p in TEXTS}
VALUES = (None, "1", "2", "a", "b")
RULES = ("salesforce", "pardot", "most_recent", "ask")

Rows = list[tuple[str | None, ...]]
"""By person: what Salesforce holds in each field, then what Account Engagement holds."""
Edit = tuple[int, str, str, str | None, int]
"""Which person, side, field of Salesforce, value, and how long after the edit before."""


@st.composite
def mappings(draw: st.DrawFn) -> list[Yaml]:
    """Two-way mappings of texts; every rule has a mirror."""
    found: list[Yaml] = []
    for pair in draw(st.lists(st.sampled_from(TEXTS), min_size=1, unique=True)):
        mapping: dict[str, Any] = {"salesforce": pair.crm, "pardot": pair.unit}
        mapping["policy"] = draw(st.sampled_from(RULES))
        mapping["on_link"] = draw(st.sampled_from(("fill", *RULES)))
        mapping["on_blank"] = draw(st.sampled_from(("hold", "clear", "refill")))
        mapping["into"] = draw(st.sampled_from(("any", "blank")))
        found.append(mapping)
    return found


def mirrored(mapping: Yaml) -> Yaml:
    """The same rule where each side stands for the other."""
    return {k: SIDES.get(v, v) if k in ("policy", "on_link") else v for k, v in mapping.items()}


people_of = st.lists(st.tuples(*(st.sampled_from(VALUES) for _ in range(2 * len(TEXTS)))), min_size=1, max_size=6)
edits = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.sampled_from(tuple(SIDES)),
        st.sampled_from(TEXTS).map(lambda p: p.crm),
        st.sampled_from(VALUES),
        st.integers(0, 3),
    ),
    max_size=10,
)


def _told(plan: SavedPlan, ids: list[tuple[str, str]], *, mirror: bool) -> list[tuple[str, ...]]:
    """What is sent, in conflict and held, in the words of the first world."""

    def side(name: str) -> str:
        return SIDES.get(name, name) if mirror else name

    def field(name: str) -> str:
        return NAMES[name] if mirror else name

    who = {id: str(n) for n, pair in enumerate(ids) for id in pair}
    rows: list[tuple[Any, ...]] = []
    for f in plan.sendable:
        values = (f["before"], f["after"])
        rows.append(("sent", who[f["id"]], side(f["system"]), field(f["field"]), *values, f["section"]))
    for h in plan["held"]:
        rows.append(("held", who[h["id"]], side(h["system"]), field(h["field"]), h["before"], h["after"], h["kind"]))
    for c in plan["conflicts"]:
        values = (c["a_value"], c["b_value"])
        rows.append(("conflict", who[c["a_id"]], side(c["winner"]), c["field"], *(values[::-1] if mirror else values)))
    return sorted(tuple(map(str, row)) for row in rows)


def _plans(fields: list[Yaml], rows: Rows, done: list[Edit], *, mirror: bool) -> list[list[tuple[str, ...]]]:
    """What is told by the plan of the first link, and by that after the edits."""
    with TemporaryDirectory() as folder, new_world(Path(folder) / "world") as world:
        world.configure(people([mirrored(f) for f in fields] if mirror else fields))
        ids = [_pair(world, row, mirror=mirror) for row in rows]
        world.clock.tick(600)
        first = _told(world.settle(), ids, mirror=mirror)
        for n, side, field, value, seconds in done:
            world.clock.tick(seconds)
            where = SIDES[side] if mirror else side
            record, prospect = ids[n % len(ids)]
            if where == "salesforce":
                world.crm.edit("Contact", record, {field: value})
            else:
                world.unit.edit("prospect", prospect, {NAMES[field]: value})
        world.clock.tick(600)
        return [first, _told(world.plan(), ids, mirror=mirror)]


def _pair(world: World, row: tuple[str | None, ...], *, mirror: bool) -> tuple[str, str]:
    half = len(TEXTS)
    crm, unit = (row[half:], row[:half]) if mirror else (row[:half], row[half:])
    first = {p.crm: v for p, v in zip(TEXTS, crm, strict=True)}
    return world.pair(first, {p.unit: v for p, v in zip(TEXTS, unit, strict=True)})


@FEWER
@given(mappings(), people_of, edits)
def test_mirrored_sides_and_rules_give_the_mirrored_plan(fields: list[Yaml], rows: Rows, done: list[Edit]) -> None:
    plain = _plans(fields, rows, done, mirror=False)
    note(str(plain))
    assert plain == _plans(fields, rows, done, mirror=True)
