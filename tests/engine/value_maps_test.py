"""Value maps between fields of two types: each side's value is read as what it is there, in both directions."""

from datetime import timedelta
from typing import Any

import pytest

from pardotflow.core.describe import FieldInfo
from pardotflow.core.values import FieldType, System
from tests.engine.harness import World, Yaml, new_world, people

T = FieldType
EDITIONS = "salesforce,pardot\n2026-04-01,Spring\n2026-10-01,Autumn\n"
FLAGS = "salesforce,pardot\nTRUE,Yes\nfalse,No\n"
LEVELS = "salesforce,pardot\n1,Low\n2.0,High\n"
TOPICS = 'salesforce,pardot\na,Alpha\nb,Beta\n"a;b",Everything\nc,Gamma\n'
MAPS = {"flags": FLAGS, "levels": LEVELS, "topics": TOPICS, "editions": EDITIONS}
TEXT = FieldInfo(name="word__c", type=T.TEXT)
SIDES = {System.PARDOT: [TEXT, FieldInfo(name="level__c", type=T.NUMBER)]}


def mapped(world: World, crm: str, values: str, text: str = "", **more: Any) -> None:
    world.write(f"{values}.csv", text or MAPS[values])
    rule = {"salesforce": crm, "pardot": "word__c", "values": f"{values}.csv"}
    world.configure(people([{**rule, **more}]))


@pytest.fixture
def world(tmp_path: Any) -> Any:
    with new_world(tmp_path, SIDES) as made:
        yield made


ROWS = (
    ("Flag__c", "word__c", "flags", True, "Yes", False, "No"),
    ("Count__c", "note__c", "levels", 1.0, "Low", 2, "High"),
    ("Day__c", "pick__c", "editions", "2026-04-01", "Spring", "2026-10-01", "Autumn"),
    (
        "When__c",
        "source",
        "editions",
        "2026-04-01T00:00:00.000+0000",
        "Spring",
        "2026-10-01T00:00:00.000+00:00",
        "Autumn",
    ),
    ("Many__c", "many__c", "topics", "c;a", "Alpha;Gamma", "b;a", "Everything"),
)
"""Fields of both sides, their map, and two values as each side has them."""


def all_mapped(world: World, **more: Any) -> tuple[list[Yaml], list[Yaml]]:
    """One mapping a row; the first and the second values of each side."""
    for name, text in MAPS.items():
        world.write(f"{name}.csv", text)
    world.configure(people([{"salesforce": a, "pardot": b, "values": f"{m}.csv", **more} for a, b, m, *_ in ROWS]))
    return [{r[0]: r[n] for r in ROWS} for n in (3, 5)], [{r[1]: r[n] for r in ROWS} for n in (4, 6)]


def sent(world: World) -> dict[tuple[str, str], tuple[str, str]]:
    return {(f["system"], f["field"]): (f["before"], f["after"]) for f in world.settle().sendable}


def test_both_directions(world: World) -> None:
    """Regression: such a mapping was held for ever."""
    crm, unit = all_mapped(world)
    contact, prospect = world.pair(crm[0], unit[0])
    assert sent(world) == {}
    world.crm.edit("Contact", contact, crm[1])
    assert sent(world) == {("pardot", b): (first, second) for _, b, _, _, first, _, second in ROWS}
    world.unit.edit("prospect", prospect, unit[0])
    found = sent(world)
    assert {k: v[1] for k, v in found.items()} == {
        ("salesforce", "Flag__c"): "true",
        ("salesforce", "Count__c"): "1",
        ("salesforce", "Day__c"): "2026-04-01",
        ("salesforce", "When__c"): "2026-04-01T00:00:00.000+00:00",
        ("salesforce", "Many__c"): "a;c",
    }
    assert found[("salesforce", "Day__c")][0] == "2026-10-01" and found[("salesforce", "Count__c")][0] == "2"
    plan = world.plan()
    assert plan.sendable == [] and plan["held"] == []


@pytest.mark.parametrize("direction", ["to_pardot", "to_salesforce"])
def test_one_direction(world: World, direction: str) -> None:
    crm, unit = all_mapped(world, direction=direction)
    world.pair(crm[0], unit[1])
    assert len(sent(world)) == len(ROWS)
    plan = world.plan()
    assert plan.sendable == [] and plan["held"] == []


def test_a_value_that_the_map_does_not_know_is_held(world: World) -> None:
    all_mapped(world, direction="to_salesforce")
    world.pair({}, {row[1]: "Hearsay" for row in ROWS})
    assert [h["kind"] for h in world.plan()["held"]] == ["unmapped_value"] * len(ROWS)


def test_one_unknown_of_several_values_holds_them_all(world: World) -> None:
    mapped(world, "Many__c", "topics", direction="to_pardot")
    world.pair({"Many__c": "a;x"}, {})
    plan = world.plan()
    assert [(h["kind"], h["after"]) for h in plan["held"]] == [("unmapped_value", "a;x")] and plan.sendable == []


def test_a_blank_beside_a_checkbox_is_false(world: World) -> None:
    """As without a map: a checkbox is never blank, so that a person's blank is no news where it is not set."""
    mapped(world, "Flag__c", "flags")
    contact, prospect = world.pair({"Flag__c": False}, {})
    assert world.settle().sendable == []
    world.crm.edit("Contact", contact, {"Flag__c": True})
    world.settle()
    world.unit.edit("prospect", prospect, {"word__c": None})
    assert [(f["before"], f["after"]) for f in world.settle().sendable] == [("true", "false")]


def test_a_one_way_target_holds_what_the_map_says_of_false(world: World) -> None:
    mapped(world, "Flag__c", "flags", direction="to_pardot")
    world.pair({"Flag__c": False}, {})
    assert [f["after"] for f in world.settle().sendable] == ["No"]
    assert world.plan().sendable == []


def test_what_the_map_gives_and_the_field_cannot_hold_is_held(world: World) -> None:
    """Never sent, whichever side the two are compared on."""
    text = "salesforce,pardot\n1,Low\nmany,High\n"
    for direction in ("two_way", "to_salesforce"):
        mapped(world, "Count__c", "levels", text, direction=direction)
        world.pair({}, {"word__c": "High"})
        plan = world.plan()
        assert plan.sendable == [] and plan["held"]


def test_what_was_sent_a_moment_ago_is_compared_through_the_map(world: World) -> None:
    """A lagging cache still shows what was there before: the value that was sent stands for it, in the map's words."""
    world.unit.habits.lag = timedelta(seconds=60)
    mapped(world, "Flag__c", "flags")
    contact, _ = world.pair({"Flag__c": True}, {"word__c": "Yes"})
    world.clock.tick(600)
    world.settle()
    world.crm.edit("Contact", contact, {"Flag__c": False})
    world.clock.tick(600)
    world.settle(wait=10)
    plan = world.plan()
    assert plan.sendable == [] and plan["accepted"] == []
    world.clock.tick(600)
    assert world.plan().sendable == []


def test_a_new_record_gets_the_words_of_its_own_side(world: World) -> None:
    world.write("flags.csv", FLAGS)
    world.write("levels.csv", LEVELS)
    fields = [
        {"salesforce": "Flag__c", "pardot": "word__c", "values": "flags.csv"},
        {"salesforce": "Count__c", "pardot": "many__c", "values": "levels.csv"},
        {"salesforce": "Email", "pardot": "email"},
    ]
    create = {
        "pardot": {},
        "salesforce": {"object": "Lead", "when": "true", "set": {"Company": "'Acme'", "LastName": "'Berg'"}},
    }
    world.configure(people(fields, create=create, match=["salesforce_id", "email"]))
    world.crm.add("Contact", {"LastName": "Berg", "Email": "a@x.org", "Flag__c": True, "Count__c": 2})
    world.unit.add("prospect", {"email": "b@x.org", "word__c": "Yes", "many__c": "Low"})
    found = {(f["system"], f["field"]): f["after"] for f in world.settle().sendable}
    assert found[("pardot", "word__c")] == "Yes" and found[("pardot", "many__c")] == "High"
    assert found[("salesforce", "Flag__c")] == "true" and found[("salesforce", "Count__c")] == "1"
    assert world.plan().sendable == []
