"""Where records go, merge and come back: what we archived returns with its record, and everything settles."""

from hypothesis import given, settings
from hypothesis import strategies as st

from pardotflow.core.values import System
from tests.engine.cycle import SETTLED_AFTER, assert_settled, inhabited, run_once
from tests.engine.harness import World
from tests.engine.scenario import Records, Scenario, disturb, scenarios

FEWER = settings(max_examples=max(5, settings().max_examples // 4))
ROUNDS = 2


@FEWER
@given(scenarios(), st.sampled_from(("archive", "unlink", "keep")), st.lists(st.sampled_from((0, 1, 2)), min_size=24))
def test_what_goes_and_comes_back_settles(scenario: Scenario, rule: str, turns: list[int]) -> None:
    """Each round turns some records of Salesforce, into the recycle bin or out of it, beside what people do anyway."""
    scenario.sync["deletes"].update({"salesforce": rule, "pardot": rule})
    with inhabited(scenario) as (world, records):
        run_once(world)
        for number in range(ROUNDS):
            disturb(world, scenario, records)
            turn_some(world, records, turns[number::ROUNDS])
            world.clock.tick(SETTLED_AFTER)
            run_once(world)
            assert_settled(world)


def turn_some(world: World, records: Records, turns: list[int]) -> None:
    """One of three people, as the numbers say: who is there is deleted, and who is deleted comes back."""
    for person, turn in zip(records, turns, strict=False):
        if turn == 0 and System.SALESFORCE in person:
            name, id = person[System.SALESFORCE]
            is_gone = world.crm.objects[name][id].last.deleted
            (world.crm.undelete if is_gone else world.crm.delete)(name, id)
