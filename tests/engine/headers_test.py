"""What writes say to the rules of the org: planned, kept apart in requests of their own, and sent as planned."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine.harness import World, Yaml, new_world, people

KEY = {"salesforce": "Prospect_Id__c", "pardot": "id"}
TITLE = {"salesforce": "Title", "pardot": "jobTitle"}
ALLOW = "allowSave=true; includeRecordDetails=false; runAsCurrentUser=false"
ASK = "allowSave=false; includeRecordDetails=true; runAsCurrentUser=false"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with new_world(tmp_path) as made:
        yield made


def leads(**create: Any) -> Yaml:
    values = {"LastName": "'Berg'", "Company": "'Acme'"}
    rule = {"object": "Lead", "when": "true", "key": "Prospect_Id__c", "set": values} | create
    return people([TITLE], match=[KEY], create={"salesforce": rule})


def test_creates_and_updates_say_what_each_of_them_declares(world: World) -> None:
    create = {"assignment_rule": True, "duplicate_rule": {"allow_save": True}}
    world.configure({**leads(**create), "duplicate_rule": {"include_record_details": True}})
    old = world.unit.add("prospect", {"jobTitle": "Chief"})
    world.crm.add("Lead", {"LastName": "Berg", "Company": "Acme", "Prospect_Id__c": old})
    world.unit.add("prospect", {"jobTitle": "Head"})
    plan = world.settle()
    sent = {s.operation.value: dict(s.headers) for s in world.log if s.object == "Lead"}
    assert sent == {
        "upsert": {"Sforce-Auto-Assign": "TRUE", "Sforce-Duplicate-Rule-Header": ALLOW},
        "update": {"Sforce-Duplicate-Rule-Header": ASK},
    }
    assert [n["note"] for n in plan["notes"] if n["note"].startswith("Lead")] == [
        "Lead, 1 create: the active assignment rule of the org says who owns them",
        "Lead, 1 create: saved although a duplicate rule alerts (duplicate_rule: allow_save)",
    ]
    assert world.plan().sendable == []


def test_a_rule_can_be_named_by_its_id(world: World) -> None:
    world.configure(leads(assignment_rule="01Q5e0000000001"))
    world.unit.add("prospect", {"jobTitle": "Head"})
    world.settle()
    assert [s.headers for s in world.log if s.object == "Lead"] == [(("Sforce-Auto-Assign", "01Q5e0000000001"),)]


def test_without_a_word_nothing_is_said(world: World) -> None:
    world.configure(leads(assignment_rule=False))
    world.unit.add("prospect", {"jobTitle": "Head"})
    world.settle()
    assert {s.headers for s in world.log} == {()}
