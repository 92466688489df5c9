"""Calls counted by hour: what a day's budget sees of them, and that a command counts before it calls."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from pardotflow.config.connections import Budget, Sending
from pardotflow.connectors import CallBudget
from pardotflow.connectors.budget import BLOCK
from pardotflow.core.errors import BudgetSpent
from pardotflow.engine.budgets import Budgets, open_budgets
from pardotflow.store.calls import DayCount, add_calls, read_calls
from pardotflow.store.ledger import Ledger

AT = datetime(2026, 3, 2, 9, 59, tzinfo=UTC)
PARDOT = "pardot"


class Clock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.time = AT

    def now(self) -> datetime:
        """The time."""
        return self.time

    def sleep(self, seconds: float) -> None:
        """Move on."""
        self.time += timedelta(seconds=seconds)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.sqlite")


def opened(ledger: Ledger, clock: Clock, **budget: int) -> tuple[Budgets, CallBudget]:
    """The budgets of a command, and the one of Pardot."""
    budgets = open_budgets(Sending(budgets={PARDOT: Budget(**budget)}), ledger, clock)
    return budgets, budgets.by_system[PARDOT]


def take_all(budget: CallBudget) -> int:
    """How many calls it allows."""
    for number in range(1000):
        try:
            budget.take(PARDOT)
        except BudgetSpent:
            return number
    raise AssertionError("it has no limit")


def test_calls_of_one_hour_add_up_by_system(ledger: Ledger) -> None:
    for number in (3, 4):
        add_calls(ledger.database, AT, {PARDOT: number, "salesforce": 1, "warehouse": 0})
    assert read_calls(ledger.database, AT) == {PARDOT: 7, "salesforce": 2}


@pytest.mark.parametrize(("hours", "minutes", "seen"), [(24, 0, 5), (24, 59, 5), (25, 0, 0)])
def test_an_hour_counts_whole_until_it_is_a_day_over(hours: int, minutes: int, seen: int, ledger: Ledger) -> None:
    at = AT.replace(minute=0)
    add_calls(ledger.database, at, {PARDOT: 5})
    now = at + timedelta(hours=hours, minutes=minutes)
    assert ledger.calls_since(now - timedelta(hours=24)).get(PARDOT, 0) == seen


def test_the_hour_is_that_of_utc(ledger: Ledger) -> None:
    add_calls(ledger.database, datetime.fromisoformat("2026-03-02T23:30:00-05:00"), {PARDOT: 1})
    assert ledger.database.execute("select hour from calls").fetchall() == [("2026-03-03T04",)]


@pytest.mark.parametrize(
    ("run", "day", "earlier", "allowed"),
    [(5, None, 100, 5), (None, 50, 20, 30), (5, 50, 20, 5), (30, 50, 47, 3), (5, 50, 60, 0)],
)
def test_the_narrower_of_two_limits_holds(
    run: int | None, day: int | None, earlier: int, allowed: int, ledger: Ledger
) -> None:
    add_calls(ledger.database, AT - timedelta(hours=3), {PARDOT: earlier})
    budgets = open_budgets(Sending(budgets={PARDOT: Budget(run=run, day=day)}), ledger, Clock())
    assert take_all(budgets.by_system[PARDOT]) == allowed
    assert budgets.by_system["salesforce"].left is None


def test_one_command_after_the_other_never_passes_the_day(ledger: Ledger) -> None:
    clock, made = Clock(), []
    for wanted in (7, BLOCK + 3, 1, 200):
        budgets, budget = opened(ledger, clock, day=50)
        for _ in range(min(wanted, budget.left or 0)):
            budget.take(PARDOT)
        made.append(budget.spent)
        budgets.close()
        clock.sleep(1800)
        assert ledger.calls_since(clock.now() - timedelta(hours=24)) == {PARDOT: sum(made)}
    assert made == [7, BLOCK + 3, 1, 50 - 8 - BLOCK - 3]


def test_calls_are_counted_before_they_are_made_and_once(ledger: Ledger) -> None:
    """A command that is killed never closes its budgets."""
    _, budget = opened(ledger, Clock(), day=1000)
    for taken in range(1, 2 * BLOCK + 2):
        budget.take(PARDOT)
        counted = ledger.calls_since(AT)[PARDOT]
        assert taken <= counted < taken + BLOCK


def test_what_was_not_made_is_given_back_to_the_hour_in_which_it_was_counted(ledger: Ledger) -> None:
    clock = Clock()
    budgets, budget = opened(ledger, clock, day=1000)
    budget.take(PARDOT)
    budget.take(PARDOT)
    budget.give_back()
    clock.sleep(3600)
    budgets.close()
    assert ledger.database.execute("select hour, calls from calls").fetchall() == [("2026-03-02T09", 1)]


def test_threads_may_count(ledger: Ledger) -> None:
    count = DayCount(ledger.database.another, lambda: AT, PARDOT)
    threads = [Thread(target=count.reserve, args=(2,)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ledger.calls_since(AT) == {PARDOT: 10}


def test_the_error_names_the_limit_that_was_met(ledger: Ledger) -> None:
    add_calls(ledger.database, AT, {PARDOT: 1200})
    for limits, words in (
        ({"day": 1200}, "the budget of 1,200 API calls in 24 hours (1,200 by earlier commands) is used up"),
        ({"run": 1, "day": 5000}, "the budget of 1 API calls for one command is used up"),
    ):
        _, budget = opened(ledger, Clock(), **limits)
        for _ in range(budget.left or 0):
            budget.take(PARDOT)
        with pytest.raises(BudgetSpent, match=words.replace("(", r"\(").replace(")", r"\)")):
            budget.take(PARDOT)
