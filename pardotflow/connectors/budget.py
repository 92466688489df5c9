"""The user's own limit of API calls, shared by all threads of a run.

A call is taken before it is sent, so the limit is never passed; only a call that never left this machine is given back.
"""

import threading
from collections.abc import Callable

from pardotflow.core.errors import BudgetSpent

BLOCK = 20
"""So many calls are reserved at once: a process that is killed leaves no more than these counted and not made."""


class CallBudget:
    """Counts calls against `limit`; None means no limit. `words` name the limit in the error.

    Where others count by the same limit, `reserve` is told of calls before they are made, from whatever thread makes
    them: a number for a block of them.
    """

    def __init__(
        self, limit: int | None = None, *, words: str = "", reserve: Callable[[int], None] | None = None
    ) -> None:
        self._limit = limit
        self._words = words or f"the budget of {limit} API calls"
        self._reserve = reserve
        self._reserved = 0
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

    @property
    def unused(self) -> int:
        """Calls that were reserved and not taken."""
        return max(0, self._reserved - self._spent)

    def take(self, system: str) -> None:
        """Take one call, or raise BudgetSpent."""
        with self._lock:
            if self._limit is not None and self._spent >= self._limit:
                raise BudgetSpent(
                    f"{self._words} is used up",
                    system=system,
                    hint="Raise the budget, or go on when it is renewed: pardotflow apply",
                )
            if self._reserve is not None and self._spent >= self._reserved:
                number = BLOCK if self._limit is None else min(BLOCK, self._limit - self._spent)
                self._reserve(number)
                self._reserved += number
            self._spent += 1

    def give_back(self) -> None:
        """Return a call that was never sent."""
        with self._lock:
            self._spent -= 1
