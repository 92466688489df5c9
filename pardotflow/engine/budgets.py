"""How many calls a command may make of each system, and counting those that it makes.

What is left of the last 24 hours' budget, and no more than that of one run. Calls are counted before they are made, so
that no command, killed or not, lets the next one pass a budget of the day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from pardotflow.config.connections import Budget, Sending
from pardotflow.connectors import CallBudget
from pardotflow.core.clock import Clock
from pardotflow.core.values import System
from pardotflow.store.calls import DayCount
from pardotflow.store.ledger import Ledger

DAY = timedelta(hours=24)
SYSTEMS = (System.SALESFORCE, System.PARDOT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgets:
    """The budgets of one command, by system."""

    by_system: Mapping[str, CallBudget]
    _counts: Mapping[str, DayCount]

    def close(self) -> None:
        """Take back what was counted and not made. A command that is killed leaves it counted."""
        for system, count in self._counts.items():
            count.give_back(self.by_system[system].unused)


def open_budgets(sending: Sending, ledger: Ledger, clock: Clock) -> Budgets:
    """What a command may spend from now on."""
    spent = ledger.calls_since(clock.now() - DAY)
    counts = {str(system): DayCount(ledger.database.another, clock.now, system) for system in SYSTEMS}
    budgets = {
        system: _budget(sending.budgets.get(system, Budget()), spent.get(system, 0), count)
        for system, count in counts.items()
    }
    return Budgets(by_system=budgets, _counts=counts)


def _budget(budget: Budget, spent: int, count: DayCount) -> CallBudget:
    """The narrower of the two limits."""
    limits = list[tuple[int, str]]()
    if budget.day is not None:
        words = f"the budget of {budget.day:,} API calls in 24 hours ({spent:,} by earlier commands)"
        limits.append((max(0, budget.day - spent), words))
    if budget.run is not None:
        limits.append((budget.run, f"the budget of {budget.run:,} API calls for one command"))
    limit, words = min(limits, default=(None, ""))
    return CallBudget(limit, words=words, reserve=count.reserve)
