"""The user's own limit of API calls, shared by all threads of a run.

A call is taken before it is sent, so the limit is never passed; only a call that never left this machine is given back.
"""

import threading

from pardotflow.core.errors import BudgetSpent


class CallBudget:
    """Counts calls against `limit`; None means no limit."""

    def __init__(self, limit: int | None = None) -> None:
        self._limit = limit
        self._spent = 0
        self._lock = threading.Lock()

    @property
    def limit(self) -> int | None:
        """The allowance."""
        return self._limit

    @property
    def spent(self) -> int:
        """Calls taken so far."""
        return self._spent

    @property
    def left(self) -> int | None:
        """Calls that may still be taken; None where there is no limit."""
        return None if self._limit is None else max(0, self._limit - self._spent)

    def take(self, system: str) -> None:
        """Take one call, or raise BudgetSpent."""
        with self._lock:
            if self._limit is not None and self._spent >= self._limit:
                raise BudgetSpent(
                    f"the budget of {self._limit} API calls is used up",
                    system=system,
                    hint="raise the budget, or apply the remainder in a later run",
                )
            self._spent += 1

    def give_back(self) -> None:
        """Return a call that was never sent."""
        with self._lock:
            self._spent -= 1
