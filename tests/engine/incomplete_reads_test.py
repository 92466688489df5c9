"""A system that keeps rows back and says so: they are asked for again, and nobody is made in their place."""

import pytest

from pardotflow.core.errors import PlanRefused
from pardotflow.core.values import System
from tests.engine.harness import World, Yaml, people
from tests.engine.troubles import partial

NAME: Yaml = {"salesforce": "FirstName", "pardot": "firstName"}
MAIL: Yaml = {"salesforce": "Email", "pardot": "email", "direction": "to_pardot"}
CREATE: Yaml = {"pardot": {"when": "Email is not null"}}
KEYS = ["salesforce_id", "email"]
PAIRS = 20
SHRUNK = "shrunk:pardot.prospect"


def settled_pairs(world: World) -> list[str]:
    """Twenty pairs that are linked and agree; the ids of the prospects."""
    world.configure(people([NAME]))
    prospects = [world.pair({"FirstName": "a"}, {"firstName": "a"})[1] for _ in range(PAIRS)]
    world.clock.tick(600)
    world.settle()
    return prospects


def hide(world: World, prospects: list[str]) -> None:
    """Take away the right to see them."""
    for unit in prospects:
        world.unit.hide("prospect", unit)
    world.clock.tick(600)


def test_an_edit_that_was_kept_back_is_read_by_the_next_plan(world: World) -> None:
    world.configure(people([NAME]))
    crm, unit = world.pair({"FirstName": "a"}, {"firstName": "a"})
    world.clock.tick(3600)
    world.settle(wait=3600)
    world.unit.edit("prospect", unit, {"firstName": "b"})
    world.clock.tick(1800)
    with partial(world, System.PARDOT, unit):
        assert world.plan().meta["complete"] == "false"
    world.clock.tick(3600)
    assert [(f["id"], f["after"]) for f in world.settle().sendable] == [(crm, "b")]


def test_a_prospect_that_was_kept_back_once_is_not_made_again(world: World) -> None:
    world.configure(people([NAME, MAIL], match=KEYS, create=CREATE))
    world.pair({"FirstName": "a"}, {"firstName": "a"})
    world.clock.tick(3600)
    world.settle(wait=3600)
    new = world.unit.add("prospect", {"email": "n@x.org"})
    world.clock.tick(1800)
    with partial(world, System.PARDOT, new):
        world.plan()
    world.clock.tick(3600)
    crm = world.crm.add("Contact", {"LastName": "Berg", "Email": "n@x.org"})
    plan = world.settle()
    assert [(f["id"], f["field"], f["after"]) for f in plan.sendable] == [(new, "salesforceId", crm)]


def test_apply_makes_nothing_where_its_own_read_kept_rows_back(world: World) -> None:
    world.configure(people([NAME, MAIL], match=KEYS, create=CREATE))
    world.crm.add("Contact", {"LastName": "Berg", "Email": "n@x.org", "FirstName": "a"})
    world.clock.tick(3600)
    plan = world.plan()
    world.clock.tick(60)
    new = world.unit.add("prospect", {"email": "n@x.org"})
    world.clock.tick(60)
    with partial(world, System.PARDOT, new):
        assert world.apply(plan).report.moved == 1
    assert [r.id for r in world.unit.live("prospect")] == [new]


def test_a_refused_apply_does_not_let_a_smaller_side_pass(world: World) -> None:
    """The number was too low: the next plan compares with the same count as before."""
    hide(world, settled_pairs(world)[:15])
    plan = world.plan(full=True)
    with pytest.raises(PlanRefused, match="blocked"):
        world.apply(plan, allow={SHRUNK: 1})
    again = world.plan(full=True)
    assert again.meta["blocked"] == "true"
    assert [(g["guard"], g["number"]) for g in again["guards"]] == [(SHRUNK, 15)]


def test_an_incomplete_full_read_is_nothing_to_compare_a_side_with(world: World) -> None:
    prospects = settled_pairs(world)
    with partial(world, System.PARDOT, prospects[0]):
        world.plan(full=True)
    hide(world, prospects[:15])
    plan = world.plan(full=True)
    assert plan.meta["blocked"] == "true"
    assert [(g["guard"], g["number"]) for g in plan["guards"]] == [(SHRUNK, 15)]
