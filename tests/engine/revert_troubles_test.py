"""A run is taken back where it did not go smoothly: a lagging cache, a killed process, lost answers, rewritten values;
and opposite a warehouse."""

from datetime import timedelta

import pytest

from pardotflow.core.errors import UsageError
from pardotflow.core.values import System
from tests.engine.harness import World, Yaml, people
from tests.engine.recover_test import killed, recover
from tests.engine.revert_test import NAME, TITLE, assert_quiet, at_rest, created, notes, revert, take_back, values
from tests.engine.troubles import PROSPECTS, add_warehouse, fill_warehouse, lost_answers, lost_requests, usage


def edited(world: World) -> tuple[str, str]:
    """A pair whose contact got another name, which no run has seen yet."""
    crm, unit = at_rest(world, NAME, TITLE)
    world.crm.edit("Contact", crm, {"FirstName": "Eva"})
    world.clock.tick(600)
    return crm, unit


def test_what_a_lagging_cache_shows_from_before_the_run_is_not_believed(world: World) -> None:
    _, unit = edited(world)
    world.unit.habits.lag = timedelta(seconds=60)
    world.clock.tick(600)
    world.apply(world.plan())
    world.clock.tick(10)
    plan = revert(world).saved
    assert values(plan) == {(unit, "firstName", "Eva", "Ada")}
    world.clock.tick(10)
    assert world.apply(plan).report.status == "done"
    world.clock.tick(600)
    assert world.unit.value("prospect", unit, "firstName") == "Ada"
    assert_quiet(world)


def test_a_run_that_was_killed_is_taken_back_once_it_is_closed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    _, unit = edited(world)
    killed(world, world.plan(), monkeypatch)
    world.clock.tick(600)
    with pytest.raises(UsageError, match="has not ended"):
        revert(world)
    recover(world)
    assert values(take_back(world)) == {(unit, "firstName", "Eva", "Ada")}
    assert_quiet(world)


@pytest.mark.parametrize("takes_effect", [True, False])
def test_the_record_tells_whether_an_unanswered_update_is_to_be_taken_back(world: World, takes_effect: bool) -> None:
    _, unit = edited(world)
    plan = world.plan()
    world.clock.tick(20)
    with (lost_answers if takes_effect else lost_requests)(world, System.PARDOT):
        assert world.apply(plan).report.unknown == 1
    world.clock.tick(600)
    asked = revert(world)
    if takes_effect:
        assert values(asked.saved) == {(unit, "firstName", "Eva", "Ada")}
    else:
        assert asked.plan is None and asked.reverting.undone.done == 1


def test_what_the_system_rewrote_goes_back_and_is_told(world: World) -> None:
    crm, unit = at_rest(world, NAME, TITLE)
    world.unit.habits.rewrites = {"firstName": lambda value: f"{value}!"}
    world.crm.edit("Contact", crm, {"FirstName": "Eva"})
    world.clock.tick(600)
    world.settle()
    world.settle()
    assert world.unit.value("prospect", unit, "firstName") == "Eva!"
    run = next(r.id for r in world.ledger.runs() if r.confirmed)
    world.unit.habits.rewrites = {}
    plan = take_back(world, run)
    assert values(plan) == {(unit, "firstName", "Eva!", "Ada")}
    assert "rewritten by the system" in notes(plan)
    assert_quiet(world)


def test_what_a_later_run_wrote_is_not_this_runs(world: World) -> None:
    crm, unit = edited(world)
    world.settle()
    first = world.ledger.runs()[0].id
    world.crm.edit("Contact", crm, {"FirstName": "Ina"})
    world.clock.tick(600)
    world.settle()
    plan = revert(world, first).saved
    assert not plan.sendable
    [conflict] = plan["conflicts"]
    assert (conflict["a_value"], conflict["base_a"], conflict["b_value"]) == ("Ina", "Eva", "Ada")
    take_back(world)
    assert values(take_back(world, first)) == {(unit, "firstName", "Eva", "Ada")}


def test_a_record_that_a_later_run_wrote_is_not_deleted(world: World) -> None:
    crm, unit = created(world)
    first = world.ledger.runs()[0].id
    world.crm.edit("Contact", crm, {"FirstName": "Eva"})
    world.clock.tick(600)
    world.settle()
    plan = revert(world, first).saved
    assert not plan.turned
    assert [(c["a_id"], c["field"]) for c in plan["conflicts"]] == [(unit, "firstName")]


def test_a_field_from_the_warehouse_goes_back_and_stays(world: World) -> None:
    key: Yaml = {"warehouse": "k", "pardot": "email"}
    name: Yaml = {"warehouse": "name", "pardot": "firstName", "direction": "to_pardot"}
    add_warehouse(world, "k,name", "ann@x.org,Ann")
    world.configure(usage("usage", PROSPECTS, [key], [name]))
    unit = world.unit.add("prospect", {"email": "ann@x.org", "firstName": "Ann"})
    world.clock.tick(600)
    world.settle()
    fill_warehouse(world, "k,name", "ann@x.org,Bob")
    world.settle()
    assert values(take_back(world)) == {(unit, "firstName", "Bob", "Ann")}
    assert_quiet(world)
    fill_warehouse(world, "k,name", "ann@x.org,Cy")
    assert values(world.plan()) == {(unit, "firstName", "Ann", "Cy")}


def test_a_record_of_two_syncs_goes_back_in_one_change(world: World) -> None:
    title: Yaml = people([TITLE])
    world.configure(people([NAME]), {**title, "sync": "titles"})
    crm, unit = world.pair({"FirstName": "Ada", "Title": "CEO"}, {"firstName": "Ada", "jobTitle": "CEO"})
    world.settle()
    world.crm.edit("Contact", crm, {"FirstName": "Eva", "Title": "CTO"})
    world.clock.tick(600)
    world.settle()
    plan = take_back(world)
    assert values(plan) == {(unit, "firstName", "Eva", "Ada"), (unit, "jobTitle", "CTO", "CEO")}
    assert len(plan["changes"]) == 1
    assert_quiet(world)
