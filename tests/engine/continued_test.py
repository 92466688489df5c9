"""A plan that was left unfinished is gone on with: nothing is sent twice, and what was lost is looked up first."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import duckdb
import pytest

from pardotflow.connectors.protocol import Answer, PreparedRequest, ignore_handle
from pardotflow.core.errors import ApplyStopped, PlanRefused, Unreachable
from pardotflow.core.values import System
from pardotflow.engine import apply as applying
from pardotflow.plan.run import RunReport
from pardotflow.store.ledger import Ledger
from tests.engine.fakes import FakeConnector, Sent
from tests.engine.harness import SavedPlan, World, Yaml, people
from tests.engine.recover_test import Killed, die, killed, recover
from tests.engine.revert_test import revert
from tests.engine.troubles import instead, lost_answers, lost_requests

NAME: Yaml = {"salesforce": "FirstName", "pardot": "firstName"}
TITLE: Yaml = {"salesforce": "Title", "pardot": "jobTitle"}
SCORE: Yaml = {"salesforce": "Score__c", "pardot": "score", "direction": "to_salesforce"}
CREATE: Yaml = {
    "pardot": {"when": "Email is not null"},
    "salesforce": {
        "object": "Lead",
        "when": "true",
        "key": "Prospect_Id__c",
        "set": {"Company": "'Unknown'", "LastName": "coalesce(pardot.lastName, 'Unknown')"},
    },
}
MATCH = ["salesforce_id", {"salesforce": "Prospect_Id__c", "pardot": "id"}, "email"]


class CutOffConnector(FakeConnector):
    """Answers so many requests, and is not reached any more."""

    def __init__(self, usual: FakeConnector, answers: int) -> None:
        super().__init__(usual.vendor, usual.log)
        self.left = answers

    def send(self, prepared: PreparedRequest, *, note: Callable[[str], None] = ignore_handle) -> Answer:
        """Write while there is a network."""
        if not self.left:
            raise Unreachable("there is no network", system=str(self.system))
        self.left -= 1
        return super().send(prepared, note=note)


@contextmanager
def cut_off(world: World, system: System, *, answers: int) -> Iterator[None]:
    """For a while, a system answers so many requests."""
    with instead(world, CutOffConnector(world.fakes[system], answers)):
        yield


def pairs(world: World, number: int) -> list[tuple[str, str]]:
    """Settled pairs of which Salesforce was edited since."""
    world.configure(people([NAME, TITLE], create=CREATE, match=MATCH))
    made = [
        world.pair({"FirstName": "a", "Email": f"p{n}@x.org"}, {"firstName": "a", "email": f"p{n}@x.org"})
        for n in range(number)
    ]
    world.clock.tick(600)
    world.settle()
    world.settle()
    for crm, _ in made:
        world.crm.edit("Contact", crm, {"FirstName": "b"})
    world.clock.tick(600)
    return made


def add_up(report: RunReport, plan: SavedPlan) -> bool:
    """Every change of the plan has one fate."""
    fates = report.before + report.confirmed + report.refused + report.unknown + report.not_started + report.moved
    return fates == len([c for c in plan["changes"] if c["sendable"]])


def sent_ids(sent: list[Sent]) -> list[str]:
    """The records that were written, in order."""
    return [each.id for each in sent]


def links_of(world: World) -> list[tuple[str, str, str]]:
    """The remembered pairs, each with where it comes from."""
    with duckdb.connect(str(world.layout.memory), read_only=True) as con:
        return con.execute("select a_id, b_id, origin from links order by all").fetchall()


def test_the_rest_is_sent_and_nothing_twice(world: World) -> None:
    made = pairs(world, 5)
    plan = world.plan()
    before = len(world.log)
    with cut_off(world, System.PARDOT, answers=2):
        first = world.apply(plan)
    assert (first.report.confirmed, first.report.not_started) == (2, 3)
    assert isinstance(first.stopped, Unreachable)

    # Nobody asked the guards anew, and what was written meanwhile is not taken for an edit.
    second = world.apply(plan, allow={}).report
    assert (second.before, second.confirmed, second.moved, second.not_started) == (2, 3, 0, 0)
    assert second.continues == first.report.run_id
    assert add_up(second, plan)
    assert sorted(sent_ids(world.log_since(before))) == sorted(unit for _, unit in made)
    world.clock.tick(600)
    assert not world.plan().sendable
    with pytest.raises(PlanRefused, match="applied already"):
        world.apply(plan)


def test_what_was_refused_before_is_told_again(world: World) -> None:
    """Regression: it counted as done, and the run that went on said that every change was confirmed."""
    made = pairs(world, 4)
    plan = world.plan()
    world.unit.habits.refuses = lambda _, record, __: "57" if record == made[0][1] else ""
    with cut_off(world, System.PARDOT, answers=2):
        first = world.apply(plan).report
    assert (first.confirmed, first.refused, first.not_started) == (1, 1, 2)
    world.clock.tick(600)
    report = world.apply(plan).report
    assert (report.before, report.refused, report.confirmed) == (1, 1, 2)
    assert [(group.kind, group.field, group.count) for group in report.errors] == [("refused", "57", 1)]
    assert report.status == "with_errors" and add_up(report, plan)
    assert [(run.confirmed, run.refused) for run in world.ledger.runs()[:2]] == [(2, 0), (1, 1)]


def test_a_canary_of_the_whole_plan_that_fails_is_no_success(world: World) -> None:
    """Regression: nothing was left and nothing refused, and the command ended with 0."""
    pairs(world, 2)
    world.unit.habits.rewrites = {"firstName": lambda value: f"{value}!"}
    applied = world.apply(world.plan(), canary=5)
    assert isinstance(applied.stopped, ApplyStopped)
    assert (applied.report.confirmed, applied.report.status) == (2, "stopped")


def test_what_this_plan_wrote_on_one_side_is_no_edit_there(world: World) -> None:
    """Both records of a pair are written, and the second one only by the run that goes on."""
    world.configure(people([NAME, TITLE, SCORE]))
    crm, unit = world.pair({"FirstName": "a"}, {"firstName": "a", "jobTitle": "a", "score": 3})
    world.clock.tick(600)
    world.settle()
    world.crm.edit("Contact", crm, {"FirstName": "b"})
    world.unit.edit("prospect", unit, {"jobTitle": "b", "score": 12})
    world.clock.tick(600)
    plan = world.plan()
    with cut_off(world, System.PARDOT, answers=0):
        assert world.apply(plan).report.confirmed == 1
    world.clock.tick(600)
    report = world.apply(plan).report
    assert (report.before, report.confirmed, report.moved) == (1, 1, 0)
    world.clock.tick(600)
    assert not world.plan().sendable


def test_what_somebody_edited_in_between_is_left_out(world: World) -> None:
    made = pairs(world, 3)
    world.crm.edit("Contact", made[0][0], {"Title": "Chief"})
    world.clock.tick(600)
    plan = world.plan()
    with cut_off(world, System.PARDOT, answers=1):
        world.apply(plan)
    world.clock.tick(600)
    first, second, third = made
    world.unit.edit("prospect", second[1], {"jobTitle": "Poet"})
    world.clock.tick(30)
    report = world.apply(plan).report
    assert (report.before, report.confirmed, report.moved) == (1, 1, 1)
    assert world.unit.value("prospect", third[1], "firstName") == "b"
    assert world.unit.value("prospect", second[1], "firstName") == "a"
    world.clock.tick(600)
    world.settle()
    assert world.crm.value("Contact", second[0], "Title") == "Poet"
    assert world.unit.value("prospect", second[1], "firstName") == "b"
    assert world.crm.value("Contact", first[0], "Title") == "Chief"


def test_a_killed_run_is_gone_on_with(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person and a prospect are new; the run dies before it remembers what it made."""
    made = pairs(world, 2)
    crm = world.crm.add("Contact", {"LastName": "Berg", "FirstName": "n", "Email": "n@x.org"})
    unit = world.unit.add("prospect", {"firstName": "m", "lastName": "Moe", "email": "m@x.org"})
    world.clock.tick(600)
    plan = world.plan()
    with cut_off(world, System.PARDOT, answers=0):
        killed(world, plan, monkeypatch)
    (run,) = recover(world)
    assert (run.confirmed, run.unknown) == (1, 0)
    report = world.apply(plan).report
    assert report.before == 1
    assert report.moved == report.not_started == report.unknown == 0
    assert add_up(report, plan)
    world.clock.tick(600)
    world.settle()
    world.settle()
    assert not world.plan().sendable
    assert len(list(world.unit.live("prospect"))) == 4
    assert len(list(world.crm.live("Lead"))) == 1
    origins = {(origin, a in (crm,), b in (unit,)) for a, b, origin in links_of(world)}
    assert {("created:pardot", True, False), ("created:salesforce", False, True)} <= origins
    assert {world.unit.value("prospect", b, "firstName") for _, b in made} == {"b"}


@pytest.mark.parametrize("lag", [0, 50])
def test_updates_without_an_answer_are_looked_up(world: World, lag: int) -> None:
    made = pairs(world, 3)
    plan = world.plan()
    with lost_answers(world, System.PARDOT):
        assert world.apply(plan).report.unknown == 3
    world.unit.habits.lag = timedelta(seconds=lag)
    before, then = len(world.log), world.clock.now()
    report = world.apply(plan).report
    assert (report.confirmed, report.unknown, report.moved) == (3, 0, 0)
    assert not world.log_since(before)
    # A cache may hide what was written for a minute: so long it waits before it looks.
    assert (world.clock.now() - then).total_seconds() >= 59
    world.clock.tick(600)
    assert not world.plan().sendable
    assert {world.unit.value("prospect", unit, "firstName") for _, unit in made} == {"b"}


def test_updates_that_never_arrived_are_sent_again(world: World) -> None:
    made = pairs(world, 3)
    plan = world.plan()
    with lost_requests(world, System.PARDOT):
        assert world.apply(plan).report.unknown == 3
    before = len(world.log)
    report = world.apply(plan).report
    assert (report.confirmed, report.unknown, report.moved) == (3, 0, 0)
    assert len(world.log_since(before)) == 3
    assert {world.unit.value("prospect", unit, "firstName") for _, unit in made} == {"b"}


def test_what_was_edited_after_a_lost_answer_is_not_overwritten(world: World) -> None:
    ((_, unit),) = pairs(world, 1)
    plan = world.plan()
    with lost_requests(world, System.PARDOT):
        world.apply(plan)
    world.clock.tick(100)
    world.unit.edit("prospect", unit, {"firstName": "edited", "jobTitle": "Poet"})
    world.clock.tick(100)
    before = len(world.log)
    report = world.apply(plan).report
    assert (report.confirmed, report.moved) == (0, 1)
    assert not world.log_since(before)


def test_a_revert_of_a_run_of_a_plan_that_was_gone_on_with_knows_what_the_others_made(world: World) -> None:
    """An update that never arrived is not of the first run, and its revert does not take back what the second did."""
    pairs(world, 2)
    plan = world.plan()
    with lost_requests(world, System.PARDOT):
        assert world.apply(plan).report.unknown == 2
    assert world.apply(plan).report.confirmed == 2
    world.clock.tick(600)
    second, first = [run.id for run in world.ledger.runs()[:2]]
    assert revert(world, first).plan is None
    found = revert(world, second).plan
    assert found is not None and [f["after"] for f in found.sendable] == ["a", "a"]


def test_a_revert_takes_back_what_the_next_run_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A create of a killed run, looked up and remembered by the run that went on: nobody else has touched it."""
    world.configure(people([NAME], create=CREATE, match=MATCH))
    world.crm.add("Contact", {"LastName": "Berg", "FirstName": "a", "Email": "a@x.org"})
    world.clock.tick(600)
    plan = world.plan()
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "answer_request", die)
        with pytest.raises(Killed):
            world.apply(plan)
    world.clock.tick(600)
    recover(world)
    # The create, and its id written back.
    assert world.apply(plan).report.confirmed == 2
    world.clock.tick(600)
    second, first = [run.id for run in world.ledger.runs()[:2]]
    found = revert(world, first).plan
    assert found is not None
    assert [(c["action"], c["object"]) for c in found["changes"] if c["sendable"]][-1] == ("delete", "prospect")
    assert not found["conflicts"]
    assert world.ledger.runs()[0].id == second


@pytest.mark.parametrize("ends", ["stop_if_asked", "remember"])
def test_what_was_looked_up_is_remembered_although_the_run_was_cut_short(
    ends: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Regression: the journal called it confirmed, and no run folded it into memory: the next plan saw an edit."""
    ((crm, unit),) = pairs(world, 1)
    plan = world.plan()
    with lost_answers(world, System.PARDOT):
        assert world.apply(plan).report.unknown == 1
    world.clock.tick(600)
    with monkeypatch.context() as patch:
        patch.setattr(applying, ends, die)
        with pytest.raises(Killed):
            world.apply(plan)
    recover(world)
    before = len(world.log)
    report = world.apply(plan).report
    assert (report.confirmed, report.before, report.unknown, len(world.log)) == (1, 0, 0, before)
    with duckdb.connect(str(world.layout.memory), read_only=True) as con:
        assert (
            con.execute("select a_id, b_id, after from bases b join history h on h.id = b.b_id").fetchall()
            == [(crm, unit, "b")] * 2
        )
        assert con.execute("select count(*) from history where after = 'b'").fetchone() == (1,)


def test_another_run_in_between_does_not_hurt(world: World) -> None:
    made = pairs(world, 2)
    plan = world.plan()
    with cut_off(world, System.PARDOT, answers=1):
        world.apply(plan)
    world.clock.tick(600)
    world.crm.edit("Contact", made[1][0], {"FirstName": "c"})
    world.clock.tick(600)
    world.settle()
    report = world.apply(plan).report
    assert (report.before, report.confirmed, report.moved) == (1, 0, 1)
    assert world.unit.value("prospect", made[1][1], "firstName") == "c"
