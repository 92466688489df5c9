"""A mapping that computes another value now, one that leaves, and one that comes back."""

from typing import Any

from tests.engine.harness import SavedPlan, World, Yaml, people

ONE_WAY: Yaml = {"salesforce": "Source__c", "pardot": "source", "direction": "to_pardot", "values": "map.csv"}
NAME: Yaml = {"salesforce": "FirstName", "pardot": "firstName"}
PHONE: Yaml = {"salesforce": "Phone", "pardot": "phone"}


def sent(plan: SavedPlan) -> list[tuple[str, Any, Any]]:
    """Section and both values of every field change but the ids."""
    return [(f["section"], f["before"], f["after"]) for f in plan.sendable if f["section"] != "id"]


def bases(plan: SavedPlan) -> set[str]:
    """The mappings whose bases the next apply records without a write."""
    return {a["mapping"] for a in plan["agreed"]}


def test_another_value_map_rewrites_the_target_in_a_section_of_its_own(world: World) -> None:
    world.write("map.csv", "salesforce,pardot\nWeb,web\n")
    world.configure(people([ONE_WAY]))
    world.pair({"Source__c": "Web"}, {})
    world.pair({"Source__c": "Fair"}, {})
    assert sent(world.settle()) == [("change", None, "web")]
    world.write("map.csv", "salesforce,pardot\nWeb,internet\nFair,fair\n")
    world.configure(people([ONE_WAY]))
    assert sorted(sent(world.settle()), key=str) == [("change", None, "fair"), ("mapping_changed", "web", "internet")]
    assert not world.plan().sendable


def test_a_map_in_another_order_is_the_same_mapping(world: World) -> None:
    world.write("map.csv", "salesforce,pardot\nWeb,web\nFair,fair\n")
    world.configure(people([ONE_WAY]))
    world.pair({"Source__c": "Web"}, {})
    world.settle()
    world.settle()
    world.write("map.csv", "salesforce,pardot\nFair,fair\nWeb,web\n")
    world.configure(people([ONE_WAY]))
    plan = world.plan()
    assert not plan.sendable
    assert not bases(plan)


def test_another_policy_is_no_other_mapping(world: World) -> None:
    """The base holds: only one side moved, so the new policy has nothing to say."""
    world.configure(people([NAME]))
    crm, _ = world.pair({"FirstName": "a"}, {"firstName": "a"})
    world.settle()
    world.configure(people([{**NAME, "policy": "pardot", "on_link": "pardot"}]))
    world.crm.edit("Contact", crm, {"FirstName": "b"})
    world.clock.tick(600)
    assert sent(world.plan()) == [("change", "a", "b")]


def test_another_direction_is_decided_as_on_the_first_link(world: World) -> None:
    """One-way before, two-way now: where both are filled and differ, somebody has to say who is right."""
    world.configure(people([{**NAME, "direction": "to_pardot", "on_blank": "hold"}]))
    crm, _ = world.pair({"FirstName": "a"}, {"firstName": "a"})
    other, _ = world.pair({"FirstName": "c"}, {"firstName": "c"})
    world.settle()
    world.crm.edit("Contact", crm, {"FirstName": "b"})
    world.crm.edit("Contact", other, {"FirstName": None})
    world.configure(people([NAME]))
    world.clock.tick(600)
    plan = world.settle()
    assert [(before, after) for _, before, after in sent(plan)] == [(None, "c")]
    assert [(c["a_value"], c["b_value"], c["winner"]) for c in plan["conflicts"]] == [("b", "a", "open")]


def test_a_field_that_leaves_loses_its_base_and_is_new_when_it_comes_back(world: World) -> None:
    world.configure(people([NAME, PHONE]))
    crm, _ = world.pair({"FirstName": "a", "Phone": "1"}, {"firstName": "a", "phone": "1"})
    world.settle()
    world.configure(people([NAME]))
    world.settle()
    world.crm.edit("Contact", crm, {"Phone": "2"})
    world.clock.tick(600)
    world.configure(people([NAME, PHONE]))
    plan = world.plan()
    assert not plan.sendable
    assert [(c["field"], c["base_a"], c["winner"]) for c in plan["conflicts"]] == [("phone", None, "open")]


def test_a_field_that_leaves_and_comes_back_before_an_apply_keeps_its_base(world: World) -> None:
    """Regression: rows that were read in between had nothing in the column that nobody wanted: it looked blank."""
    world.configure(people([NAME, PHONE]))
    crm, _ = world.pair({"FirstName": "a", "Phone": "1"}, {"firstName": "a", "phone": "1"})
    world.settle()
    world.configure(people([NAME]))
    world.plan()
    world.crm.edit("Contact", crm, {"Phone": "2"})
    world.clock.tick(600)
    world.configure(people([NAME, PHONE]))
    assert sent(world.plan()) == [("change", "1", "2")]


def test_a_new_field_fills_blanks_and_asks_where_both_are_filled(world: World) -> None:
    world.configure(people([NAME]))
    world.pair({"FirstName": "a", "Phone": "1"}, {"firstName": "a"})
    world.pair({"FirstName": "b"}, {"firstName": "b", "phone": "2"})
    world.pair({"FirstName": "c", "Phone": "3"}, {"firstName": "c", "phone": "4"})
    world.settle()
    world.configure(people([NAME, PHONE]))
    plan = world.settle()
    assert sorted(sent(plan), key=str) == [("adopted", None, "1"), ("adopted", None, "2")]
    assert [(c["a_value"], c["b_value"]) for c in plan["conflicts"]] == [("3", "4")]
    assert not world.plan().sendable
