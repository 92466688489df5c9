"""Law 1: after an apply, with nothing changed outside, the next plan has nothing to send."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from zlib import crc32

from hypothesis import given, note, settings
from hypothesis import strategies as st

from tests.engine.cycle import SETTLED_AFTER, assert_settled, inhabited, run_once
from tests.engine.harness import SavedPlan
from tests.engine.judge import describe_plan
from tests.engine.scenario import Scenario, disturb, scenarios

Payload = tuple[str, str, str, frozenset[tuple[str, str | None]]]
ROUNDS = 4
"""A refused record can change what is decided for its counterpart, so some changes differ in the next plan."""
FEWER = settings(max_examples=max(5, settings().max_examples // 4))


@given(scenarios(), st.sampled_from((0, 1)))
def test_one_apply_settles_everything(scenario: Scenario, late: int) -> None:
    """Whatever the configuration, and also where the stamps of our writes are a second late."""
    with inhabited(scenario) as (world, records):
        world.crm.habits.late = world.unit.habits.late = timedelta(seconds=late)
        run_once(world)
        assert_settled(world)
        disturb(world, scenario, records)
        world.clock.tick(SETTLED_AFTER)
        run_once(world)
        assert_settled(world)


@FEWER
@given(scenarios(), st.integers(2, 4))
def test_a_refusal_is_held_until_the_change_is_another(scenario: Scenario, part: int) -> None:
    """A part of all records refuses every write: no change is sent twice to a record that refused it."""

    def refuses(object_name: str, record: str, values: Mapping[str, Any]) -> str:
        subject = record or str(values.get("salesforceId") or sorted(values.items()))
        wrong = "57" if object_name == "prospect" else "FIELD_CUSTOM_VALIDATION_EXCEPTION"
        return wrong if crc32(f"{object_name} {subject}".encode()) % part == 0 else ""

    with inhabited(scenario) as (world, records):
        world.crm.habits.refuses = world.unit.habits.refuses = refuses
        refused: set[Payload] = set()
        for _ in range(2):
            plan = world.plan(full=True)
            for _ in range(ROUNDS):
                note("\n".join(describe_plan(plan)))
                world.clock.tick(20)
                applied = world.apply(plan)
                assert applied.report.unknown == applied.report.moved == 0
                assert applied.stopped is None
                kept = {error.about[:3] for error in world.ledger.sync_errors()}
                refused |= {p for p in payloads(plan) if p[:3] in kept}
                world.clock.tick(SETTLED_AFTER)
                again = world.plan()
                assert not payloads(again) & refused, "\n".join(describe_plan(again))
                if applied.report.refused and not again.sendable:
                    assert any(h["kind"] == "refused" for h in again["held"])
                if not again.sendable:
                    break
                plan = again
            assert_settled(world)
            disturb(world, scenario, records)
            world.clock.tick(SETTLED_AFTER)


def payloads(plan: SavedPlan) -> set[Payload]:
    """What a plan sends to each record."""
    found: dict[tuple[str, str, str], set[tuple[str, str | None]]] = {}
    for f in plan.sendable:
        found.setdefault((f["system"], f["object"], f["id"]), set()).add((f["field"], f["after"] or f["after_ref"]))
    return {(*record, frozenset(values)) for record, values in found.items()}


@FEWER
@given(scenarios(), st.integers(0, 55))
def test_a_lagging_cache_makes_nothing_come_back(scenario: Scenario, wait: int) -> None:
    """Reads of Account Engagement show the state of a minute ago: our write is neither undone nor repeated."""
    with inhabited(scenario) as (world, records):
        world.unit.habits.lag = timedelta(seconds=60)
        for _ in range(2):
            run_once(world, wait=wait)
            assert_settled(world)
            world.clock.tick(SETTLED_AFTER)
            assert_settled(world)
            disturb(world, scenario, records)
            world.clock.tick(SETTLED_AFTER)
