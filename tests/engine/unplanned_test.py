"""Law 3: apply sends exactly the plan, less the records that somebody changed in between."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, note, settings

from pardotflow.core.errors import PlanRefused
from tests.engine.cycle import inhabited
from tests.engine.harness import SavedPlan, World, Yaml, people
from tests.engine.judge import describe_plan
from tests.engine.scenario import Scenario, disturb, scenarios

FEWER = settings(max_examples=max(8, settings().max_examples // 4))
Key = tuple[str, str, str]
NAME: Yaml = {"salesforce": "FirstName", "pardot": "firstName"}
MATCH = [
    "salesforce_id",
    {"salesforce": "Prospect_Id__c", "pardot": "id"},
    {"salesforce": "Org_Id__c", "pardot": "org_id__c"},
    "email",
]
CREATE: Yaml = {"pardot": {"when": "Email is not null"}}


def states(world: World) -> dict[Key, Mapping[str, Any]]:
    """What every record that can be seen holds, with whether it is deleted."""
    return {
        (str(v.system), name, r.id): {**r.last.values, "is deleted": r.last.deleted}
        for v in (world.crm, world.unit)
        for name, found in v.objects.items()
        for r in found.values()
    }


def partners(plan: SavedPlan) -> dict[int, set[Key]]:
    """The records that each change is about: its own, the one across, and the one that a new record is made from."""
    found = {c["change"]: {(c["system"], c["object"], c["id"])} for c in plan["changes"]}
    for base in plan["bases"]:
        found[base["change"]] |= {
            ("salesforce", base["a_object"], base["a_id"]),
            ("pardot", base["b_object"], base["b_id"]),
        }
    for change in plan["changes"]:
        for id in (change["id"], change["refers_to"] or ""):
            if id.startswith("new:"):
                name, _, source = id.removeprefix("new:").partition("/")
                found[change["change"]].add(("pardot" if name == "prospect" else "salesforce", name, source))
    return found


@FEWER
@given(scenarios())
def test_what_moved_since_the_plan_is_left_alone(scenario: Scenario) -> None:
    with inhabited(scenario) as (world, records):
        plan = world.plan()
        note("\n".join(describe_plan(plan)))
        before = states(world)
        world.clock.tick(60)
        seen = [e for e in scenario.edits if e.action != "hide"]
        disturb(world, Scenario(sync=scenario.sync, people=scenario.people, edits=tuple(seen)), records)
        edited = {key for key, state in states(world).items() if state != before.get(key)}
        world.clock.tick(60)
        at = len(world.log)
        applied = world.apply(plan)
        sent = world.log_since(at)
        written = {(str(s.system), s.object, s.id) for s in sent if s.operation == "update"}
        assert not written & edited
        assert len(written) == len([s for s in sent if s.operation == "update"])
        about = partners(plan)
        calm = [c for c in plan["changes"] if c["sendable"] and not about[c["change"]] & edited]
        expected = {(c["system"], c["object"], c["id"]) for c in calm if c["action"] == "update"}
        assert expected <= written
        assert applied.report.moved <= len([c for c in plan["changes"] if about[c["change"]] & edited])
        _exactly_the_fields(plan, world, at)


def _exactly_the_fields(plan: SavedPlan, world: World, at: int) -> None:
    """Each request row has the fields of its change, no more and no fewer."""
    fields = {(f["system"], f["object"], f["id"]): set[str]() for f in plan.sendable}
    for field in plan.sendable:
        fields[(field["system"], field["object"], field["id"])].add(field["field"])
    for row in world.log_since(at):
        if row.operation == "update":
            assert set(row.values) == fields[(str(row.system), row.object, row.id)]


def test_a_value_that_was_edited_at_its_source_waits(world: World) -> None:
    """The plan's value is not the newest any more; the next plan sends what is."""
    world.configure(people([NAME]))
    crm, unit = world.pair({"FirstName": "a"}, {})
    other, _ = world.pair({"FirstName": "b"}, {})
    plan = world.plan()
    world.clock.tick(60)
    world.crm.edit("Contact", crm, {"FirstName": "c"})
    world.crm.edit("Contact", other, {"Title": "not mapped"})
    world.clock.tick(60)
    applied = world.apply(plan)
    assert [s.values for s in world.log] == [{"firstName": "b"}]
    assert (applied.report.status, applied.report.moved, applied.report.confirmed) == ("with_remainder", 1, 1)
    world.clock.tick(600)
    assert [(f["id"], f["after"]) for f in world.settle().sendable] == [(unit, "c")]
    assert not world.plan().sendable


def test_a_record_is_not_created_from_one_that_was_edited(world: World) -> None:
    world.configure(people([NAME], create=CREATE))
    crm = world.crm.add("Contact", {"LastName": "Berg", "FirstName": "a", "Email": "a@x.org"})
    plan = world.plan()
    world.clock.tick(60)
    world.crm.edit("Contact", crm, {"FirstName": "b"})
    world.clock.tick(60)
    assert world.apply(plan).report.moved == 1
    assert not world.log


@pytest.mark.parametrize("key", ["salesforce_id", "lookup", "org", "email"])
def test_a_prospect_that_somebody_made_meanwhile_is_not_made_again(world: World, key: str) -> None:
    """Whichever match key finds it."""
    world.configure(people([NAME], match=MATCH, create=CREATE))
    values = {"LastName": "Berg", "FirstName": "a", "Email": "a@x.org", "Org_Id__c": "o1"}
    crm = world.crm.add("Contact", values)
    plan = world.plan()
    world.clock.tick(60)
    made = {"salesforce_id": {"salesforceId": crm[:15]}, "org": {"org_id__c": "o1"}, "email": {"email": "A@x.org"}}
    unit = world.unit.add("prospect", made.get(key, {}))
    if key == "lookup":
        world.crm.edit("Contact", crm, {"Prospect_Id__c": unit})
    world.clock.tick(60)
    assert world.apply(plan).report.moved == len(plan["changes"])
    assert not world.log


@pytest.mark.parametrize("key", ["Prospect_Id__c", "Org_Id__c", "Email"])
def test_a_contact_that_somebody_made_meanwhile_stops_a_new_lead(world: World, key: str) -> None:
    """The counterpart can stand in another object than the one that would be created."""
    create: Yaml = {
        "object": "Lead",
        "when": "true",
        "key": "Prospect_Id__c",
        "set": {"LastName": "'?'", "Company": "'?'"},
    }
    world.configure(people([NAME], match=MATCH, create={"salesforce": create}))
    unit = world.unit.add("prospect", {"firstName": "a", "email": "a@x.org", "org_id__c": "o1"})
    plan = world.plan()
    assert ("Lead", "create") in [(c["object"], c["action"]) for c in plan["changes"]]
    world.clock.tick(60)
    value = {"Prospect_Id__c": unit, "Org_Id__c": "o1", "Email": "A@x.org"}[key]
    world.crm.add("Contact", {"LastName": "Berg", key: value})
    world.clock.tick(60)
    assert world.apply(plan).report.moved == len(plan["changes"])
    assert not world.log


def test_a_plan_is_applied_once(world: World) -> None:
    world.configure(people([NAME]))
    world.pair({"FirstName": "a"}, {})
    plan = world.plan()
    world.apply(plan)
    with pytest.raises(PlanRefused, match="applied already"):
        world.apply(plan)
    assert len(world.log) == 1


def test_a_plan_of_another_configuration_is_refused(world: World) -> None:
    world.configure(people([NAME]))
    world.pair({"FirstName": "a"}, {})
    plan = world.plan()
    world.configure(people([{**NAME, "policy": "pardot"}]))
    with pytest.raises(PlanRefused, match="configuration changed"):
        world.apply(plan)
    assert not world.log
