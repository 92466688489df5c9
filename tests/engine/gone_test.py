"""Records that go and come back: what becomes of the counterpart; nothing is deleted or resurrected unasked."""

from datetime import timedelta

from pardotflow.connectors.protocol import Operation
from tests.engine.harness import SavedPlan, World, Yaml, people

NAME: Yaml = {"salesforce": "FirstName", "pardot": "firstName"}
TITLE: Yaml = {"salesforce": "Title", "pardot": "jobTitle"}
MAIL: Yaml = {"salesforce": "Email", "pardot": "email"}
KEYS = ["salesforce_id", {"salesforce": "Prospect_Id__c", "pardot": "id"}, "email"]
CREATE: Yaml = {
    "pardot": {"when": "Email is not null"},
    "salesforce": {
        "object": "Lead",
        "when": "true",
        "key": "Prospect_Id__c",
        "set": {"LastName": "'Unknown'", "Company": "'Unknown'"},
    },
}


def configure(world: World, rule: str, **more: object) -> None:
    """One rule for both sides; names, titles and addresses both ways; creates both ways."""
    deletes = {"salesforce": rule, "pardot": rule}
    world.configure(people([NAME, TITLE, MAIL], **({"match": KEYS, "create": CREATE, "deletes": deletes} | more)))


def linked(world: World, name: str = "a", object_name: str = "Contact") -> tuple[str, str]:
    """A pair that agrees, each record naming the other."""
    email = f"{name}@x.org"
    crm, unit = world.pair(
        {"FirstName": name, "Email": email}, {"firstName": name, "email": email}, object_name=object_name
    )
    world.crm.edit(object_name, crm, {"Prospect_Id__c": unit})
    return crm, unit


def is_deleted(world: World, object_name: str, id: str) -> bool:
    vendor = world.unit if object_name == "prospect" else world.crm
    return vendor.objects[object_name][id].last.deleted


def assert_quiet(world: World) -> SavedPlan:
    """Nothing to send, now and after every lag."""
    plan = world.plan()
    assert not plan.sendable
    world.clock.tick(600)
    plan = world.plan()
    assert not plan.sendable
    return plan


# archive


def test_the_counterpart_of_a_deleted_record_is_archived(world: World) -> None:
    configure(world, "archive")
    crm, unit = linked(world)
    world.settle()
    world.crm.delete("Contact", crm)
    world.clock.tick(600)
    plan = world.plan()
    assert plan.turned == {("delete", unit)}
    assert [(f["section"], f["field"], f["reason"]) for f in plan.sendable] == [
        ("delete", "", f"Contact/{crm} was deleted in salesforce")
    ]
    kept = {k["field"]: k["value"] for k in plan["kept"]}
    assert kept["firstName"] == "a"
    assert kept["email"] == "a@x.org"
    world.clock.tick(20)
    assert world.apply(plan).report.confirmed == 1
    assert is_deleted(world, "prospect", unit)
    assert_quiet(world)


def test_a_prospect_that_is_archived_takes_its_record_along(world: World) -> None:
    configure(world, "archive")
    crm, unit = linked(world)
    world.settle()
    world.unit.delete("prospect", unit)
    world.clock.tick(600)
    plan = world.settle()
    assert plan.turned == {("delete", crm)}
    assert is_deleted(world, "Contact", crm)
    assert any("recycle bin" in n["note"] for n in plan["notes"])
    assert_quiet(world)


def test_deletes_are_stopped_by_their_guard(world: World) -> None:
    configure(world, "archive", guards={})
    pairs = [linked(world, name) for name in "abcdefghijkl"]
    world.settle()
    world.crm.delete("Contact", pairs[0][0])
    world.clock.tick(600)
    plan = world.plan()
    assert [(g["guard"], g["number"], g["passed"]) for g in plan["guards"]] == [("deletes", 1, False)]
    assert plan.meta["blocked"] == "true"


def test_what_is_not_seen_is_never_a_reason_to_delete(world: World) -> None:
    configure(world, "archive")
    crm, unit = linked(world)
    world.settle()
    world.crm.hide("Contact", crm)
    plan = world.plan(full=True)
    assert not plan.sendable
    assert [s["reason"] for s in plan["skipped"] if s["id"] == unit] == ["not_visible"]


def test_a_record_that_comes_back_before_the_apply_saves_its_counterpart(world: World) -> None:
    configure(world, "archive")
    crm, unit = linked(world)
    world.settle()
    world.crm.delete("Contact", crm)
    world.clock.tick(600)
    plan = world.plan()
    world.crm.undelete("Contact", crm)
    world.clock.tick(20)
    at = len(world.log)
    assert world.apply(plan).report.moved == 1
    assert not world.log_since(at)
    assert not is_deleted(world, "prospect", unit)


def test_a_deletion_that_is_refused_is_listed_and_not_tried_again(world: World) -> None:
    configure(world, "archive")
    crm, unit = linked(world)
    world.settle()
    world.crm.delete("Contact", crm)
    world.unit.habits.refuses = lambda name, record, values: "46"
    world.clock.tick(600)
    world.settle()
    plan = world.plan()
    assert not plan.sendable
    assert [(h["id"], h["kind"]) for h in plan["held"]] == [(unit, "refused")]


# coming back


def test_what_we_archived_is_restored_when_its_record_comes_back(world: World) -> None:
    configure(world, "archive")
    crm, unit = linked(world)
    world.settle()
    world.crm.delete("Contact", crm)
    world.clock.tick(600)
    world.settle()
    world.crm.undelete("Contact", crm)
    world.crm.edit("Contact", crm, {"Title": "CEO"})
    world.clock.tick(600)
    at = len(world.log)
    plan = world.settle()
    assert plan.turned == {("undelete", unit)}
    assert [s.operation for s in world.log_since(at)] == [Operation.IMPORT_UNDELETES, Operation.UPDATE]
    assert world.unit.value("prospect", unit, "jobTitle") == "CEO"
    assert not is_deleted(world, "prospect", unit)
    assert_quiet(world)


def test_a_restored_pair_that_is_deleted_again_is_archived_again(world: World) -> None:
    configure(world, "archive")
    crm, unit = linked(world)
    world.settle()
    for _ in range(2):
        world.crm.delete("Contact", crm)
        world.clock.tick(600)
        assert world.settle().turned == {("delete", unit)}
        world.crm.undelete("Contact", crm)
        world.clock.tick(600)
        assert world.settle().turned == {("undelete", unit)}
    assert_quiet(world)


def test_a_cache_that_lags_neither_deletes_nor_restores_twice(world: World) -> None:
    configure(world, "archive")
    world.unit.habits.lag = timedelta(seconds=60)
    crm, unit = linked(world)
    world.clock.tick(600)
    world.settle()
    world.crm.delete("Contact", crm)
    world.clock.tick(600)
    assert world.settle(wait=1).turned == {("delete", unit)}
    world.crm.undelete("Contact", crm)
    assert not world.plan().sendable
    world.apply(world.plan())
    world.clock.tick(600)
    assert world.settle(wait=1).turned == {("undelete", unit)}
    at = len(world.log)
    assert not world.settle(wait=1).sendable
    world.clock.tick(600)
    assert_quiet(world)
    assert not world.log_since(at)


def test_what_a_person_deleted_on_both_sides_is_not_resurrected(world: World) -> None:
    for rule in ("keep", "unlink", "archive"):
        configure(world, rule)
        crm, unit = linked(world, rule)
        world.settle()
        world.crm.delete("Contact", crm)
        world.unit.delete("prospect", unit)
        world.clock.tick(600)
        assert not world.settle().sendable
        world.crm.undelete("Contact", crm)
        world.clock.tick(600)
        plan = world.settle()
        assert not plan.sendable
        assert [s["note"] for s in plan["skipped"] if s["id"] == crm] == [f"it came back, and prospect/{unit} did not"]
        world.unit.undelete("prospect", unit)
        world.crm.edit("Contact", crm, {"Title": rule})
        world.clock.tick(600)
        world.settle()
        assert world.unit.value("prospect", unit, "jobTitle") == rule


def test_an_ended_link_is_live_again_when_its_record_comes_back(world: World) -> None:
    configure(world, "unlink")
    crm, unit = linked(world)
    world.settle()
    world.crm.delete("Contact", crm)
    world.clock.tick(600)
    world.settle()
    world.unit.edit("prospect", unit, {"firstName": "edited meanwhile"})
    world.clock.tick(600)
    assert not world.settle().sendable
    world.crm.undelete("Contact", crm)
    world.clock.tick(600)
    assert [(f["id"], f["before"], f["after"]) for f in world.settle().sendable] == [(crm, "a", "edited meanwhile")]
    assert_quiet(world)


def test_salesforce_cannot_restore_and_the_plan_says_so(world: World) -> None:
    configure(world, "archive")
    crm, unit = linked(world)
    world.settle()
    world.unit.delete("prospect", unit)
    world.clock.tick(600)
    world.settle()
    world.unit.undelete("prospect", unit)
    world.clock.tick(600)
    plan = world.settle()
    assert not plan.sendable
    assert [(h["id"], h["kind"]) for h in plan["held"]] == [(crm, "cannot_undelete")]
    world.crm.undelete("Contact", crm)
    world.crm.edit("Contact", crm, {"Title": "CEO"})
    world.clock.tick(600)
    assert {f["id"] for f in world.settle().sendable} == {unit}
    assert_quiet(world)


# recreate


def test_a_gone_record_is_made_again_and_linked(world: World) -> None:
    configure(world, "recreate")
    crm, unit = linked(world)
    world.settle()
    world.crm.delete("Contact", crm)
    world.clock.tick(600)
    plan = world.settle()
    made = [r.id for r in world.crm.live("Lead")]
    assert {c["action"] for c in plan["changes"]} == {"create", "update"}
    assert len(made) == 1
    assert world.unit.value("prospect", unit, "salesforceId") == made[0]
    assert_quiet(world)
    world.crm.edit("Lead", made[0], {"Title": "CEO"})
    world.clock.tick(600)
    world.settle()
    assert world.unit.value("prospect", unit, "jobTitle") == "CEO"
    world.crm.undelete("Contact", crm)
    world.clock.tick(600)
    assert_quiet(world)


def test_who_comes_back_after_another_was_made_in_its_place_gets_no_counterpart(world: World) -> None:
    """No match key finds it: the prospect bears the id of the new record now. It had a counterpart all the same."""
    configure(world, "recreate", match=["salesforce_id", {"salesforce": "Prospect_Id__c", "pardot": "id"}])
    crm, unit = linked(world)
    world.settle()
    world.crm.delete("Contact", crm)
    world.clock.tick(600)
    world.settle()
    (lead,) = world.crm.live("Lead")
    world.crm.undelete("Contact", crm)
    world.crm.edit("Contact", crm, {"Prospect_Id__c": None})
    world.clock.tick(600)
    plan = world.plan()
    reason = f"its former link finds prospect/{unit}"
    assert [(h["id"], h["kind"], h["reason"]) for h in plan["held"]] == [(crm, "would_duplicate", reason)]
    assert not plan.sendable
    # The new one goes in its turn: the one that came back is there, so no third one is made.
    world.crm.delete("Lead", lead.id)
    world.clock.tick(600)
    plan = world.plan()
    assert {(h["id"], h["kind"], h["reason"]) for h in plan["held"]} == {
        (crm, "would_duplicate", reason),
        (unit, "would_duplicate", f"its former link finds Contact/{crm}"),
    }
    assert not plan.sendable
    # A match key links the two again, and once the one that came back is gone for good, another one is made.
    world.crm.edit("Contact", crm, {"Prospect_Id__c": unit})
    world.clock.tick(600)
    plan = world.plan()
    assert not plan["held"] and not plan.sendable
    assert [(link["a_id"], link["b_id"]) for link in plan["links"]] == [(crm, unit)]
    world.apply(plan)
    world.crm.delete("Contact", crm)
    world.clock.tick(600)
    world.settle()
    assert [p.id for p in world.unit.live("prospect")] == [unit]
    assert len(list(world.crm.live("Lead"))) == 1
    assert_quiet(world)


def test_who_comes_back_and_is_converted_stays_held(world: World) -> None:
    """The former link leads on to the contact that the lead became."""
    configure(world, "recreate", match=["salesforce_id", {"salesforce": "Prospect_Id__c", "pardot": "id"}])
    crm, unit = linked(world, object_name="Lead")
    world.settle()
    world.crm.delete("Lead", crm)
    world.clock.tick(600)
    world.settle()
    world.crm.undelete("Lead", crm)
    contact = world.crm.add("Contact", {"LastName": "Berg", "FirstName": "a", "Email": "a@x.org"})
    world.crm.edit("Lead", crm, {"Prospect_Id__c": None, "IsConverted": True, "ConvertedContactId": contact})
    world.clock.tick(600)
    plan = world.plan()
    reason = f"its former link finds prospect/{unit}"
    assert [(h["id"], h["kind"], h["reason"]) for h in plan["held"]] == [(contact, "would_duplicate", reason)]
    assert not plan.sendable


def test_whose_prospects_come_and_go_is_held_after_its_conversion(world: World) -> None:
    """Two prospects were made for a lead, one after the other: once it is a contact no third one is made for it."""
    configure(world, "recreate", match=["salesforce_id", {"salesforce": "Prospect_Id__c", "pardot": "id"}])
    lead, first = linked(world, object_name="Lead")
    world.settle()
    world.unit.delete("prospect", first)
    world.clock.tick(600)
    world.settle()
    (second,) = world.unit.live("prospect")
    contact = world.crm.add("Contact", {"LastName": "Berg", "FirstName": "a", "Email": "a@x.org"})
    world.crm.edit("Lead", lead, {"IsConverted": True, "ConvertedContactId": contact})
    world.clock.tick(600)
    world.settle()
    world.unit.undelete("prospect", first)
    world.unit.edit("prospect", first, {"salesforceId": None})
    world.unit.delete("prospect", second.id)
    world.crm.edit("Contact", contact, {"Prospect_Id__c": None})
    world.clock.tick(600)
    plan = world.plan()
    assert {(h["id"], h["kind"], h["reason"]) for h in plan["held"]} == {
        (contact, "would_duplicate", f"its former link finds prospect/{first}"),
        (first, "would_duplicate", f"its former link finds Contact/{contact}"),
    }
    assert not plan.sendable


def test_a_gone_prospect_is_made_again_and_linked(world: World) -> None:
    configure(world, "recreate")
    crm, unit = linked(world)
    world.settle()
    world.unit.delete("prospect", unit)
    world.clock.tick(600)
    world.settle()
    made = [r.id for r in world.unit.live("prospect")]
    assert len(made) == 1
    assert world.crm.value("Contact", crm, "Prospect_Id__c") == made[0]
    assert_quiet(world)


def test_what_came_back_before_the_apply_is_not_made_again(world: World) -> None:
    configure(world, "recreate")
    crm, _ = linked(world)
    world.settle()
    world.crm.delete("Contact", crm)
    world.clock.tick(600)
    plan = world.plan()
    world.crm.undelete("Contact", crm)
    world.clock.tick(20)
    at = len(world.log)
    world.apply(plan)
    assert not world.log_since(at)
    world.clock.tick(600)
    assert_quiet(world)


# the trap: a write to an archived prospect takes it out of the recycle bin


def test_a_prospect_that_is_archived_before_the_apply_is_not_written(world: World) -> None:
    configure(world, "keep")
    crm, unit = linked(world)
    world.settle()
    world.crm.edit("Contact", crm, {"Title": "CEO"})
    world.clock.tick(600)
    plan = world.plan()
    assert [f["id"] for f in plan.sendable] == [unit]
    world.unit.delete("prospect", unit)
    world.clock.tick(20)
    at = len(world.log)
    assert world.apply(plan).report.moved == 1
    assert not world.log_since(at)
    assert is_deleted(world, "prospect", unit)
