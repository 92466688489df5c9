"""What a person decided of a conflict is done once, about exactly the values that were shown, and about no others."""

from dataclasses import replace
from typing import Any

import pytest

from pardotflow.store.decisions import KEEP, Decision
from tests.engine.harness import SavedPlan, World, Yaml, people

TITLE: Yaml = {"salesforce": "Title", "pardot": "jobTitle", "policy": "ask"}
KEY = "Title/jobTitle"


def both_moved(world: World, **more: Any) -> tuple[str, str]:
    """A pair that agreed, and was then edited on both sides."""
    world.configure(people([{**TITLE, **more}]))
    crm, unit = world.pair({"Title": "old"}, {"jobTitle": "old"})
    world.settle()
    move(world, crm, unit, "Chief", "Head")
    return crm, unit


def move(world: World, crm: str, unit: str, title: str | None, job: str | None) -> None:
    """People edit both sides."""
    world.crm.edit("Contact", crm, {"Title": title})
    world.unit.edit("prospect", unit, {"jobTitle": job})
    world.clock.tick(600)


def decide(world: World, plan: SavedPlan, decision: str) -> list[Decision]:
    """Somebody decides every open conflict of the plan."""
    digests = {(m["sync"], m["mapping"]): m["digest"] for m in plan["mappings"]}
    found = [
        Decision(
            **{k: c[k] for k in ("sync", "a_object", "a_id", "b_object", "b_id", "a_value", "b_value")},
            mapping=c["field"],
            digest=digests[c["sync"], c["field"]],
            decision=decision,
            decided_at=world.clock.now().isoformat(),
            source="answers.yml",
        )
        for c in plan["conflicts"]
        if c["winner"] == "open"
    ]
    world.ledger.save_decisions(found)
    return found


def values(world: World, crm: str, unit: str) -> tuple[Any, Any]:
    """What both sides hold."""
    return world.crm.value("Contact", crm, "Title"), world.unit.value("prospect", unit, "jobTitle")


def winners(plan: SavedPlan) -> list[str]:
    """Who wins the conflicts."""
    return [c["winner"] for c in plan["conflicts"]]


@pytest.mark.parametrize(("decision", "expected"), [("salesforce", "Chief"), ("pardot", "Head")])
def test_a_decided_side_wins_once_and_the_next_plan_is_quiet(world: World, decision: str, expected: str) -> None:
    crm, unit = both_moved(world)
    first = world.plan()
    assert winners(first) == ["open"]
    decide(world, first, decision)
    plan = world.plan()
    assert winners(plan) == [decision]
    assert [(f["section"], f["reason"], f["after"]) for f in plan.sendable] == [
        ("conflict", "both moved; decided by a person", expected)
    ]
    world.apply(plan)
    assert values(world, crm, unit) == (expected, expected)
    assert world.ledger.decisions() == []
    world.clock.tick(600)
    quiet = world.plan()
    assert (quiet.sendable, winners(quiet)) == ([], [])


def test_both_can_stay_and_nobody_is_asked_again_until_one_changes(world: World) -> None:
    crm, unit = both_moved(world)
    decide(world, world.plan(), KEEP)
    for _ in range(2):
        plan = world.settle()
        assert (plan.sendable, winners(plan)) == ([], ["kept"])
        assert [h["kind"] for h in plan["held"]] == ["kept_by_decision"]
    world.crm.edit("Contact", crm, {"Title": "Boss"})
    world.clock.tick(600)
    plan = world.plan()
    assert (plan.sendable, winners(plan)) == ([], ["open"])
    world.apply(plan)
    assert world.ledger.decisions() == []
    assert values(world, crm, unit) == ("Boss", "Head")


@pytest.mark.parametrize(("title", "job"), [("Boss", "Head"), ("Chief", "Boss"), ("Boss", "Chief"), (None, "Head")])
def test_a_value_that_moves_after_the_decision_is_asked_again(world: World, title: str | None, job: str) -> None:
    crm, unit = both_moved(world)
    decide(world, world.plan(), "salesforce")
    move(world, crm, unit, title, job)
    plan = world.plan()
    assert (plan.sendable, winners(plan)) == ([], ["open"])
    assert [n["note"] for n in plan["notes"]] == [
        "1 decision expired: a value or the mapping changed since it was made; the conflict is open again"
    ]
    world.apply(plan)
    assert values(world, crm, unit) == (title, job)
    assert world.ledger.decisions() == []


def test_a_decision_does_not_come_back_with_its_values(world: World) -> None:
    """Once an apply has seen it expired, the same two values are a new question."""
    crm, unit = both_moved(world)
    decide(world, world.plan(), "salesforce")
    move(world, crm, unit, "Boss", "Head")
    world.settle()
    move(world, crm, unit, "Chief", "Head")
    assert winners(world.plan()) == ["open"]


def test_values_are_the_same_however_they_are_spelled(world: World) -> None:
    both_moved(world)
    (decision,) = decide(world, world.plan(), "pardot")
    world.ledger.save_decisions([replace(decision, a_value="Chief  ", decided_at="later")])
    assert winners(world.plan()) == ["pardot"]


def test_a_decision_is_about_the_mapping_as_it_was(world: World) -> None:
    both_moved(world)
    (decision,) = decide(world, world.plan(), "pardot")
    world.ledger.save_decisions([replace(decision, digest="another")])
    assert winners(world.plan()) == ["open"]


def test_a_pair_without_a_base_is_decided(world: World) -> None:
    world.configure(people([{**TITLE, "policy": "salesforce"}]))
    crm, unit = world.pair({"Title": "Chief"}, {"jobTitle": "Head"})
    decide(world, world.plan(), "pardot")
    plan = world.plan()
    assert winners(plan) == ["pardot"]
    assert [(f["section"], f["reason"]) for f in plan.sendable] == [("conflict", "no base yet; decided by a person")]
    world.apply(plan)
    assert values(world, crm, unit) == ("Head", "Head")
    world.clock.tick(600)
    assert not world.plan().sendable


def test_a_blank_that_wins_is_held_back_like_any_other(world: World) -> None:
    crm, unit = both_moved(world, on_blank="refill")
    move(world, crm, unit, None, "Head")
    world.configure(people([{**TITLE, "on_blank": "hold"}]))
    decide(world, world.plan(), "salesforce")
    plan = world.plan()
    assert (plan.sendable, [h["kind"] for h in plan["held"]]) == ([], ["blank"])


def test_a_decided_blank_is_never_turned_round(world: World) -> None:
    crm, unit = both_moved(world, on_blank="refill")
    move(world, crm, unit, None, "Head")
    decide(world, world.plan(), "salesforce")
    plan = world.plan()
    assert (plan.sendable, [h["kind"] for h in plan["held"]]) == ([], ["blank"])
    assert values(world, crm, unit) == (None, "Head")


def test_where_a_blank_may_be_sent_a_decided_one_is(world: World) -> None:
    crm, unit = both_moved(world, on_blank="clear")
    move(world, crm, unit, None, "Head")
    decide(world, world.plan(), "salesforce")
    world.apply(world.plan())
    assert values(world, crm, unit) == (None, None)


def test_the_last_decision_counts(world: World) -> None:
    crm, unit = both_moved(world)
    first = world.plan()
    decide(world, first, "salesforce")
    decide(world, first, "pardot")
    world.apply(world.plan())
    assert values(world, crm, unit) == ("Head", "Head")


def test_a_decision_that_is_made_while_a_plan_is_applied_stays(world: World) -> None:
    crm, unit = both_moved(world)
    (decision,) = decide(world, world.plan(), "salesforce")
    move(world, crm, unit, "Boss", "Head")
    expired = world.plan()
    later = replace(decision, a_value="Boss", decided_at="later")
    world.ledger.save_decisions([later])
    world.apply(expired)
    assert world.ledger.decisions() == [later]


def test_a_refused_write_keeps_the_decision(world: World) -> None:
    crm, unit = both_moved(world)
    decisions = decide(world, world.plan(), "salesforce")
    world.unit.habits.refuses = lambda name, record, sent: "NO"
    world.apply(world.plan())
    assert world.ledger.decisions() == decisions
    assert values(world, crm, unit) == ("Chief", "Head")


def test_a_value_that_no_longer_differs_spends_the_decision(world: World) -> None:
    crm, unit = both_moved(world)
    decide(world, world.plan(), KEEP)
    move(world, crm, unit, "Head", "Head")
    world.settle()
    assert world.ledger.decisions() == []


def test_a_narrowed_plan_forgets_nothing_of_others(world: World) -> None:
    both_moved(world)
    decisions = decide(world, world.plan(), KEEP)
    other, _ = world.pair({"Title": "x"}, {"jobTitle": "x"})
    world.clock.tick(600)
    world.apply(world.plan(record=f"Contact/{other}"))
    assert world.ledger.decisions() == decisions


def test_decisions_are_a_part_of_the_state(world: World) -> None:
    both_moved(world)
    undecided = world.plan()
    decide(world, undecided, KEEP)
    one, two = world.plan(), world.plan()
    assert one.meta["digest"] == two.meta["digest"] != undecided.meta["digest"]
