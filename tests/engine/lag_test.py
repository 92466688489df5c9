"""Reads of Account Engagement may show the state of a minute ago: what the plan does in that minute."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests.engine.harness import SavedPlan, World, Yaml, people

KEYS = ["salesforce_id", {"salesforce": "Prospect_Id__c", "pardot": "id"}, "email"]
CREATE: Yaml = {
    "pardot": {"when": "Email is not null"},
    "salesforce": {
        "object": "Lead",
        "when": "true",
        "key": "Prospect_Id__c",
        "set": {"LastName": "'Unknown'", "Company": "'Unknown'"},
    },
}


def name(**more: Any) -> Yaml:
    """The one mapping of these tests."""
    return {"salesforce": "FirstName", "pardot": "firstName", **more}


def sent(plan: SavedPlan) -> list[tuple[str, str | None, str | None]]:
    """System and both values."""
    return [(f["system"], f["before"], f["after"]) for f in plan.sendable]


def wrote(world: World, mapping: Yaml) -> tuple[str, str]:
    """A pair in which Salesforce was edited from `a` to `b`, and `b` was sent ten seconds ago."""
    world.unit.habits.lag = timedelta(seconds=60)
    world.configure(people([mapping], match=KEYS))
    crm, unit = world.pair({"FirstName": "a"}, {"firstName": "a"})
    world.crm.edit("Contact", crm, {"Prospect_Id__c": unit})
    world.clock.tick(600)
    world.settle()
    edit(world, crm, "b")
    world.clock.tick(600)
    assert sent(world.settle(wait=10)) == [("pardot", "a", "b")]
    return crm, unit


def edit(world: World, id: str, value: str | None) -> None:
    """Somebody changes the name in Salesforce."""
    world.crm.edit("Contact", id, {"FirstName": value})


RULES: Mapping[tuple[str, str], Yaml] = {
    ("FirstName", "firstName"): {},
    ("Phone", "phone"): {"policy": "most_recent"},
    ("Title", "jobTitle"): {"policy": "pardot", "on_link": "pardot"},
    ("Note__c", "note__c"): {"direction": "to_pardot"},
    ("Source__c", "source"): {"on_blank": "refill"},
    ("Pick__c", "pick__c"): {"on_blank": "clear", "policy": "ask"},
}


@pytest.mark.parametrize("answers", [True, False])
def test_our_write_is_neither_undone_nor_repeated(world: World, answers: bool) -> None:
    """Under every rule, whether the answer told what was stored or not."""
    world.unit.habits.lag, world.unit.habits.answers = timedelta(seconds=60), answers
    world.configure(people([{"salesforce": a, "pardot": b, **more} for (a, b), more in RULES.items()]))
    crm, unit = world.pair({a: "A" for a, _ in RULES}, {b: "A" for _, b in RULES})
    world.clock.tick(600)
    world.settle()
    world.crm.edit("Contact", crm, {a: "B" for a, _ in RULES})
    world.clock.tick(600)
    assert len(sent(world.settle(wait=10))) == len(RULES)
    for wait in (30, 600):
        assert not sent(world.settle(wait=wait))
    assert not world.plan().sendable
    assert {world.crm.value("Contact", crm, a) for a, _ in RULES} == {"B"}
    assert {world.unit.value("prospect", unit, b) for _, b in RULES} == {"B"}


def test_a_new_edit_flows_at_once(world: World) -> None:
    crm, _ = wrote(world, name())
    edit(world, crm, "c")
    assert [after for _, _, after in sent(world.settle(wait=10))] == ["c"]
    for wait in (30, 600):
        assert not sent(world.settle(wait=wait))


def test_an_edit_back_to_the_old_value_arrives_in_the_end(world: World) -> None:
    """Inside the minute both sides seem to agree on the old value; they do not."""
    crm, unit = wrote(world, name())
    edit(world, crm, "a")
    world.settle(wait=600)
    world.settle()
    assert not world.plan().sendable
    assert (world.crm.value("Contact", crm, "FirstName"), world.unit.value("prospect", unit, "firstName")) == ("a", "a")


def test_a_blank_is_refilled_with_what_was_sent_last(world: World) -> None:
    """Regression: the value of before our own write came back from the cache."""
    crm, _ = wrote(world, name(on_blank="refill"))
    edit(world, crm, None)
    for wait in (10, 600, 600):
        assert set(sent(world.settle(wait=wait))) <= {("salesforce", None, "b")}
    assert world.crm.value("Contact", crm, "FirstName") == "b"


def test_a_new_record_that_the_cache_does_not_show_is_not_made_again(world: World) -> None:
    world.unit.habits.lag = timedelta(seconds=60)
    world.configure(people([name()], match=KEYS, create=CREATE))
    crm = world.crm.add("Contact", {"LastName": "Berg", "FirstName": "a", "Email": "a@x.org"})
    unit = world.unit.add("prospect", {"firstName": "b", "email": "b@x.org"})
    world.clock.tick(600)
    assert len([c for c in world.settle(wait=10)["changes"] if c["action"] == "create"]) == 2
    for wait in (30, 600, 600):
        assert not sent(world.settle(wait=wait))
    assert len(list(world.unit.live("prospect"))) == 2
    assert len(list(world.crm.live("Lead"))) == 1
    assert world.crm.value("Contact", crm, "Prospect_Id__c") is not None
    assert world.unit.value("prospect", unit, "salesforceId") is not None
