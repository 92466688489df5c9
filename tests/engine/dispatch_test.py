"""What is sent first: urgent syncs, and the canary, which is read back before the rest follows."""

from datetime import timedelta

import pytest

from pardotflow.core.errors import ApplyStopped
from pardotflow.core.values import System
from pardotflow.engine.remainder import count_left, find_remainder
from tests.engine.continued_test import CREATE, MATCH, NAME, TITLE, cut_off, pairs, sent_ids
from tests.engine.harness import World, people
from tests.engine.troubles import deaf


def test_the_canary_goes_first_and_the_rest_follows(world: World) -> None:
    made = pairs(world, 6)
    plan = world.plan()
    world.unit.habits.lag = timedelta(seconds=50)
    before, then = len(world.log), world.clock.now()
    applied = world.apply(plan, canary=2)
    assert applied.stopped is None
    assert applied.report.confirmed == 6
    assert sorted(sent_ids(world.log_since(before))) == sorted(unit for _, unit in made)
    # It is read back once a cache must show it.
    assert (world.clock.now() - then).total_seconds() >= 59


def test_a_canary_that_does_not_arrive_ends_it(world: World) -> None:
    pairs(world, 6)
    plan = world.plan()
    before = len(world.log)
    with deaf(world, System.PARDOT):
        applied = world.apply(plan, canary=2)
    assert isinstance(applied.stopped, ApplyStopped)
    assert "2 of 2 records do not hold what was sent" in str(applied.stopped)
    assert len(world.log_since(before)) == 2
    assert applied.report.not_started == 4


def test_a_canary_that_is_rewritten_ends_it(world: World) -> None:
    pairs(world, 3)
    plan = world.plan()
    world.unit.habits.rewrites = {"firstName": lambda value: f"{value}!"}
    applied = world.apply(plan, canary=1)
    assert isinstance(applied.stopped, ApplyStopped)
    assert (applied.report.confirmed, applied.report.not_started) == (1, 2)


def test_a_canary_that_is_refused_ends_it(world: World) -> None:
    pairs(world, 4)
    plan = world.plan()
    world.unit.habits.refuses = lambda name, record, values: "57"
    applied = world.apply(plan, canary=1)
    assert "1 of 1 changes were not confirmed (57)" in str(applied.stopped)
    assert (applied.report.refused, applied.report.not_started) == (1, 3)


def test_a_canary_has_some_of_each_kind(world: World) -> None:
    """A new prospect, an update, a new lead: one of each before the second of any."""
    pairs(world, 3)
    for n in range(3):
        world.crm.add("Contact", {"LastName": "Berg", "FirstName": "n", "Email": f"n{n}@x.org"})
        world.unit.add("prospect", {"firstName": "m", "lastName": "Moe", "email": f"m{n}@x.org"})
    world.clock.tick(600)
    plan = world.plan()
    before = len(world.log)
    world.unit.habits.rewrites = {"firstName": lambda value: f"{value}!"}
    applied = world.apply(plan, canary=3)
    assert isinstance(applied.stopped, ApplyStopped)
    kinds = {(each.system, each.object, each.operation) for each in world.log_since(before)}
    assert len(kinds) == len(world.log_since(before)) == 3


def test_urgent_syncs_are_sent_first(world: World) -> None:
    leads = people(
        [TITLE],
        sync="leads",
        urgent=True,
        sides={"salesforce": {"objects": ["Lead"]}, "pardot": {"object": "prospect"}},
    )
    contacts = people(
        [NAME], sync="people", sides={"salesforce": {"objects": ["Contact"]}, "pardot": {"object": "prospect"}}
    )
    world.configure(contacts, leads)
    made = [world.pair({"FirstName": "a"}, {}) for _ in range(3)]
    urgent = [world.pair({"Title": "a"}, {}, object_name="Lead") for _ in range(2)]
    world.clock.tick(600)
    plan = world.plan()
    before = len(world.log)
    with cut_off(world, System.PARDOT, answers=3):
        world.apply(plan)
    sent = sent_ids(world.log_since(before))
    assert sorted(sent[:2]) == sorted(unit for _, unit in urgent)
    assert len(sent) == 3
    world.apply(plan)
    assert sorted(sent_ids(world.log_since(before))) == sorted(unit for _, unit in [*made, *urgent])


@pytest.mark.parametrize("by_edit", [True, False])
def test_what_is_left_is_planned_anew(world: World, by_edit: bool) -> None:
    """Some moved, some were not started; what was done, and who was never in the plan, are not in the new one."""
    made = pairs(world, 5)
    lonely = world.crm.add("Contact", {"LastName": "Berg", "FirstName": "n", "Email": "n@x.org"})
    world.configure(people([NAME, TITLE], match=MATCH))
    plan = world.plan()
    if by_edit:
        world.crm.edit("Contact", made[0][0], {"FirstName": "c"})
        world.clock.tick(30)
    with cut_off(world, System.PARDOT, answers=2):
        report = world.apply(plan).report
    assert (report.confirmed, report.moved, report.not_started) == (2, int(by_edit), 3 - int(by_edit))
    world.configure(people([NAME, TITLE], match=MATCH, create=CREATE))
    world.clock.tick(600)
    remainder = find_remainder(world.ledger)
    assert remainder is not None
    assert count_left(remainder) == 3
    again = world.plan(remainder=remainder)
    assert len({f["id"] for f in again.sendable}) == 3
    assert again.meta["selection"] == f"what is left of run {report.run_id}"
    world.apply(again)
    assert {world.unit.value("prospect", unit, "firstName") for _, unit in made[1:]} == {"b"}
    assert world.unit.value("prospect", made[0][1], "firstName") == ("c" if by_edit else "b")
    assert not [r for r in world.unit.live("prospect") if r.last.values.get("salesforceId") == lonely]
    left = find_remainder(world.ledger)
    assert left is not None and count_left(left) == 0
