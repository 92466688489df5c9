"""What a plan says of consent: who says no, where, since when, and what becomes of it."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pardotflow.core.describe import FieldInfo
from pardotflow.core.values import FieldType, System
from pardotflow.plan.consent import TRACED
from pardotflow.plan.report import read_report
from pardotflow.views.page import page_for
from pardotflow.views.terminal.consent import consent_lines
from tests.engine.harness import SavedPlan, World, Yaml, new_world, people
from tests.engine.vendor import OURS, PERSON, START

OPT_OUT: Yaml = {"salesforce": "OptOut__c", "pardot": "optedOut", "policy": "consent"}
NAME: Yaml = {"salesforce": "FirstName", "pardot": "firstName"}
CONTACT, PROSPECT = "Contact", "prospect"


def truth(name: str) -> FieldInfo:
    """A checkbox."""
    return FieldInfo(name=name, type=FieldType.BOOLEAN, nillable=False, default="false")


def start(world: World, *mappings: Yaml, no: bool = False, **more: Any) -> tuple[str, str]:
    """A pair that agrees and is settled."""
    world.configure(people([*mappings] or [OPT_OUT, NAME], **more))
    pair = world.pair({"OptOut__c": no, "FirstName": "a"}, {"optedOut": no, "firstName": "a"})
    world.settle()
    return pair


def told(plan: SavedPlan) -> list[tuple[str, str, str, str, str]]:
    """What becomes of it, in or out, where it is written, who says no, and where that comes from."""
    return [(c["status"], c["opts"], c["system"], c["says_no"], c["origin_system"]) for c in plan["consent"]]


def signed(plan: SavedPlan) -> list[tuple[datetime, str, bool, bool]]:
    """Since when, by whom, whether the history of the field says so, and whether it was us."""
    return [(c["set_at"], c["set_by"], c["by_history"], c["is_ours"]) for c in plan["consent"]]


def test_an_opt_out_is_told_with_who_said_it_where_and_when(world: World) -> None:
    crm, _ = start(world)
    world.crm.edit(CONTACT, crm, {"OptOut__c": True})
    said = world.clock.now().replace(tzinfo=None)
    world.clock.tick(600)
    plan = world.plan()
    assert told(plan) == [("sent", "out", "pardot", "salesforce", "salesforce")]
    assert signed(plan) == [(said, PERSON, False, False)]
    assert [c["reason"] for c in plan["consent"]] == ["an opt-out on either side wins"]


def test_the_history_of_the_field_tells_better_than_the_record(world: World) -> None:
    crm, _ = start(world)
    world.crm.habits.tracked = frozenset({"OptOut__c"})
    world.crm.edit(CONTACT, crm, {"OptOut__c": True}, writer="005000000000007AAA")
    said = world.clock.now().replace(tzinfo=None)
    world.clock.tick(60)
    world.crm.edit(CONTACT, crm, {"FirstName": "b"})
    world.clock.tick(600)
    assert signed(world.plan()) == [(said, "005000000000007AAA", True, False)]


@pytest.mark.parametrize("allow, status", [({}, "held"), ({"allow": "opt_in"}, "sent")])
def test_an_opt_in_is_told_with_who_took_the_no_back(world: World, allow: Yaml, status: str) -> None:
    _, unit = start(world, {**OPT_OUT, **allow}, NAME, no=True)
    world.unit.edit(PROSPECT, unit, {"optedOut": False})
    world.clock.tick(600)
    assert told(world.plan()) == [(status, "in", "salesforce", "salesforce", "pardot")]


def _said(plan: SavedPlan) -> list[str]:
    """What the block says of where each answer comes from."""
    lines = consent_lines(read_report(plan.path), page_for(width=120, full=True))
    return [line.plain.strip() for line in lines if "record last changed" in line.plain]


def test_only_who_said_no_takes_it_back(world: World) -> None:
    _, unit = start(world, {**OPT_OUT, "allow": "opt_in"}, NAME, no=True)
    world.unit.edit(PROSPECT, unit, {"optedOut": False})
    world.clock.tick(600)
    plan = world.plan()
    assert [c["said_before"] for c in plan["consent"]] == ["no"]
    assert _said(plan)[0].startswith("taken back in Pardot;")


def test_where_nothing_was_known_nothing_is_taken_back(world: World) -> None:
    world.configure(people([{**OPT_OUT, "policy": "salesforce", "on_link": "salesforce"}]))
    world.pair({"OptOut__c": False}, {"optedOut": True})
    plan = world.plan()
    assert told(plan) == [("sent", "in", "pardot", "pardot", "salesforce")]
    assert [c["said_before"] for c in plan["consent"]] == [""]
    assert _said(plan)[0].startswith("Salesforce does not say no, and nothing is known from before;")


def test_a_no_that_is_overwritten_was_not_taken_back(world: World) -> None:
    _, unit = start(world, {**OPT_OUT, "policy": "salesforce", "direction": "to_pardot"})
    world.unit.edit(PROSPECT, unit, {"optedOut": True})
    world.clock.tick(600)
    plan = world.plan()
    assert told(plan) == [("sent", "in", "pardot", "pardot", "salesforce")]
    assert [c["said_before"] for c in plan["consent"]] == ["yes"]
    assert _said(plan)[0].startswith("Salesforce does not say no, as before;")


def test_an_opt_out_that_may_not_flow_is_held_and_told(world: World) -> None:
    _, unit = start(world, {**OPT_OUT, "direction": "to_pardot"}, NAME)
    world.unit.edit(PROSPECT, unit, {"optedOut": True})
    world.clock.tick(600)
    assert told(world.plan()) == [("held", "out", "pardot", "pardot", "pardot")]


def test_what_we_wrote_ourselves_is_named_as_ours(world: World) -> None:
    """Another sync of ours opts somebody out in Salesforce; then it is found to differ from Pardot."""
    crm, unit = start(world)
    world.unit.edit(PROSPECT, unit, {"optedOut": True})
    world.clock.tick(600)
    world.settle()
    assert world.crm.value(CONTACT, crm, "OptOut__c") is True
    world.unit.edit(PROSPECT, unit, {"optedOut": False})
    world.clock.tick(600)
    world.configure(people([{**OPT_OUT, "direction": "to_pardot"}, NAME]))
    plan = world.plan()
    assert told(plan) == [("sent", "out", "pardot", "salesforce", "salesforce")]
    assert [(by, ours) for _, by, _, ours in signed(plan)] == [(OURS[System.SALESFORCE], True)]


def test_known_fields_are_told_whatever_their_policy(world: World) -> None:
    """A policy that is not consent lets an opt-in through: it is told where people look for it."""
    field = {**OPT_OUT, "policy": "ask"}
    crm, _ = start(world, field, NAME, no=True)
    world.crm.edit(CONTACT, crm, {"OptOut__c": False})
    world.clock.tick(600)
    assert told(world.plan()) == [("sent", "in", "pardot", "pardot", "salesforce")]


NOES = [("DoNotCall", "own__c"), ("Own__c", "isDoNotCall"), ("Own__c", "isDoNotEmail"), ("DoNotCall", "isDoNotCall")]
"""Fields of Salesforce and Pardot of which one at least is known as a place where people say no."""


@pytest.fixture
def calls(tmp_path: Path) -> Iterator[World]:
    """Two systems in which people say no to calls and to mail, each in a field of its own."""
    crm, unit = ([truth(n) for n in sorted(set(names))] for names in zip(*NOES, strict=True))
    with new_world(tmp_path / "calls", {System.SALESFORCE: crm, System.PARDOT: unit}) as made:
        yield made


@pytest.mark.parametrize(("crm_field", "unit_field"), NOES)
@pytest.mark.parametrize("policy", ["consent", "salesforce"])
def test_a_no_to_calls_or_mail_is_consent_too(calls: World, crm_field: str, unit_field: str, policy: str) -> None:
    calls.configure(people([{"salesforce": crm_field, "pardot": unit_field, "policy": policy}], guards={}))
    no = calls.pair({crm_field: True}, {unit_field: True})
    yes = calls.pair({crm_field: False}, {unit_field: False})
    calls.settle()
    calls.crm.edit(CONTACT, yes[0], {crm_field: True})
    calls.unit.edit(PROSPECT, no[1], {unit_field: False})
    calls.clock.tick(600)
    plan = calls.plan()
    assert {(c["status"], c["opts"], c["system"], c["field"]) for c in plan["consent"]} == {
        ("held" if policy == "consent" else "sent", "in", "salesforce", crm_field),
        ("sent", "out", "pardot", unit_field),
    }
    assert {g["guard"]: (g["number"], g["passed"]) for g in plan["guards"] if g["guard"] == "opt_ins"} == (
        {} if policy == "consent" else {"opt_ins": (1, False)}
    )
    calls.apply(plan, allow={"opt_ins": 1})
    assert calls.unit.value(PROSPECT, yes[1], unit_field) is True
    assert calls.crm.value(CONTACT, no[0], crm_field) is (policy == "consent")


def test_where_nobody_has_decided_it_is_told_too(world: World) -> None:
    world.configure(people([{**OPT_OUT, "policy": "ask", "on_link": "ask"}]))
    world.pair({"OptOut__c": True}, {"optedOut": False})
    assert told(world.plan()) == [("open", "undecided", "pardot", "salesforce", "salesforce")]


def test_a_new_record_carries_the_no_along(world: World) -> None:
    world.configure(people([OPT_OUT, NAME], create={"pardot": {"set": {"campaignId": "7"}}}))
    world.crm.add(CONTACT, {"LastName": "Berg", "OptOut__c": True})
    plan = world.plan()
    assert told(plan) == [("sent", "out", "pardot", "salesforce", "salesforce")]
    assert signed(plan) == [(START.replace(tzinfo=None), PERSON, False, False)]


def test_what_agrees_is_counted(world: World) -> None:
    start(world, no=True)
    start(world)
    plan = world.plan()
    assert [c["both_sides"] for c in plan["opted_out"]] == [1] and not plan["consent"]


def test_nothing_is_read_where_nothing_is_to_tell(world: World) -> None:
    start(world, no=True)
    before = {s: c.calls for s, c in world.fakes.items()}
    world.plan()
    assert {s: c.calls - before[s] for s, c in world.fakes.items()} == {System.SALESFORCE: 2, System.PARDOT: 1}


@pytest.mark.parametrize("beyond", [0, 1])
def test_where_history_is_not_asked_for_all_the_plan_says_so(world: World, beyond: int) -> None:
    world.configure(people([OPT_OUT]))
    pairs = [world.pair({"OptOut__c": False}, {"optedOut": False}) for _ in range(TRACED + beyond)]
    world.settle()
    world.crm.habits.tracked = frozenset({"OptOut__c"})
    for crm, _ in pairs:
        world.crm.edit(CONTACT, crm, {"OptOut__c": True})
    world.clock.tick(600)
    plan = world.plan()
    assert len(plan["consent"]) == TRACED + beyond
    assert [c["by_history"] for c in plan["consent"]].count(True) == TRACED
    for full in (False, True):
        block = " ".join(line.plain for line in consent_lines(read_report(plan.path), page_for(width=80, full=full)))
        assert ("who set it was asked for the first 200 of 201" in " ".join(block.split())) is bool(beyond)
