"""A target that stores another value than it was sent: accepted, never fought, told the second time."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.engine.harness import SavedPlan, World, people


def shout(value: Any) -> Any:
    """What an automation in the org makes of a name."""
    return value.upper() if isinstance(value, str) else value


def accepted(plan: SavedPlan) -> list[tuple[str, str, str]]:
    """Kind and both values of every difference that is accepted."""
    return [(a["kind"], a["a_value"], a["b_value"]) for a in plan["accepted"]]


def told(plan: SavedPlan) -> list[str]:
    """The notes that name a field which is rewritten."""
    return [n["note"] for n in plan["notes"] if "rewrites" in n["note"]]


Start = Callable[[World, str], tuple[Any, Any]]


def to_salesforce(world: World, direction: str) -> tuple[Any, Any]:
    """Salesforce rewrites what it is sent; returns how to edit the source, and how to see the target."""
    world.configure(people([{"salesforce": "FirstName", "pardot": "firstName", "direction": direction}]))
    crm, unit = world.pair({}, {"firstName": "ada"})
    world.crm.habits.rewrites = {"FirstName": shout}
    return (
        lambda value: world.unit.edit("prospect", unit, {"firstName": value}),
        lambda: world.crm.value("Contact", crm, "FirstName"),
    )


def to_pardot(world: World, direction: str) -> tuple[Any, Any]:
    """Account Engagement rewrites, and says so in its answers."""
    world.configure(people([{"salesforce": "FirstName", "pardot": "firstName", "direction": direction}]))
    crm, unit = world.pair({"FirstName": "ada"}, {})
    world.unit.habits.rewrites = {"firstName": shout}
    return (
        lambda value: world.crm.edit("Contact", crm, {"FirstName": value}),
        lambda: world.unit.value("prospect", unit, "firstName"),
    )


def to_pardot_without_answers(world: World, direction: str) -> tuple[Any, Any]:
    """Account Engagement rewrites, and nobody knows before the next read."""
    world.unit.habits.answers = False
    return to_pardot(world, direction)


CASES: list[tuple[Start, str]] = [
    (to_salesforce, "to_salesforce"),
    (to_salesforce, "two_way"),
    (to_pardot, "to_pardot"),
    (to_pardot, "two_way"),
    (to_pardot_without_answers, "to_pardot"),
    (to_pardot_without_answers, "two_way"),
]


@pytest.mark.parametrize(("start", "direction"), CASES, ids=[f"{s.__name__}, {d}" for s, d in CASES])
def test_a_rewritten_value_is_taken_and_later_edits_still_flow(world: World, start: Start, direction: str) -> None:
    edit, target = start(world, direction)
    world.settle()
    assert target() == "ADA"

    first = world.settle()
    assert not first.sendable
    assert [k for k, _, _ in accepted(first)] == ["rewritten"]
    assert not told(first)

    calm = world.settle()
    assert not calm.sendable
    assert not told(calm)

    edit("bo")
    world.clock.tick(600)
    assert [f["after"] for f in world.settle().sendable] == ["bo"]
    assert target() == "BO"

    second = world.settle()
    assert not second.sendable
    assert [k for k, _, _ in accepted(second)] == ["rewritten_again"]
    assert any("irst" in note for note in told(second))
    assert not world.settle().sendable


def test_what_a_later_writer_left_is_an_edit(world: World) -> None:
    """Not ours: an automation under another user changed the value after us, so it flows like any edit."""
    world.configure(people([{"salesforce": "FirstName", "pardot": "firstName"}]))
    crm, _ = world.pair({}, {"firstName": "ada"})
    world.settle(wait=5)
    world.crm.edit("Contact", crm, {"FirstName": "Ada B."})
    world.clock.tick(600)
    plan = world.settle()
    assert [(f["system"], f["before"], f["after"]) for f in plan.sendable] == [("pardot", "ada", "Ada B.")]
    assert not plan["accepted"]
    assert not world.plan().sendable


def test_another_spelling_of_the_same_value_is_no_rewriting(world: World) -> None:
    """A number, a time and a set come back as the system writes them."""
    pairs = {"Count__c": "count__c", "When__c": "when__c", "Many__c": "many__c"}
    world.configure(people([{"salesforce": a, "pardot": b} for a, b in pairs.items()]))
    world.pair({"Count__c": 5.0, "When__c": "2024-01-02T03:04:05.000+0000", "Many__c": "b;a"}, {})
    assert len(world.settle().sendable) == 3
    for _ in range(2):
        plan = world.settle()
        assert not plan.sendable
        assert not plan["accepted"]


def test_a_lagging_answer_is_not_undone(world: World) -> None:
    """Regression: the answer told what was stored, so a cache from before the write looked like an edit."""
    world.unit.habits.lag = timedelta(seconds=60)
    world.configure(people([{"salesforce": "FirstName", "pardot": "firstName", "policy": "most_recent"}]))
    crm, unit = world.pair({"FirstName": "ada"}, {"firstName": "ada"})
    world.clock.tick(600)
    world.settle()
    world.crm.edit("Contact", crm, {"FirstName": "bo"})
    world.clock.tick(600)
    assert [f["after"] for f in world.settle(wait=10).sendable] == ["bo"]
    assert not world.settle(wait=600).sendable
    assert not world.settle().sendable
    assert (world.crm.value("Contact", crm, "FirstName"), world.unit.value("prospect", unit, "firstName")) == (
        "bo",
        "bo",
    )
