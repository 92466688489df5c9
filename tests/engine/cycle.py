"""One turn of the wheel, checked on the way: plan, apply, wait."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import note

from tests.engine.harness import SavedPlan, World, new_world
from tests.engine.judge import check_plan, check_sent, describe_plan
from tests.engine.scenario import Records, Scenario, populate

APPLY_AFTER = 20
SETTLED_AFTER = 600


@contextmanager
def inhabited(scenario: Scenario) -> Iterator[tuple[World, Records]]:
    """A world in which the people of a scenario are known since a while."""
    with TemporaryDirectory() as folder, new_world(Path(folder) / "world") as world:
        records = populate(world, scenario)
        world.configure(scenario.sync)
        world.clock.tick(SETTLED_AFTER)
        yield world, records


def run_once(world: World, *, wait: float = SETTLED_AFTER) -> SavedPlan:
    """Plan, check, apply, check, and wait, by default until every read shows it. The reads are whole, because a record
    that nobody may see any more is missing from them, and from no other."""
    plan = world.plan(full=True)
    note("\n".join(describe_plan(plan)))
    check_plan(world, plan)
    before = len(world.log)
    world.clock.tick(APPLY_AFTER)
    check_sent(world, plan, world.apply(plan), before)
    world.clock.tick(wait)
    return plan


def assert_settled(world: World) -> SavedPlan:
    """Nothing is left to send; what is held may stand in the plan."""
    again = world.plan()
    assert not again.sendable, "\n".join(describe_plan(again))
    return again
