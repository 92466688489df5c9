"""Laws 6 and 7: what is not seen is not gone, what is gone is not made again, and nobody is guessed."""

from tests.engine.harness import SavedPlan, World, Yaml, people

NAME: Yaml = {"salesforce": "FirstName", "pardot": "firstName"}
MAIL: Yaml = {"salesforce": "Email", "pardot": "email", "direction": "to_pardot"}
CREATE: Yaml = {
    "pardot": {"when": "Email is not null"},
    "salesforce": {
        "object": "Lead",
        "when": "true",
        "key": "Prospect_Id__c",
        "set": {"LastName": "'Unknown'", "Company": "'Unknown'"},
    },
}
KEYS = ["salesforce_id", {"salesforce": "Prospect_Id__c", "pardot": "id"}, "email"]


def configure(world: World, **more: object) -> None:
    """Names both ways, creates both ways, by every key."""
    world.configure(people([NAME, MAIL], match=KEYS, create=CREATE, **more))


def skipped(plan: SavedPlan) -> set[tuple[str, str]]:
    """Record and reason of everything that was left out."""
    return {(s["id"], s["reason"]) for s in plan["skipped"]}


def linked(world: World, *, email: str = "a@x.org") -> tuple[str, str]:
    """A pair that is linked and agrees."""
    crm, unit = world.pair({"FirstName": "a", "Email": email}, {"firstName": "a", "email": email})
    world.crm.edit("Contact", crm, {"Prospect_Id__c": unit})
    return crm, unit


def test_a_record_that_is_not_seen_keeps_its_link_and_is_not_written(world: World) -> None:
    configure(world)
    crm, unit = linked(world)
    world.settle()
    world.crm.hide("Contact", crm)
    world.unit.edit("prospect", unit, {"firstName": "b"})
    plan = world.plan(full=True)
    assert not plan.sendable
    assert (unit, "not_visible") in skipped(plan)
    world.apply(plan)
    world.clock.tick(600)
    world.crm.hide("Contact", crm, hidden=False)
    plan = world.plan(full=True)
    assert [(f["id"], f["before"], f["after"]) for f in plan.sendable] == [(crm, "a", "b")]


def test_a_deleted_record_is_not_made_again(world: World) -> None:
    for what_happens in ("keep", "unlink"):
        configure(world, deletes={"salesforce": what_happens, "pardot": what_happens})
        crm, unit = linked(world, email=f"{what_happens}@x.org")
        other, prospect = linked(world, email=f"{what_happens}@y.org")
        world.settle()
        world.crm.delete("Contact", crm)
        world.unit.delete("prospect", prospect)
        world.clock.tick(600)
        for _ in range(3):
            world.unit.edit("prospect", unit, {"firstName": "still here"})
            world.crm.edit("Contact", other, {"FirstName": "still here"})
            world.clock.tick(600)
            plan = world.settle()
            assert not plan.sendable
            assert {(unit, "counterpart_gone"), (other, "counterpart_gone")} <= skipped(plan)


def test_a_deleted_counterpart_that_was_never_linked_is_not_made_again(world: World) -> None:
    configure(world)
    crm = world.crm.add("Contact", {"LastName": "Berg", "Email": "a@x.org"})
    world.crm.delete("Contact", crm)
    unit = world.unit.add("prospect", {"email": "a@x.org"})
    named = world.unit.add("prospect", {"email": "b@x.org", "salesforceId": crm})
    plan = world.plan()
    assert not plan.sendable
    assert {(unit, "was_deleted"), (named, "was_deleted")} == {(h["id"], h["kind"]) for h in plan["held"]}


def test_an_id_of_a_record_that_nobody_can_see_makes_no_record(world: World) -> None:
    configure(world)
    unit = world.unit.add("prospect", {"email": "a@x.org", "salesforceId": "003000000000999AAA"})
    plan = world.plan()
    assert not plan.sendable
    assert skipped(plan) == {(unit, "dangling")}


def test_a_merged_record_is_followed_and_the_loser_is_not_written(world: World) -> None:
    configure(world)
    crm, unit = linked(world)
    world.settle()
    winner = world.crm.add("Contact", {"LastName": "Berg", "Email": "a@x.org", "FirstName": "winner"})
    world.crm.delete("Contact", crm, into=winner)
    world.clock.tick(600)
    plan = world.settle()
    assert not [f for f in plan.sendable if f["id"] == crm]
    assert (winner, unit) in {(link["a_id"], link["b_id"]) for link in plan["links"]}
    assert world.unit.value("prospect", unit, "salesforceId") == winner
    assert not world.plan().sendable


def test_a_converted_lead_is_followed_to_its_contact(world: World) -> None:
    configure(world)
    lead, unit = world.pair(
        {"FirstName": "a", "Email": "a@x.org"}, {"firstName": "a", "email": "a@x.org"}, object_name="Lead"
    )
    world.settle()
    contact = world.crm.add(
        "Contact", {"LastName": "Berg", "Email": "a@x.org", "FirstName": "a", "Prospect_Id__c": unit}
    )
    world.crm.edit("Lead", lead, {"IsConverted": True, "ConvertedContactId": contact})
    world.unit.edit("prospect", unit, {"firstName": "b"})
    world.clock.tick(600)
    plan = world.settle()
    assert {f["id"] for f in plan.sendable} == {contact, unit}
    assert world.crm.value("Contact", contact, "FirstName") == "b"
    assert world.unit.value("prospect", unit, "salesforceId") == contact
    assert not world.plan().sendable


def test_a_conversion_between_plan_and_apply_leaves_the_change_for_later(world: World) -> None:
    configure(world)
    lead, unit = world.pair(
        {"FirstName": "a", "Email": "a@x.org"}, {"firstName": "a", "email": "a@x.org"}, object_name="Lead"
    )
    world.settle()
    world.unit.edit("prospect", unit, {"firstName": "b"})
    world.clock.tick(600)
    plan = world.plan()
    world.clock.tick(20)
    contact = world.crm.add("Contact", {"LastName": "Berg", "Email": "a@x.org"})
    world.crm.edit("Lead", lead, {"IsConverted": True, "ConvertedContactId": contact})
    at = len(world.log)
    assert world.apply(plan).report.moved == 1
    assert not world.log_since(at)


def test_two_candidates_are_listed_and_not_written(world: World) -> None:
    configure(world)
    for name in ("one", "two"):
        world.crm.add("Contact", {"LastName": "Berg", "FirstName": name, "Email": "A@x.org"})
    unit = world.unit.add("prospect", {"email": "a@X.org", "firstName": "who"})
    plan = world.plan()
    assert not plan.sendable
    assert unit in {a["id"] for a in plan["ambiguities"]}


def test_two_prospects_on_one_record_are_ambiguous(world: World) -> None:
    configure(world)
    crm, _ = world.pair({"FirstName": "a", "Email": "a@x.org"}, {"email": "a@x.org"})
    world.unit.add("prospect", {"salesforceId": crm[:15], "email": "b@x.org"})
    plan = world.plan()
    assert not plan.sendable
    assert plan["ambiguities"]


def test_a_contact_goes_before_a_lead_with_the_same_address(world: World) -> None:
    configure(world)
    contact = world.crm.add("Contact", {"LastName": "Berg", "FirstName": "a", "Email": "a@x.org"})
    lead = world.crm.add("Lead", {"LastName": "Berg", "Company": "Acme", "Email": "a@x.org"})
    unit = world.unit.add("prospect", {"email": "a@x.org"})
    plan = world.settle()
    assert {f["id"] for f in plan.sendable} == {contact, unit}
    assert world.unit.value("prospect", unit, "salesforceId") == contact
    assert not [f for f in world.plan().sendable if f["id"] == lead]


def test_two_new_records_of_one_person_make_no_two_records(world: World) -> None:
    configure(world)
    for name in ("one", "two"):
        world.crm.add("Lead", {"LastName": name, "Company": "Acme", "Email": "a@x.org"})
    plan = world.plan()
    assert not plan.sendable
    assert [h["kind"] for h in plan["held"]] == ["would_duplicate"] * 2
