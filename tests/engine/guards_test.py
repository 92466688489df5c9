"""Every guard: what it counts, against what, and the flag that lets exactly this number pass once."""

from typing import Any

import pytest

from pardotflow.core.errors import PlanRefused
from pardotflow.engine.guards import shrunk_guard, still_blocking
from tests.engine.harness import SavedPlan, World, Yaml, people

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


def test_a_shrunk_side_as_a_guard() -> None:
    guard = shrunk_guard("salesforce", "Lead", 100, 60)
    assert (guard.number, guard.allowed, guard.passed) == (40, 30, False)
    assert guard.flag == "--allow shrunk:salesforce.Lead=40"


def test_what_still_blocks() -> None:
    guards = [("updates", 4, False), ("creates", 2, True), ("clears:phone", 3, False), ("opt_ins", 0, False)]
    assert still_blocking(guards, {}) == ["updates", "clears:phone", "opt_ins"]
    assert still_blocking(guards, {"updates": 4, "clears:phone": 2}) == ["clears:phone", "opt_ins"]
    assert still_blocking(guards, {"updates": 5, "clears:phone": 3, "opt_ins": 0}) == []
