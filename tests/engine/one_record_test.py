"""A plan of one record reads little: it finds whom the whole plan would find, and makes nobody whom it would hold."""

from pardotflow.core.values import System
from tests.engine.harness import SavedPlan, World, Yaml, people
from tests.engine.troubles import filtering

NAME: Yaml = {"salesforce": "FirstName", "pardot": "firstName"}
ORG: Yaml = {"salesforce": "Org_Id__c", "pardot": "org_id__c"}
CREATE: Yaml = {"pardot": {"when": "Email is not null"}}


def plan_record(world: World, record: str) -> SavedPlan:
    """Plan one record at systems that find only what they are asked for."""
    with filtering(world, System.SALESFORCE), filtering(world, System.PARDOT):
        return world.plan(record=record)


def add_two(world: World) -> str:
    """A contact, whose id is returned, and its prospect, which only the organisation's number tells."""
    crm = world.crm.add("Contact", {"LastName": "Berg", "FirstName": "a", "Email": "a@x.org", "Org_Id__c": "o1"})
    world.unit.add("prospect", {"org_id__c": "o1", "email": "old@x.org"})
    world.clock.tick(3600)
    return crm


def test_a_key_that_cannot_be_asked_for_makes_no_record_in_fresh_memory(world: World) -> None:
    """Account Engagement cannot be searched by every field."""
    world.configure(people([NAME], match=["salesforce_id", ORG], create=CREATE))
    crm = add_two(world)
    world.apply(plan_record(world, f"Contact/{crm}"))
    assert len(list(world.unit.live("prospect"))) == 1


def test_a_match_key_that_was_added_makes_no_record_before_it_was_read(world: World) -> None:
    """Its column is empty in the snapshot of every record that is not read now."""
    world.configure(people([NAME], match=["salesforce_id", "email"], create=CREATE))
    crm = add_two(world)
    world.plan()
    world.clock.tick(3600)
    world.configure(people([NAME], match=["salesforce_id", ORG, "email"], create=CREATE))
    world.apply(plan_record(world, f"Contact/{crm}"))
    assert len(list(world.unit.live("prospect"))) == 1


def test_a_twin_that_is_not_read_holds_the_record_all_the_same(world: World) -> None:
    world.configure(people([NAME], match=["salesforce_id", "email"], create=CREATE))
    values = {"LastName": "Berg", "Company": "Acme", "Email": "a@x.org"}
    lead, _ = (world.crm.add("Lead", {**values, "FirstName": name}) for name in ("a", "b"))
    world.clock.tick(600)
    assert not world.plan().sendable
    plan = plan_record(world, f"Lead/{lead}")
    assert not plan.sendable
    assert [(h["id"], h["kind"]) for h in plan["held"]] == [(lead, "would_duplicate")]


def test_a_key_is_asked_for_by_the_name_that_each_object_gives_it(world: World) -> None:
    org: Yaml = {"salesforce": {"Contact": "Org_Id__c", "Lead": "Title"}, "pardot": "org_id__c"}
    world.configure(people([NAME], match=[org]))
    unit = world.unit.add("prospect", {"org_id__c": "o1", "firstName": "a"})
    lead = world.crm.add("Lead", {"LastName": "Berg", "Company": "Acme", "Title": "o1"})
    plan = plan_record(world, f"prospect/{unit}")
    assert [(f["id"], f["field"], f["after"]) for f in plan.sendable] == [(lead, "FirstName", "a")]


def test_a_twin_that_was_never_read_makes_an_ambiguity_in_fresh_memory(world: World) -> None:
    """Two contacts share an address, and one prospect has it: whichever record is asked for, nobody is guessed."""
    world.configure(people([NAME], match=["salesforce_id", "email"]))
    values = {"LastName": "Berg", "Email": "a@x.org"}
    contacts = [world.crm.add("Contact", {**values, "FirstName": name}) for name in ("a", "b")]
    prospect = world.unit.add("prospect", {"email": "a@x.org"})
    world.clock.tick(600)
    for record in (f"Contact/{contacts[0]}", f"prospect/{prospect}"):
        plan = plan_record(world, record)
        assert not plan.sendable
        assert plan["ambiguities"]


def test_a_twin_among_prospects_is_read_too(world: World) -> None:
    world.configure(people([NAME], match=["salesforce_id", "email"]))
    contact = world.crm.add("Contact", {"LastName": "Berg", "FirstName": "a", "Email": "a@x.org"})
    prospects = [world.unit.add("prospect", {"email": "a@x.org"}) for _ in range(2)]
    world.clock.tick(600)
    for record in (f"prospect/{prospects[0]}", f"Contact/{contact}"):
        assert not plan_record(world, record).sendable
