"""Many updates of prospects go by one import; a clear never does, because there an empty cell means `leave`."""

from pardotflow.connectors.protocol import Operation
from tests.engine.harness import World, people

MANY = 120


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
