"""Every guard: what it counts, against what, and the flag that lets exactly this number pass once."""

from pathlib import Path
from typing import Any

import pytest

from pardotflow.core.describe import FieldInfo
from pardotflow.core.errors import PlanRefused
from pardotflow.core.values import FieldType, System
from tests.engine.harness import SavedPlan, World, Yaml, new_world, people

NAME: Yaml = {"salesforce": "FirstName", "pardot": "firstName", "on_blank": "clear"}
PHONE: Yaml = {"salesforce": "Phone", "pardot": "phone"}
OPT_OUT: Yaml = {"salesforce": "OptOut__c", "pardot": "optedOut", "policy": "consent", "allow": "opt_in"}
MAIL: Yaml = {"salesforce": "Email", "pardot": "email"}


def guarded(world: World, *fields: Yaml, **guards: Any) -> None:
    """A sync with these guards, and the defaults for all others."""
    world.configure(people(fields, guards=guards, create={"pardot": {"when": "Email is not null"}}))


def linked(world: World, count: int, **values: Any) -> list[str]:
    """Pairs that are linked and agree; the ids in Salesforce."""
    pairs = [world.pair({"FirstName": "a", **values}, {"firstName": "a"}) for _ in range(count)]
    world.settle()
    world.settle()
    return [crm for crm, _ in pairs]


def edit(world: World, ids: list[str], **values: Any) -> SavedPlan:
    """Change these contacts, and plan."""
    for id in ids:
        world.crm.edit("Contact", id, values)
    world.clock.tick(600)
    return world.plan()


def verdicts(plan: SavedPlan) -> dict[str, tuple[int, int, bool]]:
    """Number, allowed number and verdict, by guard."""
    return {g["guard"]: (g["number"], g["allowed"], g["passed"]) for g in plan["guards"]}


def refuse(world: World, plan: SavedPlan, guard: str, number: int) -> None:
    """The plan is blocked, says how it may pass, passes with exactly that, and with no less."""
    assert (plan.meta["blocked"], plan.meta["applyable"]) == ("true", "false")
    flag = f"--allow {guard}={number}"
    assert flag in {g["flag"] for g in plan["guards"] if not g["passed"]}
    at = len(world.log)
    for allow in ({}, {guard: number - 1}, {"another": number}):
        with pytest.raises(PlanRefused, match="blocked") as refused:
            world.apply(plan, allow=allow)
        assert flag in refused.value.hint
    assert not world.log_since(at)
    world.apply(plan, allow={guard: number})
    assert world.log_since(at)


def test_updates_are_counted_from_ten_linked_records(world: World) -> None:
    guarded(world, NAME)
    ids = linked(world, 9)
    plan = edit(world, ids, FirstName="b")
    assert verdicts(plan) == {}
    assert plan.meta["blocked"] == "false"


def test_thirty_percent_of_ten_are_three(world: World) -> None:
    guarded(world, NAME)
    ids = linked(world, 10)
    assert verdicts(edit(world, ids[:3], FirstName="b")) == {"updates": (3, 3, True)}
    plan = edit(world, ids[:4], FirstName="b")
    assert verdicts(plan) == {"updates": (4, 3, False)}
    refuse(world, plan, "updates", 4)


def test_a_share_is_cut_to_whole_records(world: World) -> None:
    guarded(world, NAME, updates="25%")
    ids = linked(world, 11)
    assert verdicts(edit(world, ids[:3], FirstName="b")) == {"updates": (3, 2, False)}


def test_a_count_holds_from_the_first_record(world: World) -> None:
    guarded(world, NAME, updates=0)
    ids = linked(world, 1)
    refuse(world, edit(world, ids, FirstName="b"), "updates", 1)


def test_records_are_counted_and_not_fields(world: World) -> None:
    guarded(world, NAME, PHONE, updates=1)
    ids = linked(world, 2)
    assert verdicts(edit(world, ids[:1], FirstName="b", Phone="1")) == {"updates": (1, 1, True)}


def test_adoptions_and_ids_are_no_updates(world: World) -> None:
    guarded(world, NAME, updates=0)
    world.crm.add("Contact", {"LastName": "Berg", "FirstName": "a", "Email": "a@x.org"})
    for _ in range(3):
        world.pair({"FirstName": "a"}, {})
    assert verdicts(world.plan()) == {}


def test_adoptions_have_a_guard_of_their_own(world: World) -> None:
    guarded(world, NAME, adopted=2)
    for _ in range(3):
        world.pair({"FirstName": "a"}, {})
    plan = world.plan()
    assert verdicts(plan) == {"adopted": (3, 2, False)}
    refuse(world, plan, "adopted", 3)


def test_creates_are_limited_where_somebody_says_so(world: World) -> None:
    guarded(world, NAME, MAIL)
    for n in range(3):
        world.crm.add("Contact", {"LastName": "Berg", "FirstName": "a", "Email": f"{n}@x.org"})
    assert verdicts(world.plan()) == {}
    guarded(world, NAME, MAIL, creates=2)
    plan = world.plan()
    assert verdicts(plan) == {"creates": (3, 2, False)}
    refuse(world, plan, "creates", 3)


def test_no_opt_out_is_taken_back_by_default(world: World) -> None:
    guarded(world, NAME, OPT_OUT)
    crm, unit = world.pair({"OptOut__c": True}, {"optedOut": True})
    world.settle()
    world.unit.edit("prospect", unit, {"optedOut": False})
    world.clock.tick(600)
    plan = world.plan()
    assert verdicts(plan)["opt_ins"] == (1, 0, False)
    refuse(world, plan, "opt_ins", 1)
    assert world.crm.value("Contact", crm, "OptOut__c") is False


@pytest.mark.parametrize("policy", ["salesforce", "most_recent"])
def test_an_opt_out_is_guarded_whatever_the_policy(world: World, policy: str) -> None:
    """Consent fields have consent's rules by default; who names another policy is still stopped by the guard."""
    field = {"salesforce": "OptOut__c", "pardot": "optedOut"}
    world.configure(people([field], guards={}))
    world.pair({"OptOut__c": False}, {"optedOut": True})
    plan = world.plan()
    assert {(f["field"], f["after"]) for f in plan.sendable} == {("OptOut__c", "true")}
    world.clock.tick(600)
    world.configure(people([field | {"policy": policy, "on_link": "salesforce"}], guards={}))
    plan = world.plan()
    assert {(f["field"], f["after"]) for f in plan.sendable} == {("optedOut", "false")}
    assert verdicts(plan)["opt_ins"] == (1, 0, False)


def test_an_opt_out_needs_nobody(world: World) -> None:
    guarded(world, NAME, OPT_OUT)
    _, unit = world.pair({}, {})
    world.settle()
    world.unit.edit("prospect", unit, {"optedOut": True})
    world.clock.tick(600)
    assert "opt_ins" not in verdicts(world.plan())


def test_open_conflicts_block_where_somebody_says_so(world: World) -> None:
    guarded(world, NAME)
    world.pair({"FirstName": "a"}, {"firstName": "b"})
    world.pair({}, {"firstName": "b"})
    assert verdicts(world.plan()) == {}
    guarded(world, NAME, conflicts=0)
    plan = world.plan()
    assert verdicts(plan) == {"conflicts": (1, 0, False)}
    refuse(world, plan, "conflicts", 1)


def test_clears_of_a_field_that_declares_them_are_five_percent(world: World) -> None:
    guarded(world, NAME, updates="100%")
    ids = linked(world, 20)
    assert verdicts(edit(world, ids[:1], FirstName=None))["clears:firstName"] == (1, 1, True)
    plan = edit(world, ids[:2], FirstName=None)
    assert verdicts(plan)["clears:firstName"] == (2, 1, False)
    refuse(world, plan, "clears:firstName", 2)


def test_a_limit_for_one_field_is_for_that_field(world: World) -> None:
    clearing = {**PHONE, "on_blank": "clear"}
    guarded(world, NAME, clearing, updates="100%", clears={"phone": 1, "firstName": 0})
    ids = linked(world, 3, Phone="1")
    plan = edit(world, ids[:1], FirstName=None, Phone=None)
    assert verdicts(plan) == {"clears:firstName": (1, 0, False), "clears:phone": (1, 1, True)}


def test_a_side_that_shrank_blocks(world: World) -> None:
    guarded(world, NAME)
    ids = linked(world, 10)
    for id in ids[:4]:
        world.crm.hide("Contact", id)
    world.unit.edit("prospect", next(world.unit.live("prospect")).id, {"firstName": "b"})
    world.clock.tick(600)
    plan = world.plan(full=True)
    assert verdicts(plan) == {"shrunk:salesforce.Contact": (4, 3, False)}
    assert plan.meta["blocked"] == "true"


def test_how_much_a_side_may_shrink_is_said_by_object(world: World) -> None:
    guarded(world, NAME, shrunk={"Contact": "10%", "Lead": 0})
    ids = linked(world, 10)
    lead = world.crm.add("Lead", {"LastName": "Berg", "Company": "Acme"})
    world.plan(full=True)
    world.crm.hide("Lead", lead)
    for id in ids[:2]:
        world.crm.hide("Contact", id)
    world.clock.tick(600)
    plan = world.plan(full=True)
    assert verdicts(plan) == {"shrunk:salesforce.Contact": (2, 1, False), "shrunk:salesforce.Lead": (1, 0, False)}
    assert {g["threshold"] for g in plan["guards"]} == {"10%", "0"}
    guarded(world, NAME, shrunk="100%")
    assert verdicts(world.plan(full=True)) == {}


def test_the_strictest_sync_says_how_much_a_side_may_shrink(world: World) -> None:
    loose = people([NAME], guards={"shrunk": "50%"})
    world.configure(loose, {**people([PHONE], guards={"shrunk": "10%"}), "sync": "phones"})
    ids = linked(world, 10)
    for id in ids[:2]:
        world.crm.hide("Contact", id)
    world.clock.tick(600)
    assert verdicts(world.plan(full=True)) == {"shrunk:salesforce.Contact": (2, 1, False)}


def test_what_an_object_says_for_itself_does_not_count_with_the_rest(world: World) -> None:
    """Prospects have a limit of their own; what is left keeps the default."""
    guarded(world, {**NAME, "policy": "most_recent"}, updates={"prospect": 1, "Lead": 0})
    ids = linked(world, 10)
    prospects = [r.id for r in world.unit.live("prospect")]
    for id in prospects[5:]:
        world.unit.edit("prospect", id, {"firstName": "c"})
    plan = edit(world, ids[:2], FirstName="b")
    assert verdicts(plan) == {"updates": (5, 3, False), "updates:prospect": (2, 1, False)}
    at = len(world.log)
    with pytest.raises(PlanRefused, match="blocked by updates:prospect"):
        world.apply(plan, allow={"updates": 5})
    assert not world.log_since(at)
    world.apply(plan, allow={"updates": 5, "people.updates:prospect": 2})
    assert len(world.log_since(at)) == 7


def test_a_share_of_an_object_is_of_the_pairs_with_it(world: World) -> None:
    guarded(world, NAME, updates={"Contact": "20%", "Lead": "20%"})
    ids = linked(world, 10)
    leads = [world.pair({"FirstName": "a"}, {"firstName": "a"}, object_name="Lead")[1] for _ in range(5)]
    world.settle()
    world.settle()
    for id in [r.id for r in world.unit.live("prospect")]:
        world.unit.edit("prospect", id, {"firstName": "b"})
    world.clock.tick(600)
    plan = world.plan()
    assert len(leads) + len(ids) == 15
    assert verdicts(plan) == {"updates:Contact": (10, 2, False)}


def test_a_side_is_a_place_too(world: World) -> None:
    guarded(world, NAME, updates={"salesforce": 100, "pardot": 0})
    ids = linked(world, 2)
    assert verdicts(edit(world, ids, FirstName="b")) == {"updates:pardot": (2, 0, False)}


def test_creates_by_object(world: World) -> None:
    guarded(world, NAME, MAIL, creates={"prospect": 0})
    world.crm.add("Contact", {"LastName": "Berg", "FirstName": "a", "Email": "n@x.org"})
    refuse(world, world.plan(), "creates:prospect", 1)


def test_addresses_that_are_replaced_are_counted_and_filled_ones_are_not(world: World) -> None:
    guarded(world, MAIL, updates="100%")
    ids = linked(world, 12, Email="old@x.org")
    bare = linked(world, 1)
    world.crm.edit("Contact", bare[0], {"Email": "new@x.org"})
    assert verdicts(edit(world, ids[:1], Email="1@x.org"))["emails"] == (1, 1, True)
    plan = edit(world, ids[:2], Email="2@x.org")
    assert verdicts(plan)["emails"] == (2, 1, False)
    refuse(world, plan, "emails", 2)


def test_values_of_match_keys_have_a_guard(world: World) -> None:
    org: Yaml = {"salesforce": "Org_Id__c", "pardot": "org_id__c"}
    match = ["salesforce_id", {"salesforce": "Org_Id__c", "pardot": "org_id__c"}]
    world.configure(people([org, PHONE], match=match, guards={"keys": 0}))
    crm, _ = world.pair({"Org_Id__c": "1", "Phone": "1"}, {"org_id__c": "1", "phone": "1"})
    world.settle()
    plan = edit(world, [crm], Org_Id__c="2", Phone="2")
    assert verdicts(plan) == {"keys": (1, 0, False)}
    refuse(world, plan, "keys", 1)


def test_owners_have_a_guard(tmp_path: Path) -> None:
    user = {System.PARDOT: [FieldInfo(name="userId", type=FieldType.INTEGER)]}
    with new_world(tmp_path / "world", user) as world:
        owner: Yaml = {"salesforce": "Count__c", "pardot": "userId", "direction": "to_pardot"}
        world.configure(people([owner], guards={"owners": 0}))
        crm, _ = world.pair({"Count__c": 1}, {"userId": 1})
        world.settle()
        assert verdicts(edit(world, [crm], Count__c=2)) == {"owners": (1, 0, False)}


def test_every_field_can_have_a_limit(world: World) -> None:
    guarded(world, NAME, PHONE, updates="100%", fields={"phone": "20%"})
    ids = linked(world, 10, Phone="1")
    assert verdicts(edit(world, ids[:3], FirstName="b"))["updates"] == (3, 10, True)
    plan = edit(world, ids[:3], Phone="2")
    assert verdicts(plan)["fields:phone"] == (3, 2, False)
    refuse(world, plan, "fields:phone", 3)


def test_guards_of_two_syncs_are_told_apart(world: World) -> None:
    phones = {**people([PHONE], guards={"updates": 0}), "sync": "phones"}
    world.configure(people([NAME], guards={"updates": 0}), phones)
    ids = linked(world, 2, Phone="1")
    plan = edit(world, ids, FirstName="b", Phone="2")
    assert {g["flag"] for g in plan["guards"]} == {"--allow people.updates=2", "--allow phones.updates=2"}
    for allow in ({"updates": 2}, {"people.updates": 2}):
        with pytest.raises(PlanRefused, match=r"phones\.updates") as refused:
            world.apply(plan, allow=allow)
        assert "--allow phones.updates=2" in refused.value.hint
    world.apply(plan, allow={"people.updates": 2, "phones.updates": 2})


def test_a_refusal_names_the_line_of_its_limit(world: World) -> None:
    guarded(world, NAME, updates=0)
    ids = linked(world, 1)
    (guard,) = edit(world, ids, FirstName="b")["guards"]
    text = (world.root / "syncs/people.yml").read_text("utf-8").splitlines()
    assert "updates: 0" in text[int(guard["line"].rpartition(":")[2]) - 1]


@pytest.mark.slow
def test_a_mapping_change_that_would_blank_a_field_on_30_000_records_is_stopped(world: World) -> None:
    phone: Yaml = {"pardot": "phone", "direction": "to_pardot", "on_blank": "clear"}
    world.configure(people([{**phone, "salesforce": "Phone"}], guards={}))
    for _ in range(30_000):
        world.pair({"Phone": "1"}, {"phone": "1"})
    world.settle()
    world.configure(people([{**phone, "salesforce": "Title"}], guards={}))
    plan = world.plan()
    assert verdicts(plan) == {"updates": (30_000, 9_000, False), "clears:pardot.phone": (30_000, 1_500, False)}
    assert plan.meta["blocked"] == "true"
    with pytest.raises(PlanRefused, match=r"blocked by updates, clears:pardot\.phone"):
        world.apply(plan, allow={})
    assert not world.log
