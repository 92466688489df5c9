"""A Pardot field that nobody ever filled takes no tick off a Salesforce checkbox unasked."""

import pytest

from tests.engine.harness import World, Yaml, people

FLAG: Yaml = {"salesforce": "Flag__c", "pardot": "flag__c", "direction": "to_salesforce"}


def test_a_field_that_was_never_filled_is_held_as_a_blank(world: World) -> None:
    world.configure(people([FLAG]))
    crm, _ = world.pair({"Flag__c": True}, {})
    plan = world.settle()
    assert not plan.sendable
    assert [(h["id"], h["field"], h["kind"]) for h in plan["held"]] == [(crm, "Flag__c", "blank")]
    assert world.crm.value("Contact", crm, "Flag__c") is True


def test_where_blanks_clear_the_guard_counts_the_tick(world: World) -> None:
    world.configure(people([{**FLAG, "on_blank": "clear"}], guards={"clears": 0}))
    world.pair({"Flag__c": True}, {})
    world.pair({"Flag__c": True}, {"flag__c": False})
    plan = world.plan()
    assert [(f["before"], f["after"]) for f in plan.sendable] == [("true", "false")] * 2
    guards = [g for g in plan["guards"] if g["guard"].startswith("clears")]
    assert [(g["guard"], g["number"], g["passed"]) for g in guards] == [("clears:salesforce.Flag__c", 1, False)]


def test_a_tick_that_somebody_sets_beside_an_empty_field_stays(world: World) -> None:
    world.configure(people([FLAG]))
    crm, _ = world.pair({"Flag__c": False}, {})
    world.settle()
    world.crm.edit("Contact", crm, {"Flag__c": True})
    world.clock.tick(600)
    plan = world.plan()
    assert not plan.sendable and [h["kind"] for h in plan["held"]] == ["blank"]


@pytest.mark.parametrize("policy", ["salesforce", "most_recent"])
def test_the_connector_fills_an_empty_field_and_the_plan_says_why(world: World, policy: str) -> None:
    """Whatever its policy and the clocks: nothing was compared."""
    world.configure(people([{"salesforce": "Flag__c", "pardot": "flag__c", "preset": "connector", "policy": policy}]))
    world.pair({"Flag__c": True}, {})
    plan = world.plan()
    reason = "the connector's rule: a value beats a blank"
    assert [(f["before"], f["after"], f["reason"]) for f in plan.sendable] == [(None, "true", reason)]


@pytest.mark.parametrize("now", [None, False])
def test_what_was_ticked_and_is_not_any_more_is_a_move_to_false(world: World, now: bool | None) -> None:
    world.configure(people([FLAG], guards={"clears": 0}))
    crm, unit = world.pair({"Flag__c": True}, {"flag__c": True})
    world.settle()
    world.unit.edit("prospect", unit, {"flag__c": now})
    world.clock.tick(600)
    plan = world.settle()
    assert not [g for g in plan["guards"] if not g["passed"]]
    assert world.crm.value("Contact", crm, "Flag__c") is False
