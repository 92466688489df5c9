"""Who takes part: what is outside a selection is neither written nor made again, and loses no edit meanwhile."""

from datetime import timedelta

import pytest

from tests.engine.harness import SavedPlan, World, Yaml, people

NAME: Yaml = {"salesforce": "FirstName", "pardot": "firstName"}
MAIL: Yaml = {"salesforce": "Email", "pardot": "email", "direction": "to_pardot"}
CREATE: Yaml = {
    "pardot": {"when": "Email is not null"},
    "salesforce": {
        "object": "Lead",
        "when": "true",
        "key": "Prospect_Id__c",
        "set": {"LastName": "'?'", "Company": "'?'"},
    },
}
KEYS = ["salesforce_id", {"salesforce": "Prospect_Id__c", "pardot": "id"}, "email"]
IN, OUT = {"Title": "EMEA"}, {"Title": "US"}


def configure(world: World, *, crm: Yaml | None = None, unit: Yaml | None = None, **more: object) -> None:
    """Names both ways, creates both ways, with conditions on the sides."""
    sides = {
        "salesforce": {"objects": ["Contact", "Lead"], **(crm or {})},
        "pardot": {"object": "prospect", **(unit or {})},
    }
    world.configure(people([NAME, MAIL], **{"match": KEYS, "create": CREATE, **more}, sides=sides))


def emea(world: World, **more: object) -> None:
    """Only contacts and leads of one region."""
    configure(world, crm={"select": "Title = 'EMEA'", **more})


def linked(world: World, **more: object) -> tuple[str, str]:
    """A pair that is linked and agrees."""
    crm, unit = world.pair({"FirstName": "a", "Email": "a@x.org", **IN, **more}, {"firstName": "a", "email": "a@x.org"})
    world.crm.edit("Contact", crm, {"Prospect_Id__c": unit})
    return crm, unit


def skipped(plan: SavedPlan) -> set[tuple[str, str]]:
    """Record and reason of everything that was left out."""
    return {(s["id"], s["reason"]) for s in plan["skipped"]}


def fields_of(plan: SavedPlan) -> list[tuple[str, ...]]:
    """Object, record, field, before and after of what is sent."""
    return [tuple(f[k] for k in ("object", "id", "field", "before", "after")) for f in plan.sendable]


def left_out(plan: SavedPlan) -> list[tuple[str, str, int]]:
    """Side, reason and number of what takes no part."""
    return [(row["system"], row["reason"], row["records"]) for row in plan["left_out"]]


def held(plan: SavedPlan) -> list[tuple[str, str, str]]:
    """Record, kind and reason of everything that is held."""
    return [(h["id"], h["kind"], h["reason"]) for h in plan["held"]]


def test_a_record_outside_gets_no_counterpart_and_is_counted(world: World) -> None:
    emea(world)
    world.crm.add("Contact", {"LastName": "Berg", "Email": "a@x.org", **OUT})
    world.crm.add("Contact", {"LastName": "Blank", "Email": "b@x.org"})
    world.clock.tick(600)
    plan = world.settle()
    assert not plan["changes"]
    assert left_out(plan) == [("salesforce", "outside_selection", 2)]


@pytest.mark.parametrize(("condition", "taken"), [("Title = 'EMEA'", "0"), ("lower(Title) = 'emea'", "01")])
def test_a_condition_looks_at_the_case_of_letters_where_it_says_so(world: World, condition: str, taken: str) -> None:
    configure(world, crm={"select": condition})
    for number, title in enumerate(("EMEA", "emea", "US")):
        world.crm.add("Contact", {"LastName": "N", "Email": f"{number}@x.org", "Title": title})
    world.clock.tick(600)
    plan = world.settle()
    assert [c["name"] for c in plan["changes"] if c["action"] == "create"] == [f"{n}@x.org" for n in taken]


def test_archive_takes_no_prospect_along_that_belongs_to_nobody(world: World) -> None:
    """The connector archives what is imported and matches no record that it sees."""
    configure(world, crm={"select": "Title = 'EMEA'", "on_leave": "archive"}, create={})
    world.unit.add("prospect", {"email": "nobody@x.org"})
    world.crm.add("Contact", {"LastName": "Out", "Email": "out@x.org", **OUT})
    world.unit.add("prospect", {"email": "out@x.org"})
    world.clock.tick(600)
    plan = world.settle()
    assert not plan["changes"]
    assert len(list(world.unit.live("prospect"))) == 2


@pytest.mark.parametrize("key", ["email", "salesforceId"])
def test_a_record_outside_is_still_found_and_no_second_one_is_made(world: World, key: str) -> None:
    emea(world)
    crm = world.crm.add("Contact", {"LastName": "Berg", "Email": "a@x.org", **OUT})
    values = {"email": "a@x.org"} if key == "email" else {"salesforceId": crm, "email": "other@x.org"}
    unit = world.unit.add("prospect", values)
    world.clock.tick(600)
    plan = world.settle()
    assert not plan["changes"] and not plan["links"]
    name = "email" if key == "email" else "salesforce_id"
    assert held(plan) == [(unit, "would_duplicate", f"{name} finds Contact/{crm} (outside the selection)")]


def test_a_prospect_outside_is_still_found_and_no_second_one_is_made(world: World) -> None:
    configure(world, unit={"select": "phone = 'yes'"})
    crm = world.crm.add("Contact", {"LastName": "Berg", "Email": "a@x.org"})
    unit = world.unit.add("prospect", {"email": "a@x.org", "phone": "no"})
    world.clock.tick(600)
    plan = world.settle()
    assert not plan["changes"] and not plan["links"]
    assert held(plan) == [(crm, "would_duplicate", f"email finds prospect/{unit} (outside the selection)")]


def test_what_leaves_keeps_its_link_and_is_compared_again_when_it_comes_back(world: World) -> None:
    emea(world)
    crm, unit = linked(world)
    world.settle()
    world.crm.edit("Contact", crm, {**OUT, "FirstName": "crm"})
    world.unit.edit("prospect", unit, {"firstName": "unit", "phone": "1"})
    world.clock.tick(600)
    for _ in range(2):
        plan = world.settle()
        assert not plan["changes"] and not plan["held"]
        assert skipped(plan) == {(crm, "left_selection")}
    world.crm.edit("Contact", crm, IN)
    world.clock.tick(600)
    plan = world.plan()
    (conflict,) = plan["conflicts"]
    assert (conflict["base_a"], conflict["a_value"], conflict["b_value"]) == ("a", "crm", "unit")
    assert fields_of(plan) == [("prospect", unit, "firstName", "unit", "crm")]


def test_an_edit_on_one_side_only_is_no_conflict_after_the_return(world: World) -> None:
    emea(world)
    crm, unit = linked(world)
    world.settle()
    world.crm.edit("Contact", crm, OUT)
    world.unit.edit("prospect", unit, {"firstName": "unit"})
    world.clock.tick(600)
    world.settle()
    world.crm.edit("Contact", crm, IN)
    world.clock.tick(600)
    plan = world.settle()
    assert not plan["conflicts"]
    assert fields_of(plan) == [("Contact", crm, "FirstName", "a", "unit")]
    assert not world.plan().sendable


def test_unlink_forgets_link_and_bases_and_makes_nobody_twice(world: World) -> None:
    emea(world, on_leave="unlink")
    crm, unit = linked(world)
    world.settle()
    world.crm.edit("Contact", crm, {**OUT, "FirstName": "crm"})
    world.clock.tick(600)
    plan = world.settle()
    assert [(link["a_id"], link["kind"]) for link in plan["links"]] == [(crm, "forgotten")]
    assert not plan["changes"]
    plan = world.settle()
    assert not plan["links"] and not plan["changes"]
    assert left_out(plan) == [("salesforce", "outside_selection", 1)]
    assert [h[:2] for h in held(plan)] == [(unit, "would_duplicate")]
    world.crm.edit("Contact", crm, IN)
    world.clock.tick(600)
    plan = world.plan()
    (conflict,) = plan["conflicts"]
    assert (conflict["winner"], conflict["base_a"]) == ("open", None)


def test_a_link_that_no_key_finds_again_does_not_end(world: World) -> None:
    """Else the prospect would be made again and again, since it is outside as soon as it is there."""
    configure(world, unit={"select": "phone = 'yes'", "on_leave": "unlink"}, match=["email"], create={"pardot": {}})
    world.crm.add("Contact", {"LastName": "Berg", "FirstName": "a"})
    world.clock.tick(600)
    for _ in range(4):
        plan = world.settle()
    (left,) = plan["skipped"]
    assert left["note"].endswith("no match key would find it again, so the link stays")
    assert len(list(world.unit.live("prospect"))) == 1


def test_archive_takes_the_prospect_along_and_brings_it_back(world: World) -> None:
    emea(world, on_leave="archive")
    crm, unit = linked(world)
    world.settle()
    world.crm.edit("Contact", crm, {**OUT, "FirstName": "crm"})
    world.clock.tick(600)
    plan = world.settle()
    assert plan.turned == {("delete", unit)}
    assert [f["reason"] for f in plan.sendable] == [f"Contact/{crm} left the selection in salesforce"]
    assert world.unit.objects["prospect"][unit].last.deleted
    plan = world.settle()
    assert not plan["changes"] and skipped(plan) == {(crm, "left_selection")}
    world.crm.edit("Contact", crm, IN)
    world.clock.tick(600)
    plan = world.settle()
    assert ("undelete", unit) in plan.turned
    assert not world.unit.objects["prospect"][unit].last.deleted
    assert world.unit.value("prospect", unit, "firstName") == "crm"
    assert not world.settle().sendable


@pytest.mark.parametrize("soon", [1, 30, 600])
def test_who_a_merge_left_over_does_not_take_the_place_of_who_was_archived(world: World, soon: int) -> None:
    """Nor while a lagging cache still shows the prospect that we archived."""
    configure(world, crm={"select": "Title = 'EMEA'", "on_leave": "archive"}, match=["salesforce_id"], create={})
    winner, unit = world.pair(IN, {})
    loser, other = world.pair(IN, {})
    world.unit.habits.lag = timedelta(seconds=60)
    world.clock.tick(600)
    world.settle()
    world.crm.delete("Contact", loser, into=winner)
    world.clock.tick(600)
    assert [a["id"] for a in world.plan()["ambiguities"]] == [other]
    world.crm.edit("Contact", winner, OUT)
    world.clock.tick(600)
    assert world.settle(wait=soon).turned == {("delete", unit)}
    assert not world.plan().sendable
    world.crm.edit("Contact", winner, IN)
    world.clock.tick(600)
    assert world.settle().turned == {("undelete", unit)}
    assert not world.unit.objects["prospect"][other].last.deleted


def test_archive_takes_nobody_along_who_is_not_to_be_synced(world: World) -> None:
    configure(world, crm={"select": "Title = 'EMEA'", "on_leave": "archive"}, unit={"do_not_sync": "flag__c"})
    crm, unit = linked(world)
    world.settle()
    world.crm.edit("Contact", crm, OUT)
    world.unit.edit("prospect", unit, {"flag__c": True})
    world.clock.tick(600)
    assert not world.plan()["changes"]


def test_a_record_that_is_not_to_be_synced_is_no_part_of_what_follows_a_deletion(world: World) -> None:
    for rule in ("archive", "recreate", "unlink"):
        configure(world, unit={"do_not_sync": "flag__c"}, deletes={"salesforce": rule})
        crm, unit = linked(world, Email=f"{rule}@x.org")
        world.settle()
        world.crm.delete("Contact", crm)
        world.unit.edit("prospect", unit, {"flag__c": True})
        world.clock.tick(600)
        assert not world.settle()["changes"], rule


@pytest.mark.parametrize("rule", ["archive", "recreate"])
@pytest.mark.parametrize(("mark", "why"), [({"Flag__c": True}, "not to be synced"), (OUT, "outside the selection")])
def test_what_did_not_take_part_when_it_was_deleted_takes_nobody_along(
    world: World, rule: str, mark: Yaml, why: str
) -> None:
    """Neither is its counterpart deleted, nor is it made anew; without the mark either would be."""
    crm = {"select": "Title = 'EMEA'", "do_not_sync": "Flag__c"}
    lead = {
        "object": "Lead",
        "when": "true",
        "set": {"LastName": "'x'", "Company": "'y'", "Title": "'EMEA'"},
        "key": "Prospect_Id__c",
    }
    match = ["email", {"salesforce": "Prospect_Id__c", "pardot": "id"}]
    configure(world, crm=crm, match=match, deletes={"salesforce": rule}, create={"salesforce": lead})
    marked, unit = linked(world)
    other, taken = linked(world, Email="b@x.org")
    world.unit.edit("prospect", taken, {"email": "b@x.org"})
    world.settle()
    world.crm.edit("Contact", marked, mark)
    for contact in (marked, other):
        world.crm.delete("Contact", contact)
    world.clock.tick(600)
    plan = world.settle()
    touched = {c["id"] for c in plan["changes"]}
    assert touched == {taken} if rule == "archive" else f"new:prospect/{taken}" in touched
    assert f"new:prospect/{unit}" not in touched
    assert (unit, f"Contact/{marked}, which was {why}") in {(s["id"], s["note"]) for s in plan["skipped"]}
    assert not world.plan().sendable


@pytest.mark.parametrize("side", ["crm", "unit"])
def test_do_not_sync_protects_both_records_of_a_pair(world: World, side: str) -> None:
    configure(world, **{side: {"do_not_sync": "Flag__c"}})
    crm, unit = linked(world)
    world.settle()
    marked = crm if side == "crm" else unit
    world.crm.edit("Contact", crm, {"FirstName": "crm", **({"Flag__c": True} if side == "crm" else {})})
    world.unit.edit("prospect", unit, {"email": "z@x.org", **({"flag__c": True} if side == "unit" else {})})
    world.clock.tick(600)
    plan = world.settle()
    assert not plan["changes"]
    assert skipped(plan) == {(marked, "do_not_sync")}
    world.crm.edit("Contact", crm, {"Flag__c": False})
    world.unit.edit("prospect", unit, {"flag__c": False})
    world.clock.tick(600)
    assert {f[2:] for f in fields_of(world.plan())} == {("firstName", "a", "crm"), ("email", "z@x.org", "a@x.org")}


def test_the_two_reasons_are_told_apart(world: World) -> None:
    configure(world, crm={"select": "Title = 'EMEA'", "do_not_sync": "Flag__c"})
    world.crm.add("Contact", {"LastName": "One", "Email": "a@x.org", **OUT})
    world.crm.add("Contact", {"LastName": "Two", "Email": "b@x.org", **IN, "Flag__c": True})
    world.crm.add("Contact", {"LastName": "Three", "Email": "c@x.org", **OUT, "Flag__c": True})
    world.crm.add("Contact", {"LastName": "Four", "Email": "d@x.org", **IN})
    world.clock.tick(600)
    plan = world.plan()
    assert left_out(plan) == [("salesforce", "do_not_sync", 2), ("salesforce", "outside_selection", 1)]
    assert [c["name"] for c in plan["changes"] if c["action"] == "create"] == ["d@x.org"]


def test_a_counterpart_that_is_gone_says_nothing_about_a_record_outside(world: World) -> None:
    configure(world, crm={"select": "Title = 'EMEA'"}, deletes={"pardot": "unlink"})
    crm, unit = linked(world)
    world.settle()
    world.crm.edit("Contact", crm, OUT)
    world.unit.delete("prospect", unit)
    world.clock.tick(600)
    plan = world.settle()
    assert not plan["links"] and skipped(plan) == {(crm, "left_selection")}
    world.crm.edit("Contact", crm, IN)
    world.clock.tick(600)
    assert [link["kind"] for link in world.plan()["links"]] == ["tombstone"]


def test_a_selection_that_moved_since_the_plan_keeps_the_change_back(world: World) -> None:
    emea(world)
    crm, unit = linked(world)
    world.settle()
    world.crm.edit("Contact", crm, {"FirstName": "crm"})
    world.clock.tick(600)
    plan = world.plan()
    assert plan.sendable
    world.clock.tick(20)
    world.crm.edit("Contact", crm, OUT)
    applied = world.apply(plan)
    assert applied.report.moved == 1
    assert world.unit.value("prospect", unit, "firstName") == "a"


def test_one_record_that_is_outside_says_so(world: World) -> None:
    emea(world)
    crm = world.crm.add("Contact", {"LastName": "Berg", "Email": "a@x.org", **OUT})
    world.clock.tick(600)
    plan = world.plan(record=f"Contact/{crm}")
    assert skipped(plan) == {(crm, "outside_selection")}
    assert not plan["left_out"]
