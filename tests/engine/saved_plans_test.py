"""Plans that wait while another one is applied, and a plan file that was moved: nothing is written twice or back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pardotflow.core.values import System
from tests.engine.harness import SavedPlan, World, Yaml, people
from tests.engine.recover_test import killed, recover
from tests.engine.troubles import PROSPECTS, add_warehouse, fill_warehouse, lost_answers, usage

NAME: Yaml = {"salesforce": "FirstName", "pardot": "firstName"}
MAIL: Yaml = {"salesforce": "Email", "pardot": "email", "direction": "to_pardot"}
CREATE: Yaml = {"pardot": {"when": "Email is not null"}}
LOOKUP: Yaml = {"salesforce": "Prospect_Id__c", "pardot": "id"}


def plan_twice(world: World) -> tuple[SavedPlan, SavedPlan]:
    """Two plans of one state, five seconds apart."""
    first = world.plan()
    world.clock.tick(5)
    second = world.plan()
    world.clock.tick(5)
    return first, second


def edited(world: World, *, policy: str) -> tuple[str, str]:
    """A pair that is linked, and whose contact was edited since."""
    world.configure(people([{**NAME, "policy": policy}]))
    crm, unit = world.pair({"FirstName": "a"}, {"firstName": "a"})
    world.clock.tick(600)
    world.settle()
    world.crm.edit("Contact", crm, {"FirstName": "b"})
    world.clock.tick(600)
    return crm, unit


def add_person(world: World) -> None:
    """A contact without a prospect; what we write shows in reads after a minute."""
    world.unit.habits.lag = timedelta(seconds=60)
    world.crm.add("Contact", {"LastName": "Berg", "FirstName": "a", "Email": "a@x.org"})
    world.clock.tick(600)


def test_a_prospect_that_one_plan_made_is_not_made_by_the_next(world: World) -> None:
    """The cache does not show it yet."""
    world.configure(people([NAME, MAIL], match=["salesforce_id", "email"], create=CREATE))
    add_person(world)
    first, second = plan_twice(world)
    assert world.apply(first).report.confirmed == 1
    world.clock.tick(10)
    assert world.apply(second).report.status == "with_remainder"
    assert len(list(world.unit.live("prospect"))) == 1


def test_a_prospect_that_one_plan_may_have_made_is_not_made_by_the_next(world: World) -> None:
    """Neither the cache shows it nor the answer came."""
    world.configure(people([NAME, MAIL], match=["salesforce_id", LOOKUP, "email"], create=CREATE))
    add_person(world)
    first, second = plan_twice(world)
    with lost_answers(world, System.PARDOT):
        assert world.apply(first).report.unknown == 1
    world.clock.tick(10)
    assert world.apply(second).report.status == "with_remainder"
    assert len(list(world.unit.live("prospect"))) == 1


@pytest.mark.parametrize("behind", [timedelta(), timedelta(hours=1)])
def test_a_newer_value_from_the_warehouse_is_not_written_over_by_an_older_plan(world: World, behind: timedelta) -> None:
    """The cache does not show it yet, and the clock of the machine that wrote it may be behind."""
    world.unit.habits.lag = timedelta(seconds=60)
    add_warehouse(world, "k,name", "ann@x.org,Ann")
    name: Yaml = {"warehouse": "name", "pardot": "firstName", "direction": "to_pardot"}
    world.configure(usage("usage", PROSPECTS, [{"warehouse": "k", "pardot": "email"}], [name]))
    unit = world.unit.add("prospect", {"email": "ann@x.org"})
    world.clock.tick(600)
    old = world.plan()
    world.clock.tick(5)
    fill_warehouse(world, "k,name", "ann@x.org,Anna")
    world.apply(world.plan())
    began = (world.clock.now() - behind).isoformat()
    world.ledger.database.execute("update runs set started_at = ?", (began,))
    world.clock.tick(5)
    assert world.apply(old).report.status == "with_remainder"
    assert world.unit.value("prospect", unit, "firstName") == "Anna"


def test_what_the_run_before_wrote_in_the_same_second_is_no_write_since_the_plan(world: World) -> None:
    """The systems tell whole seconds: the end of one run and the reads of the next plan can bear the same one."""
    crm, unit = edited(world, policy="salesforce")
    assert world.apply(world.plan()).report.confirmed == 1
    world.crm.edit("Contact", crm, {"FirstName": "c"})
    assert world.apply(world.plan()).report.confirmed == 1
    assert world.unit.value("prospect", unit, "firstName") == "c"


def test_a_killed_run_of_a_moved_plan_file_is_remembered(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    crm, _ = edited(world, policy="pardot")
    plan = world.plan(output=world.root / "a.plan")
    killed(world, replace(plan, path=plan.path.rename(world.root / "b.plan")), monkeypatch)
    world.clock.tick(600)
    world.crm.edit("Contact", crm, {"FirstName": "c"})
    world.clock.tick(600)
    (run,) = recover(world)
    assert run.confirmed == 1
    world.settle()
    assert world.crm.value("Contact", crm, "FirstName") == "c"


def test_the_id_of_a_counterpart_that_was_deleted_since_the_plan_is_not_written(world: World) -> None:
    world.configure(people([NAME], match=["salesforce_id", "email"]))
    values = {"FirstName": "a", "Email": "a@x.org"}
    crm, unit = world.pair(values, {"firstName": "a", "email": "a@x.org"})
    world.clock.tick(600)
    world.settle()
    world.unit.edit("prospect", unit, {"salesforceId": None})
    world.clock.tick(600)
    plan = world.plan()
    assert [(f["id"], f["field"], f["after"]) for f in plan.sendable] == [(unit, "salesforceId", crm)]
    world.crm.delete("Contact", crm)
    world.clock.tick(60)
    assert world.apply(plan).report.moved == 1
    assert not world.log
