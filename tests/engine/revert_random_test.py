"""Whatever the configuration and the data: a run that nobody touched since goes back whole, and stays there."""

from typing import Any

from hypothesis import given, note, settings
from hypothesis import strategies as st

from tests.engine.cycle import APPLY_AFTER, SETTLED_AFTER, inhabited, run_once
from tests.engine.harness import SavedPlan, World
from tests.engine.judge import describe_plan
from tests.engine.revert_test import revert
from tests.engine.scenario import Scenario, disturb, scenarios

State = dict[tuple[str, str, str, str], Any]
"""By system, object, id and field; the field `deleted` stands for the recycle bin."""
FEWER = settings(max_examples=max(5, settings().max_examples // 2))


def state_of(world: World) -> State:
    """What every record holds, each value in one form: a blank, false and no value are one."""
    found: State = {}
    for vendor in (world.crm, world.unit):
        for name, records in vendor.objects.items():
            for record in records.values():
                place = (str(vendor.system), name, record.id)
                for field, value in record.last.values.items():
                    kept = str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
                    found[(*place, field)] = kept or None
                found[(*place, "deleted")] = record.last.deleted
    return found


def keys(plan: SavedPlan) -> set[tuple[str, str, str, str]]:
    return {(f["system"], f["object"], f["id"], f["field"]) for f in plan.sendable}


@FEWER
@given(scenarios(), st.booleans())
def test_a_run_that_nobody_touched_goes_back_whole_and_stays_there(scenario: Scenario, is_first: bool) -> None:
    with inhabited(scenario) as (world, records):
        if not is_first:
            run_once(world)
            disturb(world, scenario, records)
            world.clock.tick(SETTLED_AFTER)
        before = state_of(world)
        run_once(world)
        after = state_of(world)
        if after == before:
            assert revert(world).plan is None
            return
        plan = revert(world).saved
        note("reverts:\n" + "\n".join(describe_plan(plan)))
        assert not plan["conflicts"]
        kept = {(h["system"], h["object"], h["id"]) for h in plan["held"]}
        world.clock.tick(APPLY_AFTER)
        applied = world.apply(plan)
        assert applied.report.status in ("done", "nothing_to_send"), applied
        world.clock.tick(SETTLED_AFTER)
        now = state_of(world)
        for key, value in now.items():
            wanted = before.get(key, after[key]) if key[:3] not in kept else after[key]
            if key[3] == "deleted" and key not in before and key[:3] not in kept:
                wanted = True
            assert value == wanted, (key, before.get(key), after.get(key), value)
        again = world.plan(full=True)
        note("then:\n" + "\n".join(describe_plan(again)))
        told = {(u["system"], u["object"], u["id"], u["field"]) for u in plan["unsettled"]}
        assert keys(again) <= told, keys(again) - told
