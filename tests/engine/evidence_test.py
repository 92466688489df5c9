"""What counts as evidence: who is not seen is not gone, what is planned has not happened, and nobody is guessed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pardotflow.core.describe import FieldInfo
from pardotflow.core.values import FieldType, System
from tests.engine import troubles
from tests.engine.gone_test import KEYS, MAIL, NAME, configure, is_deleted, linked
from tests.engine.harness import World, new_world, people

BOTH = {"objects": ["Contact", "Lead"]}
EMEA, US = {"Title": "EMEA"}, {"Title": "US"}


def emea(world: World, **more: object) -> None:
    sides = {
        "salesforce": {**BOTH, "select": "Title = 'EMEA'", "on_leave": "archive"},
        "pardot": {"object": "prospect"},
    }
    world.configure(people([NAME, MAIL], **{"match": KEYS, "sides": sides, **more}))


def emea_pair(world: World, object_name: str = "Contact") -> tuple[str, str]:
    crm, unit = linked(world, object_name=object_name)
    world.crm.edit(object_name, crm, EMEA)
    world.settle()
    return crm, unit


def merged_into_a_new_contact(world: World, rule: str) -> tuple[str, str, str]:
    configure(world, rule)
    crm, unit = linked(world)
    world.clock.tick(3600)
    world.settle(wait=3600)
    winner = world.crm.add("Contact", {"LastName": "Berg", "FirstName": "w", "Email": "a@x.org"})
    world.crm.delete("Contact", crm, into=winner)
    world.clock.tick(1800)
    return crm, unit, winner


@pytest.mark.parametrize("rule", ["archive", "unlink", "recreate"])
@pytest.mark.parametrize("how", ["hidden", "kept back", "one record"])
def test_a_merge_into_a_record_that_is_not_seen_is_no_deletion(world: World, rule: str, how: str) -> None:
    _, unit, winner = merged_into_a_new_contact(world, rule)
    if how == "hidden":
        world.crm.hide("Contact", winner)
        plan = world.plan()
    elif how == "kept back":
        with troubles.partial(world, System.SALESFORCE, winner):
            plan = world.plan()
    else:
        plan = world.plan(record=f"prospect/{unit}")
    assert not plan.turned and not [c for c in plan["changes"] if c["action"] == "create"]
    assert "tombstone" not in [link["kind"] for link in plan["links"]]


def test_and_none_is_carried_out(world: World) -> None:
    _, unit, _ = merged_into_a_new_contact(world, "archive")
    plan = world.plan(record=f"prospect/{unit}")
    world.clock.tick(20)
    world.apply(plan)
    assert not is_deleted(world, "prospect", unit)


def test_a_deletion_of_ours_without_an_answer_deletes_no_contact(world: World) -> None:
    emea(world, deletes={"pardot": "archive"})
    crm, unit = emea_pair(world)
    world.crm.edit("Contact", crm, US)
    world.clock.tick(600)
    plan = world.plan()
    world.clock.tick(20)
    with troubles.lost_answers(world, System.PARDOT):
        world.apply(plan)
    assert is_deleted(world, "prospect", unit)
    world.clock.tick(600)
    world.settle()
    world.crm.edit("Contact", crm, EMEA)
    world.clock.tick(600)
    assert world.settle().turned == {("undelete", unit)}
    assert not is_deleted(world, "Contact", crm)


def test_what_a_person_deleted_after_us_is_not_restored(world: World) -> None:
    configure(world, "archive")
    crm, unit = linked(world)
    world.settle()
    world.crm.delete("Contact", crm)
    world.clock.tick(600)
    world.settle()
    for turn in (world.unit.undelete, world.unit.delete):
        turn("prospect", unit)
        world.clock.tick(600)
        world.settle()
    world.crm.undelete("Contact", crm)
    world.clock.tick(600)
    assert not world.plan().turned


def test_a_converted_lead_brings_its_prospect_back_into_the_selection(world: World) -> None:
    emea(world)
    lead, unit = emea_pair(world, "Lead")
    contact = world.crm.add("Contact", {"LastName": "Berg", "FirstName": "a", "Email": "a@x.org", **US})
    world.crm.edit("Lead", lead, {"IsConverted": True, "ConvertedContactId": contact})
    world.clock.tick(600)
    assert world.settle().turned == {("delete", unit)}
    world.crm.edit("Contact", contact, EMEA)
    world.clock.tick(600)
    plan = world.plan()
    assert plan.turned == {("undelete", unit)} or plan["skipped"] or plan["held"]


def two_syncs(world: World, rule: str) -> None:
    sides = {
        "salesforce": {**BOTH, "select": "Title = 'EMEA'", "on_leave": "archive"},
        "pardot": {"object": "prospect"},
    }
    first = people([NAME, MAIL], sync="a_people", match=KEYS, sides=sides)
    score = {"salesforce": "Score__c", "pardot": "score", "direction": "to_salesforce"}
    create = {"pardot": {"when": "Email is not null", "set": {"email": "Email"}}}
    world.configure(first, people([score], sync="b_score", match=KEYS, deletes={"pardot": rule}, create=create))


def refused(world: World, rule: str) -> tuple[str, str]:
    """A contact left the selection of the first sync, and Pardot refuses to delete its prospect."""
    two_syncs(world, rule)
    crm, unit = emea_pair(world)
    world.unit.habits.refuses = lambda name, record, values: "46" if record == unit else ""
    world.crm.edit("Contact", crm, US)
    world.clock.tick(600)
    world.settle()
    return crm, unit


def test_a_deletion_that_was_refused_deletes_no_contact(world: World) -> None:
    crm, unit = refused(world, "keep")
    two_syncs(world, "archive")
    world.settle()
    assert not is_deleted(world, "prospect", unit)
    assert not is_deleted(world, "Contact", crm)


def test_a_deletion_that_is_refused_makes_no_second_prospect(world: World) -> None:
    _, unit = refused(world, "recreate")
    assert [r.id for r in world.unit.live("prospect")] == [unit]


@pytest.mark.parametrize("has_prospect", [True, False])
def test_one_record_alone_is_not_guessed_either(world: World, has_prospect: bool) -> None:
    configure(world, "keep")
    linked(world, "other")
    world.settle()
    one, _ = (world.crm.add("Contact", {"LastName": n, "FirstName": n, "Email": "x@x.org"}) for n in ("A", "B"))
    if has_prospect:
        world.unit.add("prospect", {"email": "x@x.org"})
    world.clock.tick(600)
    plan = world.plan(record=f"Contact/{one}")
    assert not world.plan().sendable  # the full plan: ambiguous, or twins
    at = len(world.log)
    world.clock.tick(20)
    world.apply(plan)
    assert not world.log_since(at)


@pytest.mark.parametrize("who", ["loser", "winner"])
def test_a_merge_of_a_record_that_is_not_to_be_synced_archives_nobody(world: World, who: str) -> None:
    configure(
        world, "archive", sides={"salesforce": {**BOTH, "do_not_sync": "Flag__c"}, "pardot": {"object": "prospect"}}
    )
    loser, _ = linked(world, "loser")
    winner, _ = linked(world, "winner")
    world.settle()
    world.crm.edit("Contact", loser if who == "loser" else winner, {"Flag__c": True})
    world.crm.delete("Contact", loser, into=winner)
    world.clock.tick(600)
    assert not world.settle().turned


def test_a_record_that_comes_back_does_not_take_the_prospect_of_another(world: World) -> None:
    configure(world, "recreate")
    first, unit = linked(world)
    second = world.crm.add("Contact", {"LastName": "Other", "FirstName": "a", "Email": "a@x.org"})
    world.settle()
    world.crm.delete("Contact", first)
    world.clock.tick(600)
    world.settle()
    world.crm.edit("Contact", second, {"FirstName": "second"})
    world.clock.tick(600)
    world.settle()
    assert world.unit.value("prospect", unit, "firstName") == "second"
    world.crm.undelete("Contact", first)
    world.clock.tick(600)
    plan = world.plan()
    assert first not in {f["id"] for f in plan.sendable}
    assert plan["ambiguities"]


def test_no_prospect_is_made_with_an_address_that_the_same_plan_gives_to_another(world: World) -> None:
    configure(world, "keep")
    crm, _ = linked(world)
    world.settle()
    world.crm.edit("Contact", crm, {"Email": "new@x.org"})
    world.crm.add("Contact", {"LastName": "Other", "Email": "new@x.org"})
    world.clock.tick(600)
    world.settle()
    assert len([r for r in world.unit.live("prospect") if r.last.values["email"] == "new@x.org"]) == 1


@pytest.fixture
def owners(tmp_path: Path) -> Iterator[World]:
    owner = FieldInfo(name="OwnerId", type=FieldType.ID, reference_to=("Group", "User"))
    user = FieldInfo(name="userId", type=FieldType.INTEGER)
    with new_world(tmp_path / "w", {System.SALESFORCE: [owner], System.PARDOT: [user]}) as made:
        made.crm.add("User", {"Name": "Ben", "Email": "ben@work.example"}, id="0050000000000b1AAA")
        made.unit.add("user", {"email": "ana@work.example", "lastName": "Ana"}, id="201")
        made.unit.add("user", {"email": "ben@work.example", "lastName": "Ben"}, id="202")
        yield made


@pytest.mark.parametrize("side", ["salesforce", "pardot"])
def test_a_user_who_is_not_seen_loses_no_record_to_the_fallback(owners: World, side: str) -> None:
    owners.configure(people([{"salesforce": "OwnerId", "pardot": "userId", "users": {"fallback": 201}}]))
    owners.pair({"OwnerId": "0050000000000b1AAA"}, {"userId": 202})
    owners.settle()
    owners.crm.hide("User", "0050000000000b1AAA") if side == "salesforce" else owners.unit.hide("user", "202")
    owners.clock.tick(600)
    assert not owners.plan(full=True).sendable
