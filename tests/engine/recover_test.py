"""A run that is killed after it sent: what the journal knows is remembered before the next decision."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any

import duckdb
import pytest

from pardotflow.connectors.protocol import Answer, PreparedRequest, ignore_handle
from pardotflow.core.errors import OutcomeUnknown
from pardotflow.core.progress import NullProgress
from pardotflow.engine import apply as applying
from pardotflow.engine import recover as recovering
from pardotflow.engine.recover import Recovered, RecoverRequest, recover_runs
from pardotflow.store.ledger import Ledger
from tests.engine.fakes import FakeConnector
from tests.engine.harness import SavedPlan, World, Yaml, people
from tests.engine.troubles import VanishingConnector, instead

NAME: Yaml = {"salesforce": "FirstName", "pardot": "firstName", "policy": "ask"}


class Killed(BaseException):
    """The end of the process, right after the last answer."""


def die(*_: Any, **__: Any) -> None:
    """In the place of a step that is not reached."""
    raise Killed


def killed(world: World, plan: SavedPlan, monkeypatch: pytest.MonkeyPatch) -> None:
    """Apply, and die before anything is remembered."""

    with monkeypatch.context() as patch:
        patch.setattr(applying, "remember", die)
        with pytest.raises(Killed):
            world.apply(plan)


def recover(world: World) -> tuple[Recovered, ...]:
    """What the next command does first."""
    return recover_runs(
        RecoverRequest(
            layout=world.layout,
            ledger=world.ledger,
            connectors=world.connectors,
            identities={s: c.identity() for s, c in world.connectors.items()},
            clock=world.clock,
            progress=NullProgress(),
        )
    )


def links(world: World) -> list[tuple[Any, ...]]:
    """Every remembered link."""
    with duckdb.connect(str(world.layout.memory), read_only=True) as con:
        return con.execute("select a_id, b_id, origin from links order by all").fetchall()


def test_our_own_write_is_not_taken_for_an_edit(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.configure(people([NAME]))
    crm, unit = world.pair({"FirstName": "a"}, {"firstName": "a"})
    world.clock.tick(600)
    world.settle()
    world.crm.edit("Contact", crm, {"FirstName": "b"})
    world.clock.tick(600)
    killed(world, world.plan(), monkeypatch)
    assert world.unit.value("prospect", unit, "firstName") == "b"
    world.clock.tick(600)
    world.crm.edit("Contact", crm, {"FirstName": "c"})
    world.clock.tick(600)

    (run,) = recover(world)
    assert (run.confirmed, run.refused, run.unknown, run.not_started) == (1, 0, 0, 0)
    plan = world.plan()
    assert not plan["conflicts"]
    assert [(f["field"], f["after"]) for f in plan.sendable] == [("firstName", "c")]
    assert recover(world) == ()


def test_a_record_that_was_made_is_linked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.configure(people([NAME], create={"pardot": {"when": "Email is not null"}}))
    crm = world.crm.add("Contact", {"LastName": "Berg", "FirstName": "a", "Email": "a@x.org"})
    world.clock.tick(600)
    killed(world, world.plan(), monkeypatch)
    recover(world)
    (made,) = world.unit.live("prospect")
    assert links(world) == [(crm, made.id, "created:pardot")]


def test_a_refusal_is_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(_object: str, _record: str, _values: Mapping[str, Any]) -> str:
        return "57"

    world.configure(people([NAME]))
    world.pair({"FirstName": "a"}, {})
    world.clock.tick(600)
    world.unit.habits.refuses = refuses
    killed(world, world.plan(), monkeypatch)
    (run,) = recover(world)
    assert (run.confirmed, run.refused) == (0, 1)
    plan = world.plan()
    assert not plan.sendable
    assert [h["kind"] for h in plan["held"]] == ["refused"]


def test_a_run_whose_plan_is_lost_is_closed_all_the_same(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.configure(people([NAME]))
    world.pair({"FirstName": "a"}, {})
    world.clock.tick(600)
    plan = world.plan()
    killed(world, plan, monkeypatch)
    plan.path.unlink()
    (run,) = recover(world)
    assert run.confirmed == 1
    assert recover(world) == ()


def test_to_remember_a_run_twice_changes_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed before the run was closed: the next command folds it in again, and knows less of the answers."""
    world.configure(people([NAME, {"salesforce": "Title", "pardot": "jobTitle"}], create={"pardot": {"when": "true"}}))
    pairs = [world.pair({"FirstName": "a"}, {"firstName": "a"}) for _ in range(2)]
    world.clock.tick(600)
    world.settle()
    world.unit.habits.rewrites = {"firstName": lambda value: f"{value}!"}
    refused = pairs[1][1]
    world.unit.habits.refuses = lambda _, record, __: "57" if record == refused else ""
    for crm, _ in pairs:
        world.crm.edit("Contact", crm, {"FirstName": "b"})
    world.crm.add("Contact", {"LastName": "Berg", "FirstName": "n", "Email": "n@x.org"})
    world.clock.tick(600)
    plan = world.plan()
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "end_run", die)
        with pytest.raises(Killed):
            world.apply(plan)
    before, errors = _memory(world), world.ledger.sync_errors()
    assert [error.times for error in errors] == [1] and all(before[table] for table in ("bases", "writes", "history"))
    assert len(recover(world)) == 1
    assert (_memory(world), world.ledger.sync_errors()) == (before, errors)


def _memory(world: World) -> dict[str, list[tuple[Any, ...]]]:
    """All of it."""
    with duckdb.connect(str(world.layout.memory), read_only=True) as con:
        tables = ("links", "bases", "writes", "history", "recycled", "moments")
        return {table: con.execute(f"from {table} order by all").fetchall() for table in tables}


class JobConnector(FakeConnector):
    """Makes jobs of which it tells nothing before it is asked for them."""

    answer: Answer
    asked = 0

    def send(self, prepared: PreparedRequest, *, note: Callable[[str], None] = ignore_handle) -> Answer:
        """Start a job."""
        note("job1")
        self.answer = super().send(prepared)
        raise OutcomeUnknown("the job runs", system=str(self.system))

    def resume(self, prepared: PreparedRequest, handle: str) -> Answer:
        """What became of it."""
        assert handle == "job1"
        self.asked += 1
        return self.answer


@pytest.mark.parametrize("place", ["remember", "forget_jobs"])
def test_what_a_job_of_an_ended_run_did_is_remembered_although_asking_for_it_was_cut_short(
    place: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Regression: the journal knew it, memory did not, and nothing said that the run had to be looked at again."""
    world.configure(people([NAME], create={"pardot": {"when": "Email is not null"}}))
    crm = world.crm.add("Contact", {"LastName": "Berg", "FirstName": "a", "Email": "a@x.org"})
    world.clock.tick(600)
    connector = JobConnector(world.unit, world.log)
    with instead(world, connector):
        assert world.apply(world.plan()).report.unknown == 1
        with monkeypatch.context() as patch:
            patch.setattr(recovering, place, die)
            with pytest.raises(Killed):
                recover(world)
        (run,) = recover(world)
        assert (run.confirmed, run.unknown, connector.asked) == (1, 0, 1)
        assert recover(world) == ()
    (made,) = world.unit.live("prospect")
    assert links(world) == [(crm, made.id, "created:pardot")]


@pytest.mark.parametrize("is_killed", [True, False])
def test_a_run_whose_plan_is_lost_with_a_job_still_open_is_told_once(
    is_killed: bool, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Regression: every command told of it anew, for ever."""
    world.configure(people([NAME], create={"pardot": {"when": "Email is not null"}}))
    world.crm.add("Contact", {"LastName": "Berg", "FirstName": "a", "Email": "a@x.org"})
    world.clock.tick(600)
    plan = world.plan()
    with instead(world, JobConnector(world.unit, world.log)):
        with monkeypatch.context() as patch:
            if is_killed:
                patch.setattr(Ledger, "end_run", die)
            with pytest.raises(Killed) if is_killed else nullcontext():
                world.apply(plan)
        plan.path.unlink()
        assert [run.unknown for run in recover(world)] == ([1] if is_killed else [])
        assert recover(world) == ()
        (run,) = world.ledger.runs()
        assert (run.status, run.unknown) == ("cut_short" if is_killed else "with_remainder", 1)


def test_a_value_of_the_create_rule_flows_back_although_the_run_was_killed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lead is made with a company of the rule's own; the prospect gets it in the run or in the next one."""
    create: Yaml = {
        "object": "Lead",
        "when": "true",
        "key": "Prospect_Id__c",
        "set": {"LastName": "'?'", "Company": "'Unknown'"},
    }
    match = ["salesforce_id", {"salesforce": "Prospect_Id__c", "pardot": "id"}]
    company: Yaml = {"salesforce": {"Lead": "Company"}, "pardot": "company"}
    world.configure(people([NAME, company], match=match, create={"salesforce": create}))
    unit = world.unit.add("prospect", {"firstName": "a"})
    world.clock.tick(600)
    plan = world.plan()
    with instead(world, VanishingConnector(world.unit, world.log)):
        killed(world, plan, monkeypatch)
    recover(world)
    world.clock.tick(600)
    world.settle()
    assert world.unit.value("prospect", unit, "company") == "Unknown"
