"""One business over its cycles: people work, a plan is judged and applied, and then nothing may be left to send."""

import traceback
from collections import Counter
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import duckdb
import pytest

from pardotflow.core.errors import PardotflowError
from tests.cycles.draws import draw_business
from tests.cycles.happened import happened
from tests.cycles.judge import check_people, check_plan, check_sent, describe, payloads, restless
from tests.cycles.life import disturb, permit
from tests.cycles.memory import Memory, Unlinked
from tests.cycles.state import Key, State
from tests.cycles.world import World, opened
from tests.engine.harness import SavedPlan

SIZE = 130
"""People; with what only one side knows and those who are there twice these are over two hundred records."""
CYCLES = 5
SETTLED = 600
ROUNDS = 4
MOST_SAID = 5_000
"""Lines of what happened that a failed test shows."""
Refused = set[tuple[Key, frozenset[tuple[str, str | None]]]]
"""What was sent to a record that refused it."""


class Turns:
    """The cycles of one business."""

    def __init__(self, world: World, rng: Random) -> None:
        self.world, self.rng = world, rng
        self.memory = Memory()
        self.unlinked = Unlinked()
        self.said: list[str] = []
        self.happened: Counter[str] = Counter()
        self.refused: dict[Key, set[str]] = {}
        """Fields that were sent to a record that refused them."""
        self.is_free = False
        """Something was refused, moved, or done by people since the plan: nothing foretells what the next one sends."""

    def run(self, cycles: int) -> None:
        """All of them."""
        state = self.world.state()
        assert len(state.records) >= 200
        for number in range(cycles):
            self.said.append(f"cycle {number + 1}")
            if number:
                self.said.append(permit(self.world, self.rng, 0.3))
                self.said += self._disturb(0.25)
            self.world.tick(SETTLED)
            self._turn()

    def _disturb(self, share: float) -> list[str]:
        """Let people work, and count what came of it."""
        before = self.world.state()
        said = disturb(self.world, self.rng, share)
        self.happened += happened(before, self.world.state())
        return said

    def _turn(self) -> None:
        plan = self._plan(full=True)
        state = self.world.state()
        keys = self.world.business.keys
        self.memory.unlearn_pairs(state, keys)
        self._check(state, plan)
        self.memory.learn_pairs(state, keys)
        applied = state
        self.is_free = self.rng.random() < 0.4
        if self.is_free:
            # What is forbidden only now is refused.
            self.said += ["while the plan waits:", permit(self.world, self.rng, 0.6), *self._disturb(0.1)]
            applied = self.world.state()
            # An edit that a lagging cache does not show yet is in the window that is left.
            self.world.tick(float(self.world.business.switches["cache_lag"]) + 1)
        self.memory.confirm_pairs(state, applied)
        self.memory.unlearn_pairs(applied, keys)
        refused: Refused = set()
        for _ in range(ROUNDS):
            refused |= self._apply(plan)
            again = self._plan(full=self.is_free)
            sent = set(payloads(again).items())
            assert not sent & refused, f"law 1: refused and sent again: {sorted(sent & refused, key=repr)}"
            if not self.is_free:
                foretold = {(r["object"], r["id"], r["field"]) for r in plan["unsettled"]}
                now = {(f["object"], f["id"], f["field"]) for f in again.sendable}
                assert now == foretold, f"law 1 and 2: foretold {plan['unsettled']}, left:\n" + "\n".join(
                    describe(again)
                )
            if not again.sendable:
                break
            plan, self.is_free = again, False
            self._check(self.world.state(), plan)
        assert not again.sendable, "law 1: no end:\n" + "\n".join(describe(again))
        self._rest(again)

    def _check(self, state: State, plan: SavedPlan) -> None:
        """Judge a plan by the state that it was made of."""
        if "pick" not in self.world.business.sync:
            self.unlinked.see(state, self.world.business.keys[0])
        check_plan(self.world, self.memory, state, plan, self.unlinked.doubtful)

    def _plan(self, *, full: bool = False) -> SavedPlan:
        """A plan; making it writes nothing."""
        self.world.forget_requests()
        plan = self.world.plan(full=full)
        assert not [r["path"] for r in self.world.requests() if r["writes"]], "law 3: a plan has written"
        self.said += [f"plan {plan.meta['id']}:", *describe(plan)]
        return plan

    def _apply(self, plan: SavedPlan) -> Refused:
        """Apply and wait; returns what was refused."""
        self.world.tick(20)
        self.world.forget_requests()
        applied = self.world.apply(plan)
        assert applied.stopped is None and not applied.report.unknown, applied
        check_sent(self.world, self.memory, plan, applied)
        # What the run has made is linked from the beginning.
        self.unlinked.known |= self.world.state().records.keys()
        self.said.append(
            f"applied: {applied.report.status} {applied.report.refused} refused {applied.report.moved} moved"
        )
        self.happened["refused"] += applied.report.refused
        self.is_free = self.is_free or bool(applied.report.refused or applied.report.moved)
        # What moved was not refused, although an older error may stand there.
        run_id = applied.report.run_id
        errors = {(e.object, e.record) for e in self.world.ledger.sync_errors() if e.run_id == run_id}
        if self.rng.random() < 0.5:
            # The next plan sees what a lagging cache shows.
            self.world.tick(self.rng.choice((1, 30)))
            soon = self._plan()
            if not self.is_free and not plan["unsettled"]:
                assert not soon.sendable, "law 1: soon after:\n" + "\n".join(describe(soon))
        self.world.tick(SETTLED)
        refused = {(k, p) for k, p in payloads(plan).items() if k in errors}
        for key, payload in refused:
            self.refused.setdefault(key, set()).update(name for name, _ in payload)
        return refused

    def _rest(self, plan: SavedPlan) -> None:
        state = self.world.state()
        check_people(self.memory, state)
        names = [(m.a.label, m.b.label) for s in self.world.project.syncs for m in s.fields if m.a and m.b]
        others = self.memory.others(state, self.world.business.keys)
        self.memory.rest(state, restless(plan, others, names, self.refused))


def run_business(seed: int, cycles: int = CYCLES, size: int = SIZE) -> tuple[str, Counter[str]]:
    """Everything about one number; returns what went wrong, or nothing, and what happened."""
    business = draw_business(seed, size)
    with TemporaryDirectory() as folder, opened(Path(folder).resolve() / "project", business) as world:
        turns = Turns(world, Random(f"{seed} life"))
        try:
            turns.run(cycles)
        except (AssertionError, PardotflowError, duckdb.Error, KeyError):
            head = f"seed {seed}: {dict(business.switches)}\n{business.sync}"
            return "\n".join([head, *turns.said[-MOST_SAID:], traceback.format_exc()]), turns.happened
    return "", turns.happened


def assert_laws(seed: int) -> Counter[str]:
    """Fail with everything that happened, after one line that says how to see it again; returns how much happened."""
    wrong, lived = run_business(seed)
    if wrong:
        replay = f"PARDOTFLOW_CYCLES={CYCLES} PARDOTFLOW_CYCLES_START={seed} pytest -n 0 tests/cycles"
        pytest.fail(f"replay: {replay}\n{wrong}", pytrace=False)
    return lived
