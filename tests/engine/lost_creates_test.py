"""Creates whose answer never came: what was made is known by its match keys and its maker, whatever happened since."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from pardotflow.core.values import System
from tests.engine.continued_test import CREATE, MATCH, NAME, add_up, links_of
from tests.engine.harness import SavedPlan, World, people
from tests.engine.troubles import lost_answers, lost_requests
from tests.engine.vendor import Record, Vendor


@dataclass(frozen=True, slots=True)
class LostCreate:
    """A record that was made without an answer: its own place, and that of the record it was made from."""

    plan: SavedPlan
    target: Vendor
    kind: str
    name: str
    source: Vendor
    twin: str
    twin_name: str

    @property
    def made(self) -> Record:
        """The only one."""
        (record,) = self.target.objects[self.kind].values()
        return record


def lost_create(world: World, system: System) -> LostCreate:
    """A create whose answer did not come."""
    world.configure(people([NAME], create=CREATE, match=MATCH))
    if system is System.PARDOT:
        world.crm.add("Contact", {"LastName": "Berg", "FirstName": "n", "Email": "n@x.org"})
        sides = (world.unit, "prospect", "firstName", world.crm, "Contact", "FirstName")
    else:
        world.unit.add("prospect", {"firstName": "n", "email": "n@x.org", "userId": 1})
        sides = (world.crm, "Lead", "FirstName", world.unit, "prospect", "firstName")
    world.clock.tick(600)
    plan = world.plan()
    with lost_answers(world, system):
        assert world.apply(plan).report.unknown == 1
    world.clock.tick(100)
    return LostCreate(plan, *sides)


@pytest.mark.parametrize("arrived", [True, False])
@pytest.mark.parametrize("lag", [0, 50])
def test_creates_without_an_answer_are_looked_up(world: World, arrived: bool, lag: int) -> None:
    world.configure(people([NAME], create=CREATE, match=MATCH))
    for n in range(3):
        world.crm.add("Contact", {"LastName": "Berg", "FirstName": "n", "Email": f"n{n}@x.org"})
    world.clock.tick(600)
    plan = world.plan()
    trouble = lost_answers if arrived else lost_requests
    with trouble(world, System.PARDOT):
        assert world.apply(plan).report.unknown == 3
    world.unit.habits.lag = timedelta(seconds=lag)
    assert len(list(world.unit.live("prospect"))) == (3 if arrived else 0)
    report = world.apply(plan).report
    assert (report.unknown, report.moved, report.not_started) == (0, 0, 0)
    assert add_up(report, plan)
    assert len(list(world.unit.live("prospect"))) == 3
    assert {origin for *_, origin in links_of(world)} == {"created:pardot"}
    world.clock.tick(600)
    world.settle()
    assert not world.plan().sendable


@pytest.mark.parametrize("system", [System.PARDOT, System.SALESFORCE])
def test_what_somebody_edited_after_a_lost_create_is_ours_and_their_edit_counts(system: System, world: World) -> None:
    """Regression: only the last writer was looked at, so that it stood there as a stranger's: an open conflict."""
    lost = lost_create(world, system)
    lost.target.edit(lost.kind, lost.made.id, {lost.name: "edited"})
    world.clock.tick(600)
    report = world.apply(lost.plan).report
    assert (report.unknown, report.moved) == (0, 0)
    assert add_up(report, lost.plan)
    world.clock.tick(600)
    assert not world.plan()["conflicts"]
    world.settle()
    (twin,) = lost.source.live(lost.twin)
    assert twin.last.values[lost.twin_name] == lost.made.last.values[lost.name] == "edited"


@pytest.mark.parametrize("system", [System.PARDOT, System.SALESFORCE])
def test_what_somebody_deleted_after_a_lost_create_is_not_made_again(system: System, world: World) -> None:
    """Regression: what no read showed alive counted as never made."""
    lost = lost_create(world, system)
    lost.target.delete(lost.kind, lost.made.id)
    world.clock.tick(600)
    report = world.apply(lost.plan).report
    assert (report.unknown, report.moved) == (0, 0)
    assert add_up(report, lost.plan)
    for _ in range(2):
        world.clock.tick(600)
        world.settle()
    assert lost.made.last.deleted


def test_a_record_that_somebody_else_made_is_not_taken_for_ours(world: World) -> None:
    world.configure(people([NAME], create=CREATE, match=MATCH))
    crm = world.crm.add("Contact", {"LastName": "Berg", "FirstName": "n", "Email": "n@x.org"})
    world.clock.tick(600)
    plan = world.plan()
    with lost_requests(world, System.PARDOT):
        world.apply(plan)
    world.clock.tick(10)
    world.unit.add("prospect", {"salesforceId": crm, "email": "n@x.org"})
    report = world.apply(plan).report
    assert report.confirmed == 0
    assert report.moved >= 1
    world.clock.tick(600)
    world.settle()
    assert {origin for *_, origin in links_of(world)} == {"found"}
    assert len(list(world.unit.live("prospect"))) == 1
