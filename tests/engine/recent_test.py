"""`most_recent`: the later of two edits by people wins; our own writes say nothing about when somebody edited."""

import pytest

from tests.engine.harness import SavedPlan, World, Yaml, people

PHONE: Yaml = {"salesforce": "Phone", "pardot": "phone", "policy": "most_recent"}
NAME: Yaml = {"salesforce": "FirstName", "pardot": "firstName"}


def start(world: World) -> tuple[str, str]:
    """A pair that agrees and is settled."""
    world.configure(people([PHONE, NAME]))
    pair = world.pair({"Phone": "1", "FirstName": "a"}, {"phone": "1", "firstName": "a"})
    world.settle()
    return pair


def outcome(plan: SavedPlan) -> tuple[list[tuple[str, str]], list[str]]:
    """What is sent of the phone, and who wins the conflicts about it."""
    sent = [(f["system"], f["after"]) for f in plan.sendable if f["field"].lower() == "phone"]
    return sent, [c["winner"] for c in plan["conflicts"]]


def test_the_later_edit_wins(world: World) -> None:
    crm, unit = start(world)
    world.crm.edit("Contact", crm, {"Phone": "2"})
    world.clock.tick(1)
    world.unit.edit("prospect", unit, {"phone": "3"})
    world.clock.tick(600)
    assert outcome(world.plan()) == ([("salesforce", "3")], ["pardot"])


def test_a_tie_is_asked(world: World) -> None:
    crm, unit = start(world)
    world.crm.edit("Contact", crm, {"Phone": "2"})
    world.unit.edit("prospect", unit, {"phone": "3"})
    world.clock.tick(600)
    assert outcome(world.plan()) == ([], ["open"])


def test_our_own_write_does_not_make_a_record_the_newer_one(world: World) -> None:
    """Both phones were edited, Salesforce's later; then we wrote another field of the prospect."""
    crm, unit = start(world)
    world.unit.edit("prospect", unit, {"phone": "3"})
    world.clock.tick(60)
    world.crm.edit("Contact", crm, {"Phone": "2"})
    world.configure(people([NAME]))
    world.crm.edit("Contact", crm, {"FirstName": "b"})
    world.clock.tick(600)
    world.settle()
    world.configure(people([{**PHONE, "on_link": "most_recent"}, NAME]))
    assert outcome(world.plan()) == ([], ["open"])


@pytest.mark.parametrize("later", ["salesforce", "pardot"])
def test_who_edits_after_our_write_is_newer_than_who_did_before_it(later: str, world: World) -> None:
    """Our write hid when somebody edited before it, but not that it was before."""
    crm, unit = start(world)
    edits = {
        "salesforce": lambda value: world.crm.edit("Contact", crm, {"Phone": value}),
        "pardot": lambda value: world.unit.edit("prospect", unit, {"phone": value}),
    }
    earlier = "pardot" if later == "salesforce" else "salesforce"
    world.configure(people([NAME]))
    edits[earlier]("3")
    if earlier == "pardot":
        world.crm.edit("Contact", crm, {"FirstName": "b"})
    else:
        world.unit.edit("prospect", unit, {"firstName": "b"})
    world.clock.tick(600)
    world.settle()
    edits[later]("2")
    world.clock.tick(600)
    world.configure(people([{**PHONE, "on_link": "most_recent"}, NAME]))
    plan = world.plan()
    assert outcome(plan) == ([(earlier, "2")], [])
    (why,) = [f["reason"] for f in plan.sendable if f["field"].lower() == "phone"]
    assert f"{earlier.capitalize()} before " in why


def test_a_person_who_edits_after_our_write_is_the_newer_one(world: World) -> None:
    crm, unit = start(world)
    world.crm.edit("Contact", crm, {"FirstName": "b"})
    world.clock.tick(600)
    world.settle()
    world.crm.edit("Contact", crm, {"Phone": "2"})
    world.clock.tick(60)
    world.unit.edit("prospect", unit, {"phone": "3"})
    world.clock.tick(600)
    assert outcome(world.plan()) == ([("salesforce", "3")], ["pardot"])
