"""The order of syncs in one plan: who writes a field comes before who reads it, and one apply settles both."""

from typing import Any

from pardotflow.engine.compile import compile_project
from pardotflow.engine.order import plan_order
from tests.engine.harness import World, Yaml, people


def sync(name: str, *fields: Yaml, **more: Any) -> Yaml:
    """A sync of another name."""
    return {**people(fields, **more), "sync": name}


def reads(system: str, field: str, into: str) -> Yaml:
    """A mapping that computes a field of the other side from this one."""
    other = "pardot" if system == "salesforce" else "salesforce"
    return {other: into, "direction": f"to_{other}", "sql": f"upper({system}.{field})"}


def writes(crm: str, unit: str) -> Yaml:
    """A mapping that writes Pardot."""
    return {"salesforce": crm, "pardot": unit, "direction": "to_pardot"}


def order(world: World, *syncs: Yaml) -> list[str]:
    """The names in the order in which they are planned."""
    world.configure(*syncs)
    return [s.name for s in plan_order(compile_project(world.project, world.catalog))]


def test_who_writes_comes_before_who_reads(world: World) -> None:
    writer = sync("writer", writes("Title", "jobTitle"))
    reader = sync("a_reader", reads("pardot", "jobTitle", "Phone"))
    assert order(world, reader, writer) == ["writer", "a_reader"]


def test_a_chain_is_followed_to_its_end(world: World) -> None:
    third = sync("a", reads("pardot", "phone", "Note__c"))
    second = sync("b", reads("salesforce", "Phone", "phone"))
    first = sync("c", reads("pardot", "jobTitle", "Phone"))
    start = sync("d", writes("Title", "jobTitle"))
    assert order(world, third, second, first, start) == ["d", "c", "b", "a"]


def test_syncs_that_need_nothing_of_each_other_go_by_name(world: World) -> None:
    assert order(world, sync("b", writes("Phone", "phone")), sync("a", writes("Title", "jobTitle"))) == ["a", "b"]


def test_two_that_need_each_other_go_by_name(world: World) -> None:
    one = sync("b", reads("pardot", "jobTitle", "Phone"))
    two = sync("a", reads("salesforce", "Phone", "jobTitle"))
    assert order(world, one, two) == ["a", "b"]


def test_the_order_is_the_same_however_the_files_are_named(world: World) -> None:
    syncs = [sync("writer", writes("Title", "jobTitle")), sync("a_reader", reads("pardot", "jobTitle", "Phone"))]
    world.configure(*syncs)
    compiled = compile_project(world.project, world.catalog)
    assert plan_order(compiled) == plan_order(compiled[::-1])


def test_one_apply_settles_a_chain(world: World) -> None:
    world.configure(
        sync("a", reads("pardot", "phone", "Note__c")),
        sync("b", reads("salesforce", "Phone", "phone")),
        sync("c", reads("pardot", "jobTitle", "Phone")),
        sync("d", writes("Title", "jobTitle")),
    )
    crm, _ = world.pair({"Title": "ceo"}, {})
    plan = world.settle()
    assert {(f["system"], f["field"], f["after"]) for f in plan.sendable} == {
        ("pardot", "jobTitle", "ceo"),
        ("salesforce", "Phone", "CEO"),
        ("pardot", "phone", "CEO"),
        ("salesforce", "Note__c", "CEO"),
    }
    assert len(plan["changes"]) == 2
    assert not world.plan().sendable
    world.crm.edit("Contact", crm, {"Title": "cto"})
    world.clock.tick(600)
    assert len(world.settle().sendable) == 4
    assert not world.plan().sendable
    assert world.crm.value("Contact", crm, "Note__c") == "CTO"


def test_a_sync_that_is_only_shown_changes_nothing_for_the_others(world: World) -> None:
    world.configure(
        sync("shown", writes("Title", "jobTitle"), strength="plan"),
        sync("reader", reads("pardot", "jobTitle", "Phone")),
    )
    _, unit = world.pair({"Title": "ceo"}, {"jobTitle": "old"})
    plan = world.plan()
    assert {(f["field"], f["after"]) for f in plan.sendable} == {("Phone", "OLD")}
    assert {(f["field"], f["after"], f["sendable"]) for f in plan["field_changes"]} == {
        ("Phone", "OLD", True),
        ("jobTitle", "ceo", False),
    }
    world.apply(plan)
    assert world.unit.value("prospect", unit, "jobTitle") == "old"
