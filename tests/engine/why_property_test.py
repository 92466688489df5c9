"""`why` says of every cell what the whole plan says, in the plan's own words; of the others, that nothing happens."""

from collections.abc import Iterable, Iterator
from typing import Any

from hypothesis import given, note, settings

from pardotflow.core.values import System
from pardotflow.plan.explanation import Explanation, FieldExplanation, Outcome
from tests.engine.cycle import SETTLED_AFTER, inhabited, run_once
from tests.engine.harness import SavedPlan, World
from tests.engine.judge import describe_plan
from tests.engine.scenario import Records, Scenario, disturb, scenarios

FEW = settings(max_examples=max(4, settings().max_examples // 8))
ASKED = 5
"""Records of one business that are asked for: those that the plan touches come first."""

Said = set[tuple[Any, ...]]


@FEW
@given(scenarios())
def test_why_says_what_the_plan_says(scenario: Scenario) -> None:
    with inhabited(scenario) as (world, records):
        check(world, world.plan(full=True), records)
        run_once(world)
        disturb(world, scenario, records)
        world.clock.tick(SETTLED_AFTER)
        check(world, world.plan(full=True), records)


def check(world: World, plan: SavedPlan, records: Records) -> None:
    """Ask for some records, as they were read for the plan."""
    note("\n".join(describe_plan(plan)))
    for system, name, id in asked(plan, records):
        explained = world.why(f"{name}/{id}", offline=True)
        (sync,) = explained.syncs
        sides = {
            (s.record.system, s.record.object, s.record.id) for s in (sync.a, sync.b) if s and s.record.id != "new"
        }
        assert (str(system), name, id) in sides or (sync.link and sync.link.was), explained
        new = {c["change"]: c["id"] for c in plan["changes"] if c["id"] in {f"new:{o}/{i}" for _, o, i in sides}}
        cells = list(fields(explained))
        assert updates(cells) == planned(plan, sides)
        assert_creates(cells, plan, new)
        assert held(cells) == planned_held(plan, sides)
        assert conflicts(cells) == planned_conflicts(plan, sides)
        assert accepted(cells) <= planned_accepted(plan, sides)
        for cell in cells:
            if cell.a.form == cell.b.form and not is_written(cell):
                assert cell.decision.outcome == Outcome.AGREE


def asked(plan: SavedPlan, records: Records) -> list[tuple[System, str, str]]:
    """Some records that exist, those first of which the plan says something."""
    every = [(system, *place) for person in records for system, place in person.items()]
    told = {row["id"] for table in ("changes", "held") for row in plan[table]}
    told |= {row[side] for row in plan["conflicts"] for side in ("a_id", "b_id")}
    return sorted(every, key=lambda r: (r[2] not in told, every.index(r)))[:ASKED]


def fields(explained: Explanation) -> Iterator[FieldExplanation]:
    """Every field of every sync."""
    for sync in explained.syncs:
        yield from sync.fields


def is_written(cell: FieldExplanation) -> bool:
    """The plan changes something by this cell."""
    return cell.decision.outcome in (Outcome.WRITE, Outcome.SHOWN)


def place(cell: FieldExplanation) -> tuple[str, str, str]:
    """The record that a cell writes, or would."""
    target = cell.decision.target
    assert target is not None
    return (target.system, target.object, target.id)


def updates(cells: Iterable[FieldExplanation]) -> Said:
    return {
        (*place(c), c.decision.field, c.decision.before, c.decision.after, c.decision.reason, c.decision.section)
        for c in cells
        if is_written(c) and place(c)[2] != "new"
    }


def planned(plan: SavedPlan, records: Said) -> Said:
    return {
        (*place, f["field"], f["before"], f["after"], f["reason"], f["section"])
        for f in plan.sendable
        if (place := (f["system"], f["object"], f["id"])) in records and f["section"] not in ("id", "create")
    }


def assert_creates(cells: Iterable[FieldExplanation], plan: SavedPlan, new: dict[int, str]) -> None:
    """What a new record is made with; a field that also changes the record that it is made from is told by that."""
    made = {(f["field"], f["after"], f["reason"]) for f in plan["field_changes"] if f["change"] in new}
    own = [c for c in cells if is_written(c) and place(c)[2] == "new"]
    assert {(c.decision.field, c.decision.after, c.decision.reason) for c in own} <= made
    told = {f for c in cells if is_written(c) for f in (c.a.field, c.b.field, c.decision.field)}
    assert {f for f, _, reason in made if reason == "new record"} <= told


def held(cells: Iterable[FieldExplanation]) -> Said:
    return {
        (*place(c), c.decision.field, c.decision.kind, c.decision.before, c.decision.after, c.decision.reason)
        for c in cells
        if c.decision.outcome == Outcome.HELD and c.decision.kind != "open_conflict" and place(c)[2] != "new"
    }


def planned_held(plan: SavedPlan, records: Said) -> Said:
    return {
        (*place, h["field"], h["kind"], h["before"], h["after"], h["reason"])
        for h in plan["held"]
        if (place := (h["system"], h["object"], h["id"])) in records and h["field"]
    }


def conflicts(cells: Iterable[FieldExplanation]) -> Said:
    return {(c.rule.key, c.decision.winner) for c in cells if c.decision.winner}


def planned_conflicts(plan: SavedPlan, records: Said) -> Said:
    ids = {id for _, _, id in records}
    return {(c["field"], c["winner"]) for c in plan["conflicts"] if {c["a_id"], c["b_id"]} <= ids}


def accepted(cells: Iterable[FieldExplanation]) -> Said:
    listed = ("stored_differently", "rewritten", "rewritten_again")
    return {
        (c.decision.kind, c.a.value, c.b.value)
        for c in cells
        if c.decision.outcome == Outcome.ACCEPTED and c.decision.kind in listed
    }


def planned_accepted(plan: SavedPlan, records: Said) -> Said:
    return {
        (x["kind"], x["a_value"], x["b_value"])
        for x in plan["accepted"]
        if (x["system"], x["object"], x["id"]) in records
    }
