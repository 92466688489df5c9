"""A change that a system refused is kept and listed; it is sent again when it has become another change."""

from collections.abc import Callable, Mapping
from typing import Any

from pardotflow.connectors.protocol import Answer, PreparedRequest, ignore_handle
from pardotflow.core.errors import RequestRefused
from pardotflow.engine.parts import parts_of
from tests.engine.fakes import FakeConnector
from tests.engine.harness import SavedPlan, World, Yaml, people
from tests.engine.troubles import instead

NAME: Yaml = {"salesforce": "FirstName", "pardot": "firstName"}
RULE = "FIELD_CUSTOM_VALIDATION_EXCEPTION"
Refuses = Callable[[str, str, Mapping[str, Any]], str]


def always(code: str) -> Refuses:
    """Refuse everything."""
    return lambda object_name, record, values: code


def held(plan: SavedPlan) -> list[tuple[str, str]]:
    """What was refused before, and what the system said."""
    return [(h["id"], h["reason"]) for h in plan["held"] if h["kind"] == "refused"]


def test_a_refused_change_is_held_with_what_the_system_said(world: World) -> None:
    world.configure(people([NAME]))
    crm, _ = world.pair({}, {"firstName": "a"})
    world.crm.habits.refuses = always(RULE)
    assert len(world.settle().sendable) == 1
    plan = world.settle()
    assert not plan.sendable
    assert held(plan) == [(crm, f"{RULE}: refused by {RULE}")]


def test_a_right_that_is_missing_is_no_error_of_the_records(world: World) -> None:
    """Regression: what is sent one by one was held after the right was given."""
    world.configure(people([NAME]))
    for _ in range(3):
        world.pair({"FirstName": "a"}, {})
    world.clock.tick(600)
    plan = world.plan()
    with instead(world, RightlessConnector(world.unit, world.log)):
        report = world.apply(plan).report
    assert report.refused == 3 and not world.ledger.sync_errors()
    assert {o.of_request for o in parts_of(world.ledger, plan.meta["id"]).outcomes.values()} == {True}
    world.clock.tick(600)
    assert len(world.settle().sendable) == 3
    assert not world.plan().sendable


class RightlessConnector(FakeConnector):
    """Refuses every request."""

    def send(self, prepared: PreparedRequest, *, note: Callable[[str], None] = ignore_handle) -> Answer:
        """Code 46: the user may not do this."""
        raise RequestRefused("no right", system=str(self.system), code="46", status=403)


def test_another_value_is_another_change(world: World) -> None:
    world.configure(people([NAME]))
    crm, unit = world.pair({}, {"firstName": "a"})
    world.crm.habits.refuses = always(RULE)
    world.settle()
    world.unit.edit("prospect", unit, {"firstName": "b"})
    world.clock.tick(600)
    assert [f["after"] for f in world.settle().sendable] == ["b"]
    world.crm.habits.refuses = always("")
    world.unit.edit("prospect", unit, {"firstName": "a"})
    world.clock.tick(600)
    assert [f["after"] for f in world.settle().sendable] == ["a"]
    assert world.crm.value("Contact", crm, "FirstName") == "a"
    assert not held(world.plan())


def test_a_lock_is_tried_again_untouched(world: World) -> None:
    world.configure(people([NAME]))
    world.pair({}, {"firstName": "a"})
    world.crm.habits.refuses = always("UNABLE_TO_LOCK_ROW")
    world.settle()
    world.crm.habits.refuses = always("")
    assert len(world.settle().sendable) == 1
    assert not world.plan().sendable


def test_the_id_of_a_new_record_is_the_same_change_once_it_is_known(world: World) -> None:
    """Regression: refused while the record was `new:…`, the same change was sent again when it named its id."""
    create = {"pardot": {"when": "Email is not null"}}
    keys = ["salesforce_id", {"salesforce": "Prospect_Id__c", "pardot": "id"}]
    world.configure(people([NAME], match=keys, create=create))
    crm = world.crm.add("Contact", {"LastName": "Berg", "FirstName": "a", "Email": "a@x.org"})
    world.crm.habits.refuses = always(RULE)
    first = world.settle()
    assert ("Prospect_Id__c", f"new:Contact/{crm}") in {(f["field"], f["after_ref"]) for f in first.sendable}
    plan = world.settle()
    assert not plan.sendable
    assert [id for id, _ in held(plan)] == [crm]


def test_a_refused_create_is_held_also_where_two_rules_fill_one_field(world: World) -> None:
    """Regression: `set` and a mapping gave the same field of the new record, and it was sent by every apply."""
    create = {"pardot": {"when": "Email is not null", "set": {"firstName": "'new'"}}}
    world.configure(people([{**NAME, "direction": "to_pardot"}], create=create))
    world.crm.add("Contact", {"LastName": "Berg", "FirstName": "a", "Email": "a@x.org"})
    world.unit.habits.refuses = always("57")
    assert world.settle().sendable
    plan = world.settle()
    assert not plan.sendable
    assert [id for id, _ in held(plan)] == ["new"]


def test_what_waits_for_a_refused_create_is_not_sent(world: World) -> None:
    create = {"pardot": {"when": "Email is not null"}}
    keys = ["salesforce_id", {"salesforce": "Prospect_Id__c", "pardot": "id"}]
    world.configure(people([NAME], match=keys, create=create))
    crm = world.crm.add("Contact", {"LastName": "Berg", "FirstName": "a", "Email": "a@x.org"})
    world.unit.habits.refuses = always("57")
    plan = world.plan()
    applied = world.apply(plan)
    assert (applied.report.refused, applied.report.not_started) == (1, 1)
    assert world.crm.value("Contact", crm, "Prospect_Id__c") is None
    assert not world.plan().sendable


def test_what_waits_for_a_refused_create_is_not_foretold(world: World) -> None:
    """Regression: a plan with something else to send said that the id of the refused record was still to be sent."""
    create = {"pardot": {"when": "Email is not null"}}
    keys = ["salesforce_id", {"salesforce": "Prospect_Id__c", "pardot": "id"}]
    world.configure(people([NAME], match=keys, create=create))
    world.crm.add("Contact", {"LastName": "Berg", "FirstName": "a", "Email": "a@x.org"})
    world.unit.habits.refuses = always("57")
    world.settle()
    world.unit.habits.refuses = always("")
    world.pair({"FirstName": "b"}, {})
    world.clock.tick(600)
    plan = world.plan()
    assert plan.sendable
    assert not plan["unsettled"]


def test_what_was_refused_names_the_first_of_its_lines(world: World) -> None:
    before: list[Yaml] = [{"salesforce": s, "pardot": p} for s, p in (("Phone", "phone"), ("Note__c", "note__c"))]
    title = {"salesforce": "Title", "pardot": "jobTitle"}
    world.configure(people([*before, {"salesforce": "Email", "pardot": "email"}, NAME, title]))
    world.pair({}, {"firstName": "a", "jobTitle": "b"})
    world.crm.habits.refuses = always(RULE)
    plan = world.settle()
    assert {f["line"] for f in plan.sendable} == {"syncs/people.yml:8", "syncs/people.yml:10"}
    assert [c["line"] for c in plan["changes"]] == ["syncs/people.yml:8"]
    assert [h["line"] for h in world.plan()["held"]] == ["syncs/people.yml:8"]
