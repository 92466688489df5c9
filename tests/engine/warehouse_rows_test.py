"""Rows of a warehouse as one side of a sync: their keys change, they hold addresses, and not every source is used."""

from pardotflow.plan.public import plan_json
from tests.engine.harness import World, Yaml, people
from tests.engine.troubles import PROSPECTS, add_warehouse, fill_warehouse, usage

KEY: Yaml = {"warehouse": "k", "pardot": "email"}
NAME: Yaml = {"warehouse": "name", "pardot": "firstName", "direction": "to_pardot"}


def test_a_row_whose_key_is_spelled_anew_is_matched_again(world: World) -> None:
    """The link to the old key holds nobody back: its row is gone."""
    add_warehouse(world, "k,name", "Ann@x.org,Ann")
    world.configure(usage("usage", PROSPECTS, [KEY], [NAME]))
    unit = world.unit.add("prospect", {"email": "ann@x.org"})
    world.clock.tick(600)
    world.settle()
    fill_warehouse(world, "k,name", "ann@x.org,Bob")
    world.settle()
    assert world.unit.value("prospect", unit, "firstName") == "Bob"


def test_the_json_of_a_plan_shows_no_address_of_a_row(world: World) -> None:
    """A key, a candidate, a skipped row, and the id of a new record can all be one."""
    add_warehouse(world, "k,name,mail", *(f"{n}@x.org,{n},{n}@x.org" for n in ("ann", "bob", "cy")))
    mail: Yaml = {"warehouse": "mail", "pardot": "email", "direction": "to_pardot", "pii": "email"}
    create: Yaml = {"pardot": {"when": "warehouse.name = 'ann'", "set": {}}}
    world.configure(usage("usage", PROSPECTS, [KEY], [{**NAME, "pii": "name"}, mail], create=create))
    for _ in range(2):
        world.unit.add("prospect", {"email": "cy@x.org"})
    world.clock.tick(600)
    plan = world.plan()
    assert plan.sendable and plan["skipped"] and plan["ambiguities"]
    assert "@x.org" not in "".join(plan_json(plan.path))
    assert "ann@x.org" in "".join(plan_json(plan.path, clear_values=True))


def test_a_source_that_no_sync_uses_is_not_read(world: World) -> None:
    sides = {"salesforce": {"objects": ["Contact"]}, "pardot": {"object": "prospect"}}
    world.configure(people([{"salesforce": "FirstName", "pardot": "firstName"}], sides=sides))
    _, unit = world.pair({"FirstName": "a"}, {})
    assert [(f["id"], f["after"]) for f in world.plan().sendable] == [(unit, "a")]
