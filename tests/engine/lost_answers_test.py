"""A write whose answer never came, or that was confirmed and not kept: nobody's edit, and nothing to compare with."""

import duckdb
import pytest

from pardotflow.core.values import System
from tests.engine.harness import SavedPlan, World, people
from tests.engine.recover_test import links
from tests.engine.troubles import BlindConnector, BreakingConnector, deaf, instead, lost_answers, lost_requests


def edited(world: World, policy: str = "most_recent") -> tuple[str, str, SavedPlan]:
    """A pair that agreed on `a` before Salesforce was edited to `b`, with the plan that sends it."""
    world.configure(people([{"salesforce": "FirstName", "pardot": "firstName", "policy": policy}]))
    crm, unit = world.pair({"FirstName": "a"}, {"firstName": "a"})
    world.clock.tick(600)
    world.settle()
    world.crm.edit("Contact", crm, {"FirstName": "b"})
    world.clock.tick(600)
    plan = world.plan()
    world.clock.tick(20)
    return crm, unit, plan


def values(world: World, crm: str, unit: str) -> tuple[str | None, str | None]:
    """What both sides hold."""
    return world.crm.value("Contact", crm, "FirstName"), world.unit.value("prospect", unit, "firstName")


@pytest.mark.parametrize("policy", ["pardot", "most_recent", "ask"])
def test_a_write_that_may_have_happened_is_not_taken_for_an_edit(world: World, policy: str) -> None:
    """It did happen; then Salesforce is edited again, and that edit is the only one."""
    crm, unit, plan = edited(world, policy)
    with lost_answers(world, System.PARDOT):
        assert world.apply(plan).report.unknown == 1
    world.clock.tick(600)
    world.crm.edit("Contact", crm, {"FirstName": "c"})
    world.clock.tick(600)
    assert not world.settle()["conflicts"]
    assert values(world, crm, unit) == ("c", "c")


def test_a_write_that_may_have_happened_is_not_the_most_recent_edit(world: World) -> None:
    """A person edits while the request is under way: the stamp of our own write is later."""
    crm, unit, plan = edited(world)

    def meanwhile() -> None:
        world.crm.edit("Contact", crm, {"FirstName": "c"})
        world.clock.tick(30)

    with lost_answers(world, System.PARDOT, meanwhile):
        world.apply(plan)
    world.clock.tick(600)
    world.settle()
    assert values(world, crm, unit) == ("c", "c")


def test_a_write_that_broke_the_server_is_not_taken_for_an_edit(world: World) -> None:
    """Regression: put aside to be halved, it counted as not started once the run ended; then it overwrote a person."""
    world.configure(people([{"salesforce": "FirstName", "pardot": "firstName"}]))
    made = [world.pair({"FirstName": "a"}, {"firstName": "a"}) for _ in range(3)]
    world.clock.tick(600)
    world.settle()
    for _, unit in made:
        world.unit.edit("prospect", unit, {"firstName": "b"})
    world.clock.tick(600)
    plan = world.plan()
    with duckdb.connect(str(plan.path)) as con:
        # Conditional updates are not halved; many changes go without a condition.
        con.execute("update changes set operation = 'update'")
    with instead(world, BreakingConnector(world.crm, world.log)):
        report = world.apply(plan).report
    assert (report.unknown, report.not_started) == (3, 0)
    world.clock.tick(600)
    world.unit.edit("prospect", made[0][1], {"firstName": "person"})
    world.clock.tick(600)
    assert [(f["system"], f["after"]) for f in world.settle().sendable] == [("salesforce", "person")]
    assert values(world, *made[0]) == ("person", "person")


def test_a_record_that_was_made_and_cannot_be_seen_is_not_made_again(world: World) -> None:
    """Regression: it counted as confirmed, had no link, and was planned again."""
    create = {"pardot": {"when": "Email is not null"}}
    world.configure(people([{"salesforce": "FirstName", "pardot": "firstName"}], create=create))
    crm = world.crm.add("Contact", {"LastName": "Berg", "FirstName": "a", "Email": "a@x.org"})
    world.clock.tick(600)
    plan = world.plan()
    with instead(world, BlindConnector(world.unit, world.log)):
        report = world.apply(plan).report
        assert (report.confirmed, report.unknown) == (0, 1)
        (made,) = world.unit.live("prospect")
        world.unit.objects["prospect"][made.id].hidden = True
        world.clock.tick(600)
        second = world.apply(plan).report
        assert (second.confirmed, second.unknown, second.moved) == (0, 0, 1)
        world.clock.tick(600)
        held = world.settle()
        assert not held.sendable and [h["kind"] for h in held["held"]] == ["unknown_outcome"]
    assert len(world.log) == 1
    # Once it is seen, it is matched.
    world.unit.objects["prospect"][made.id].hidden = False
    world.unit.edit("prospect", made.id, {"jobTitle": "x"})
    world.clock.tick(600)
    world.settle()
    assert links(world) == [(crm, made.id, "found")]
    assert not world.plan()["held"]


def test_an_earlier_write_of_ours_does_not_prove_the_one_that_was_lost(world: World) -> None:
    """Regression: it was made less than two seconds before."""
    world.configure(
        people([{"salesforce": "FirstName", "pardot": "firstName"}, {"salesforce": "Title", "pardot": "jobTitle"}])
    )
    crm, unit = world.pair({"FirstName": "a", "Title": "a"}, {"firstName": "a", "jobTitle": "a"})
    world.clock.tick(600)
    world.settle()
    world.crm.edit("Contact", crm, {"Title": "b"})
    world.apply(world.plan())
    world.clock.tick(1)
    world.crm.edit("Contact", crm, {"FirstName": "b"})
    plan = world.plan()
    with lost_requests(world, System.PARDOT):
        assert world.apply(plan).report.unknown == 1
    world.clock.tick(600)
    world.settle()
    assert values(world, crm, unit) == ("b", "b")


def test_a_write_that_was_confirmed_and_not_kept_does_not_undo_the_edit(world: World) -> None:
    """The system says yes, and its record stays as it was: the same stamp, the same value."""
    crm, _, plan = edited(world)
    with deaf(world, System.PARDOT):
        assert world.apply(plan).report.confirmed == 1
    world.clock.tick(600)
    plan = world.plan(full=True)
    assert not plan["conflicts"]
    world.apply(plan)
    assert world.crm.value("Contact", crm, "FirstName") == "b"
