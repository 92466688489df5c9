"""A refused change stops itself alone: the counterpart is still written, and no other sync reads what was refused."""

from tests.engine.harness import World, Yaml, people
from tests.engine.refused_test import RULE, always

NAME: Yaml = {"salesforce": "FirstName", "pardot": "firstName"}
PHONE: Yaml = {"salesforce": "Phone", "pardot": "phone"}
TITLE: Yaml = {"salesforce": "Title", "pardot": "jobTitle", "direction": "to_pardot"}
LOUD: Yaml = {"salesforce": "Phone", "direction": "to_salesforce", "sql": "upper(pardot.jobTitle)"}


def test_a_refused_change_of_one_side_does_not_hold_the_other(world: World) -> None:
    world.configure(people([NAME, PHONE]))
    crm, unit = world.pair({"FirstName": "a", "Phone": "1"}, {"firstName": "a", "phone": "1"})
    world.clock.tick(600)
    world.settle()
    world.crm.habits.refuses = always(RULE)
    world.unit.edit("prospect", unit, {"firstName": "b"})
    world.clock.tick(600)
    world.settle()
    world.crm.edit("Contact", crm, {"Phone": "2"})
    world.clock.tick(600)
    plan = world.plan()
    assert [(f["id"], f["field"], f["after"]) for f in plan.sendable] == [(unit, "phone", "2")]
    assert [(h["id"], h["kind"]) for h in plan["held"]] == [(crm, "refused")]


def refused_title(world: World) -> str:
    """A title that was refused, and a second sync that reads it and wrote it while it was planned; the contact."""
    world.configure(people([TITLE], sync="first"), people([LOUD], sync="second"))
    crm, _ = world.pair({"Title": "ceo", "Phone": "OLD"}, {"jobTitle": "old"})
    world.unit.habits.refuses = always("57")
    world.clock.tick(600)
    world.settle()
    assert world.crm.value("Contact", crm, "Phone") == "CEO"
    return crm


def test_what_was_made_of_a_refused_value_is_put_right(world: World) -> None:
    crm = refused_title(world)
    world.settle()
    assert world.crm.value("Contact", crm, "Phone") == "OLD"


def test_a_refused_value_is_not_read_by_another_sync_again(world: World) -> None:
    crm = refused_title(world)
    world.crm.edit("Contact", crm, {"Phone": "OLD"})
    world.clock.tick(600)
    assert not world.settle().sendable
    assert world.crm.value("Contact", crm, "Phone") == "OLD"
