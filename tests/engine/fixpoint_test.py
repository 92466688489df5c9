"""Law 1: after an apply, with nothing changed outside, the next plan has nothing to send."""

import tempfile
from pathlib import Path

from hypothesis import given, note

from tests.engine.harness import SavedPlan, World, new_world
from tests.engine.judge import check_plan, check_sent, describe_plan
from tests.engine.scenario import Scenario, disturb, populate, scenarios


def run_once(world: World) -> SavedPlan:
    """Plan, check, apply, check, and wait until every read shows it."""
    plan = world.plan()
    note("\n".join(describe_plan(plan)))
    check_plan(world, plan)
    before = len(world.log)
    world.clock.tick(20)
    check_sent(world, plan, world.apply(plan), before)
    world.clock.tick(600)
    return plan


def assert_settled(world: World) -> None:
    """Nothing is left to send."""
    again = world.plan()
    assert not again.sendable, "\n".join(describe_plan(again))


@given(scenarios())
def test_one_apply_settles_everything(scenario: Scenario) -> None:
    with tempfile.TemporaryDirectory() as folder, new_world(Path(folder) / "world") as world:
        records = populate(world, scenario)
        world.configure(scenario.sync)
        world.clock.tick(600)
        run_once(world)
        assert_settled(world)
        disturb(world, scenario, records)
        world.clock.tick(600)
        run_once(world)
        assert_settled(world)
