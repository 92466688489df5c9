"""How a vendor's job is waited for: when it is asked about, and how often that is until a job of some length is over.

The first question comes after a wait, since no job is done at once.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from pardotflow.connectors.waits import Waits

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Polling:
    """Times in seconds: each wait is twice the one before, up to the longest; after `patience` waiting is given up."""

    first_wait: float = 2.0
    longest_wait: float = 30.0
    patience: float = 6 * 3600.0

    def steps(self) -> Iterator[float]:
        """The waits, without an end."""
        wait = self.first_wait
        while True:
            yield wait
            wait = min(wait * 2, self.longest_wait)

    def polls_within(self, job_seconds: float) -> int:
        """How often a job is asked about that takes so long, the question included that finds it over."""
        polls, at = 0, 0.0
        for wait in self.steps():
            polls, at = polls + 1, at + wait
            if at >= job_seconds or wait <= 0:
                break
        return polls

    def wait_for(
        self,
        waits: Waits,
        ask: Callable[[], T],
        is_over: Callable[[T], bool],
        *,
        known: T | None = None,
    ) -> T:
        """The last answer: of a job that is over, or after the patience, or the end of all waits, of one that is not.
        `known` is an answer that has just come."""
        until = waits.clock.now() + timedelta(seconds=self.patience)
        steps = self.steps()
        if known is None:
            waits.wait(next(steps))
        state = ask() if known is None else known
        while not is_over(state) and waits.clock.now() < until and waits.wait(next(steps)):
            state = ask()
        return state
