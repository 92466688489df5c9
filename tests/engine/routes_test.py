"""Many updates of prospects go by one import; a clear never does, because there an empty cell means `leave`."""

import pytest

from pardotflow.connectors.protocol import Operation
from tests.engine.fakes import FakeConnector
from tests.engine.harness import World, people

MANY = 120


def _offer(world: World, operation: Operation) -> None:
    """Salesforce takes this kind of request too."""
    connector = world.connectors["salesforce"]
    assert isinstance(connector, FakeConnector)
    connector.offers = frozenset({operation})


def test_updates_go_by_import_and_clears_one_by_one(world: World) -> None:
    world.configure(people([{"salesforce": "FirstName", "pardot": "firstName", "on_blank": "clear"}]))
    pairs = [world.pair({"FirstName": f"n{n}"}, {"firstName": f"n{n}"}) for n in range(MANY + 3)]
    world.settle()
    for n, (crm, _) in enumerate(pairs):
        world.crm.edit("Contact", crm, {"FirstName": None if n < 3 else f"m{n}"})
    world.clock.tick(600)
    plan = world.plan()
    at = len(world.log)
    world.apply(plan)
    world.clock.tick(600)
    sent = world.log_since(at)
    assert {s.operation for s in sent if s.values["firstName"] is None} == {Operation.UPDATE}
    assert {s.operation for s in sent if s.values["firstName"] is not None} == {Operation.IMPORT_UPDATES}
    assert len(sent) == MANY + 3
    again = world.settle()
    assert not again.sendable
    assert not again["accepted"]
    assert not world.plan().sendable


def test_what_an_import_rewrites_is_found_by_reading(world: World) -> None:
    world.configure(people([{"salesforce": "FirstName", "pardot": "firstName"}]))
    for n in range(MANY):
        world.pair({"FirstName": f"n{n}"}, {})
    world.unit.habits.rewrites = {"firstName": str.upper}
    world.settle()
    plan = world.settle()
    assert not plan.sendable
    assert {a["kind"] for a in plan["accepted"]} == {"rewritten"}
    assert len(plan["accepted"]) == MANY
    assert not world.plan().sendable


def test_an_edit_between_the_last_read_and_the_write_is_seen_by_the_system(world: World) -> None:
    """The record that somebody changes as our request is on its way goes to the remainder, and is no refusal."""
    world.configure(people([{"salesforce": "FirstName", "pardot": "firstName", "direction": "to_salesforce"}]))
    _offer(world, Operation.UPDATE_UNMODIFIED)
    pairs = [world.pair({"FirstName": "a"}, {"firstName": "a"}) for _ in range(3)]
    world.settle()
    for _, unit in pairs:
        world.unit.edit("prospect", unit, {"firstName": "b"})
    world.clock.tick(600)
    plan = world.plan()
    assert {c["operation"] for c in plan["changes"]} == {"update_unmodified"}
    assert {r["operation"]: r["reason"] for r in plan["routes"] if not r["taken"]} == {
        "update": "as many calls, and an edit of the last moment is not seen",
        "bulk_updates": "no such request",
    }
    hasty = pairs[1][0]

    def edited(name: str, record: str, values: object) -> str:
        if record == hasty:
            world.clock.tick(1)
            world.crm.edit("Contact", hasty, {"FirstName": "theirs"})
        return ""

    world.crm.habits.refuses = edited
    applied = world.apply(plan)
    world.crm.habits.refuses = lambda name, record, values: ""
    assert (applied.report.confirmed, applied.report.refused, applied.report.moved) == (2, 0, 1)
    assert [g.reason for g in applied.report.remainder] == ["it changed while the plan was applied"]
    assert world.crm.value("Contact", hasty, "FirstName") == "theirs"
    world.clock.tick(600)
    assert [c["id"] for c in world.plan()["changes"]] == [hasty]


@pytest.mark.parametrize("count", [1, 3])
def test_a_row_that_no_request_can_carry_is_a_refusal_of_its_own(world: World, count: int) -> None:
    world.configure(people([{"salesforce": "FirstName", "pardot": "firstName", "direction": "to_pardot"}]))
    connector = world.connectors["pardot"]
    assert isinstance(connector, FakeConnector)
    pairs = [world.pair({"FirstName": "x" * (9 if n == 0 else 2)}, {"firstName": "a"}) for n in range(count)]
    connector.longest = 5
    at = len(world.log)
    applied = world.apply(world.plan())
    assert (applied.report.confirmed, applied.report.refused) == (count - 1, 1)
    assert [s.id for s in world.log_since(at)] == [unit for _, unit in pairs[1:]]
    assert [(g.field, bool(g.reason)) for g in applied.report.errors] == [("ROW_TOO_LARGE", True)]
    world.clock.tick(600)
    held = world.plan()
    assert not held.sendable and [h["kind"] for h in held["held"]] == ["refused"]


def test_many_changes_of_salesforce_go_by_a_job(world: World) -> None:
    world.configure(people([{"salesforce": "FirstName", "pardot": "firstName", "direction": "to_salesforce"}]))
    _offer(world, Operation.BULK_UPDATES)
    for _ in range(2001):
        world.pair({"FirstName": "a"}, {"firstName": "b"})
    plan = world.plan()
    at = len(world.log)
    world.apply(plan)
    assert {s.operation for s in world.log_since(at) if s.system == "salesforce"} == {Operation.BULK_UPDATES}
    world.clock.tick(600)
    world.settle()
    assert not world.plan().sendable
