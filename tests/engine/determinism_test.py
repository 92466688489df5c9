"""Law 8: the same configuration, state and data give the same plan, byte for byte, however the rows come."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from pardotflow.plan.public import plan_json
from tests.engine.cycle import SETTLED_AFTER, inhabited
from tests.engine.harness import SavedPlan, World
from tests.engine.scenario import Records, Scenario, disturb, scenarios

FEWER = settings(max_examples=max(5, settings().max_examples // 5))


def text_of(plan: SavedPlan) -> str:
    """The public JSON without its meta data."""
    text = "".join(plan_json(plan.path))
    assert json.loads(text)["digest"] == plan.meta["digest"]
    return text[: text.index('"meta": {')]


def decisions_of(plan: SavedPlan) -> str:
    """The public JSON also without the coverage, which says how much a plan had to read."""
    text = text_of(plan)
    return text[: text.index('"coverage": [')] + text[text.index('"notes": [') :]


def two_plans(world: World, scenario: Scenario, records: Records) -> list[SavedPlan]:
    """A first plan, and a second one after an apply and what people did then."""
    first = world.plan()
    world.clock.tick(20)
    world.apply(first)
    disturb(world, scenario, records)
    world.clock.tick(SETTLED_AFTER)
    return [first, world.plan()]


@FEWER
@given(scenarios(), st.integers(1, 5), st.integers(0, 9))
def test_rows_in_another_order_and_other_pages_give_the_same_bytes(scenario: Scenario, size: int, seed: int) -> None:
    with inhabited(scenario) as (one, people_of_one), inhabited(scenario) as (two, people_of_two):
        for connector in two.fakes.values():
            connector.paging.size, connector.paging.seed = size, seed
        expected, found = two_plans(one, scenario, people_of_one), two_plans(two, scenario, people_of_two)
        for a, b in zip(expected, found, strict=True):
            assert text_of(a) == text_of(b)
            assert a.meta["digest"] == b.meta["digest"]


@FEWER
@given(scenarios())
def test_planning_again_at_the_same_moment_gives_the_same_plan(scenario: Scenario) -> None:
    """Also where the first one reads everything and the second one finds all of it in the snapshots."""
    with inhabited(scenario) as (world, _):
        one = world.plan()
        expected = decisions_of(one)
        two = world.plan()
        assert one.meta["digest"] == two.meta["digest"]
        assert one.meta["id"] == two.meta["id"]
        assert expected == decisions_of(two)
