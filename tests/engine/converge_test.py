"""Law 2: a plan is carried out on copies first, and what a second one would still send is said before anything is."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import MonkeyPatch

from pardotflow.engine import simulate
from pardotflow.engine.simulate import Simulation
from tests.engine.harness import SavedPlan, World, Yaml, new_world, people

TITLE: Yaml = {"salesforce": "Title", "pardot": "jobTitle", "direction": "to_pardot"}
BACK: Yaml = {"salesforce": "Title", "direction": "to_salesforce", "sql": "pardot.jobTitle || '!'"}
ON: Yaml = {"salesforce": "Phone", "direction": "to_salesforce", "sql": "upper(pardot.jobTitle)"}
CRM = ("FirstName", "Title", "Phone")
UNIT = ("firstName", "jobTitle", "phone")
CHANGES = ("{0}", "upper({0})", "{0} || '!'", "left({0}, 2)", "coalesce({0}, 'none')")


def _sent(plan: SavedPlan) -> set[tuple[str, str, str]]:
    return {(f["system"], f["id"], f["field"]) for f in plan.sendable}


def _unsettled(plan: SavedPlan, kind: str) -> list[dict[str, Any]]:
    assert {row["kind"] for row in plan["unsettled"]} <= {kind}
    return plan["unsettled"]


def test_rules_that_undo_each_other_are_caught_before_apply(world: World) -> None:
    world.configure(people([TITLE, BACK]))
    contact, _ = world.pair({"Title": "a"}, {"jobTitle": "a"})
    plan = world.plan()
    (row,) = _unsettled(plan, "oscillates")
    assert (row["field"], row["before"] + "!") == ("jobTitle", row["after"])
    # Both rules are named: the one that writes, and the one that it answers.
    lines = {row["line"], row["other_line"]}
    assert {line.partition(":")[0] for line in lines} == {"syncs/people.yml"}
    assert len(lines) == 2
    (guard,) = [g for g in plan["guards"] if not g["passed"]]
    assert (guard["guard"], guard["number"], guard["flag"]) == ("oscillations", 1, "--allow oscillations=1")
    assert plan.meta["applyable"] == "false"
    assert contact in {c["id"] for c in plan["changes"]}


def test_only_a_rule_that_is_read_is_named(world: World) -> None:
    name = {"salesforce": "FirstName", "pardot": "firstName", "direction": "to_pardot"}
    world.configure(people([name, TITLE, ON]))
    world.pair({"FirstName": "new", "Title": "b", "Phone": "A"}, {"firstName": "old", "jobTitle": "a"})
    plan = world.plan()
    assert {"firstName", "jobTitle"} == {f["field"] for f in plan.sendable}
    (row,) = _unsettled(plan, "needs_another")
    assert (row["field"], row["other_field"]) == ("Phone", "jobTitle")


def test_a_delete_that_a_plan_brings_about_is_caught_before_apply(world: World) -> None:
    """A new lead is outside the selection, so the next plan would delete the prospect that it was made from."""
    lead = {"object": "Lead", "when": "true", "set": {"LastName": "'x'", "Company": "'y'"}, "key": "Prospect_Id__c"}
    sides = {
        "salesforce": {"objects": ["Contact", "Lead"], "select": "Phone = 'EMEA'", "on_leave": "archive"},
        "pardot": {"object": "prospect"},
    }
    match = [{"salesforce": "Prospect_Id__c", "pardot": "id"}]
    world.configure(people([TITLE], match=match, sides=sides, create={"salesforce": lead}))
    prospect = world.unit.add("prospect", {"jobTitle": "a"})
    plan = world.plan()
    (row,) = _unsettled(plan, "deletes_next")
    assert (row["object"], row["id"], row["after"]) == ("prospect", prospect, "delete")
    (guard,) = [g for g in plan["guards"] if not g["passed"]]
    assert (guard["guard"], guard["flag"]) == ("deletes_next", "--allow deletes_next=1")
    assert plan.meta["applyable"] == "false"


def test_a_change_that_travels_on_is_said_and_blocks_nothing(world: World) -> None:
    world.configure(people([TITLE, ON]))
    contact, _ = world.pair({"Title": "b", "Phone": "A"}, {"jobTitle": "a"})
    plan = world.settle()
    (row,) = _unsettled(plan, "needs_another")
    assert (row["id"], row["field"], row["after"]) == (contact, "Phone", "B")
    assert plan.meta["applyable"] == "true"
    again = world.settle()
    assert _sent(again) == {("salesforce", contact, "Phone")}
    assert not again["unsettled"]
    assert not world.plan().sendable


def test_a_record_that_does_not_exist_yet_is_tried_out_too(world: World) -> None:
    """A new lead is made, and a rule writes a value back that would make another write."""
    lead = {"object": "Lead", "when": "true", "set": {"LastName": "'x'", "Company": "'y'"}, "key": "Prospect_Id__c"}
    match = [{"salesforce": "Prospect_Id__c", "pardot": "id"}]
    world.configure(people([TITLE, BACK], match=match, create={"salesforce": lead}))
    world.unit.add("prospect", {"jobTitle": "a"})
    plan = world.plan()
    rows = _unsettled(plan, "oscillates")
    assert {row["field"] for row in rows} <= {"Title", "jobTitle"}
    assert rows


@st.composite
def _meshes(draw: st.DrawFn) -> list[Yaml]:
    """Rules that read what others write, in circles or not."""
    rules: list[Yaml] = []
    for field in draw(st.lists(st.sampled_from(UNIT), min_size=1, unique=True)):
        source = f"salesforce.{draw(st.sampled_from(CRM))}"
        sql = draw(st.sampled_from(CHANGES)).format(source)
        rules.append({"pardot": field, "direction": "to_pardot", "sql": sql})
    for field in draw(st.lists(st.sampled_from(CRM), unique=True)):
        source = f"pardot.{draw(st.sampled_from(UNIT))}"
        sql = draw(st.sampled_from(CHANGES)).format(source)
        rules.append({"salesforce": field, "direction": "to_salesforce", "sql": sql})
    return rules


_EDITS = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(CRM + UNIT), st.sampled_from((None, "a", "bcd"))), max_size=1
)


@given(
    _meshes(),
    st.lists(st.fixed_dictionaries({f: st.sampled_from((None, "a", "bcd")) for f in CRM}), max_size=3),
    _EDITS,
)
def test_what_is_tried_out_is_what_happens(
    rules: list[Yaml], records: list[Mapping[str, Any]], edits: list[tuple[int, str, str | None]]
) -> None:
    """The second plan that the simulation foretells is the one that comes, for every plan until none sends anything,
    and again after an edit. Where a plan is seen to settle without being tried out, the trial finds the same."""
    with TemporaryDirectory() as folder, new_world(Path(folder) / "world") as world:
        world.configure(people(rules))
        pairs = [world.pair(values, {"phone": "1"}) for values in records]
        _follow_to_the_end(world)
        for number, field, value in edits if pairs else ():
            contact, prospect = pairs[number % len(pairs)]
            if field in CRM:
                world.crm.edit("Contact", contact, {field: value})
            else:
                world.unit.edit("prospect", prospect, {field: value})
            plan = world.plan()
            with MonkeyPatch.context() as patch:
                patch.setattr(simulate, "_settles_by_itself", lambda _: False)
                assert world.plan()["unsettled"] == plan["unsettled"]
            _follow_to_the_end(world)


def _follow_to_the_end(world: World) -> None:
    plan = world.settle()
    for _ in range(4):
        foretold = {(r["system"], r["id"], r["field"]) for r in plan["unsettled"]}
        is_endless = any(r["kind"] == "oscillates" for r in plan["unsettled"])
        again = world.settle()
        if is_endless:
            assert again.sendable
        else:
            assert _sent(again) == foretold
        if not again.sendable:
            return
        plan = again


@pytest.mark.parametrize(
    ("rules", "is_tried"),
    [
        ([TITLE], False),
        # The second rule reads what the first writes.
        ([TITLE, {"salesforce": "Phone", "direction": "to_salesforce", "sql": "pardot.jobTitle"}], True),
        # It reads another field of the same name, or the same field on the side that nothing is written to.
        ([TITLE, {"pardot": "phone", "direction": "to_pardot", "sql": "salesforce.Title"}], False),
        # What is cut on its way is not what it came from.
        ([{**TITLE, "too_long": "cut"}], True),
    ],
)
def test_a_plan_is_tried_out_where_somebody_reads_what_it_writes(
    world: World, monkeypatch: MonkeyPatch, rules: list[Yaml], is_tried: bool
) -> None:
    world.configure(people(rules))
    contact, _ = world.pair({"Title": "a"}, {"jobTitle": "b"})
    world.settle()
    world.settle()
    world.settle()
    tried = []
    follow = simulate._follow

    def watched(simulation: Simulation) -> bool:
        tried.append(True)
        return follow(simulation)

    monkeypatch.setattr(simulate, "_follow", watched)
    world.crm.edit("Contact", contact, {"Title": "x" * 200 if "too_long" in rules[0] else "b"})
    assert world.plan().sendable
    assert bool(tried) == is_tried


def test_the_guard_names_the_first_of_the_lines(world: World) -> None:
    rules = [TITLE, BACK]
    for crm, unit in (("FirstName", "firstName"), ("Phone", "phone")):
        rules.append({"pardot": unit, "direction": "to_pardot", "sql": f"salesforce.{crm} || '!'"})
        rules.append({"salesforce": crm, "pardot": unit, "direction": "to_salesforce"})
    world.configure(people(rules))
    world.pair({"Title": "a", "FirstName": "a", "Phone": "a"}, {"jobTitle": "a", "firstName": "a", "phone": "a"})
    plan = world.plan()
    lines = {row["line"] for row in plan["unsettled"]}
    (guard,) = [g for g in plan["guards"] if not g["passed"]]
    first = min(lines, key=lambda line: int(line.split(":")[1]))
    assert first != min(lines)
    assert guard["line"] == first
