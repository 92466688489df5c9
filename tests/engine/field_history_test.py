"""`most_recent: field`: on the Salesforce side the time of the field counts, by the history that Salesforce keeps."""

import re

import pytest

from pardotflow.core.values import System
from tests.engine.harness import SavedPlan, World, Yaml, people

PHONE: Yaml = {"salesforce": "Phone", "pardot": "phone", "policy": "most_recent", "most_recent": "field"}
NAME: Yaml = {"salesforce": "FirstName", "pardot": "firstName"}
CONTACT, PROSPECT = "Contact", "prospect"


def start(world: World, *mappings: Yaml) -> tuple[str, str]:
    """A pair that agrees and is settled; the phone is tracked."""
    world.crm.habits.tracked = frozenset({"Phone"})
    world.configure(people([*mappings] or [PHONE, NAME]))
    pair = world.pair({"Phone": "1", "FirstName": "a"}, {"phone": "1", "firstName": "a"})
    world.settle()
    return pair


def edit_both(world: World, pair: tuple[str, str]) -> None:
    """Salesforce's phone first, Pardot's after it, and then another field of the contact."""
    world.crm.edit(CONTACT, pair[0], {"Phone": "2"})
    world.clock.tick(60)
    world.unit.edit(PROSPECT, pair[1], {"phone": "3"})
    world.clock.tick(60)
    world.crm.edit(CONTACT, pair[0], {"FirstName": "b"})
    world.clock.tick(600)


def sent(plan: SavedPlan) -> list[tuple[str, str, str]]:
    """What is sent of the phone, and why."""
    return [(f["system"], f["after"], f["reason"]) for f in plan.sendable if f["field"].lower() == "phone"]


def conflicts(plan: SavedPlan) -> list[tuple[str, str]]:
    """Who wins the conflicts, and why."""
    return [(c["winner"], c["reason"]) for c in plan["conflicts"]]


def test_the_field_that_was_changed_later_wins_whatever_else_changed_since(world: World) -> None:
    pair = start(world)
    edit_both(world, pair)
    reason = "both moved; most_recent by field history: Salesforce 2026-03-02 09:10:20, Pardot 09:11:20 UTC"
    assert sent(world.plan()) == [("salesforce", "3", reason)]


def test_by_record_the_other_side_would_have_won(world: World) -> None:
    pair = start(world, {**PHONE, "most_recent": "record"}, NAME)
    edit_both(world, pair)
    reason = "both moved; most_recent by record: Salesforce 2026-03-02 09:12:20, Pardot 09:11:20 UTC"
    assert sent(world.plan()) == [("pardot", "2", reason)]


def test_the_later_of_several_changes_counts(world: World) -> None:
    pair = start(world)
    world.crm.edit(CONTACT, pair[0], {"Phone": "2"})
    world.clock.tick(60)
    world.unit.edit(PROSPECT, pair[1], {"phone": "3"})
    world.clock.tick(60)
    world.crm.edit(CONTACT, pair[0], {"Phone": "4"})
    world.clock.tick(600)
    assert [s[:2] for s in sent(world.plan())] == [("pardot", "4")]


def test_a_field_without_history_is_asked(world: World) -> None:
    pair = start(world)
    world.crm.habits.tracked = frozenset()
    edit_both(world, pair)
    plan = world.plan()
    assert not sent(plan)
    assert conflicts(plan) == [("open", "both moved; most_recent by field history cannot tell: no history of Phone")]


def test_a_tie_is_asked(world: World) -> None:
    pair = start(world)
    world.crm.edit(CONTACT, pair[0], {"Phone": "2"})
    world.unit.edit(PROSPECT, pair[1], {"phone": "3"})
    world.clock.tick(60)
    world.crm.edit(CONTACT, pair[0], {"FirstName": "b"})
    world.clock.tick(600)
    why = "both moved; most_recent by field history cannot tell: both changed within the same second"
    assert conflicts(world.plan()) == [("open", why)]


def test_what_we_wrote_says_nothing_about_a_person(world: World) -> None:
    """Our phone stands in Salesforce; then the mapping is made anew, and both sides differ without a base."""
    pair = start(world)
    world.unit.edit(PROSPECT, pair[1], {"phone": "3"})
    world.clock.tick(600)
    world.settle()
    assert world.crm.value(CONTACT, pair[0], "Phone") == "3"
    world.configure(people([NAME]))
    world.settle()
    world.unit.edit(PROSPECT, pair[1], {"phone": "4", "firstName": "c"})
    world.clock.tick(60)
    world.crm.edit(CONTACT, pair[0], {"FirstName": "b"})
    world.clock.tick(600)
    world.settle()
    world.configure(people([{**PHONE, "on_link": "most_recent"}, NAME]))
    ((winner, why),) = conflicts(world.plan())
    assert winner == "open" and "our own write of Phone was the last in Salesforce" in why


def test_a_person_who_edits_the_field_after_our_write_counts(world: World) -> None:
    pair = start(world)
    world.unit.edit(PROSPECT, pair[1], {"phone": "3"})
    world.clock.tick(600)
    world.settle()
    world.crm.edit(CONTACT, pair[0], {"Phone": "2"})
    world.clock.tick(60)
    world.unit.edit(PROSPECT, pair[1], {"phone": "5"})
    world.clock.tick(600)
    assert [s[:2] for s in sent(world.plan())] == [("salesforce", "5")]


def test_without_a_base_the_history_decides_too(world: World) -> None:
    pair = start(world, NAME)
    edit_both(world, pair)
    world.configure(people([{**PHONE, "policy": "ask", "on_link": "most_recent"}, NAME]))
    reason = "no base yet; on_link most_recent by field history: Salesforce 2026-03-02 09:10:20, Pardot 09:11:20 UTC"
    assert sent(world.plan()) == [("salesforce", "3", reason)]


def test_one_record_reads_the_history_of_that_record(world: World) -> None:
    pair = start(world, NAME)
    world.configure(people([PHONE, NAME]))
    world.settle()
    edit_both(world, pair)
    plan = world.plan(record=f"prospect/{pair[1]}")
    assert [s[:2] for s in sent(plan)] == [("salesforce", "3")]


@pytest.mark.parametrize("clock, calls", [("record", 2), ("field", 4)])
def test_history_is_read_where_it_decides_and_later_only_what_is_new(world: World, clock: str, calls: int) -> None:
    pair = start(world, {**PHONE, "most_recent": clock}, NAME)
    edit_both(world, pair)
    world.settle()
    before = world.fakes[System.SALESFORCE].calls
    plan = world.plan()
    assert world.fakes[System.SALESFORCE].calls - before == calls
    read = re.findall(r"cursor\.salesforce\.(\w+)", " ".join(plan.meta))
    assert ("ContactHistory" in read) == (clock == "field")
