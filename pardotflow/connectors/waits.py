"""The waits of one connector, before another try and for its jobs: the user can cut them all short."""

from collections.abc import Callable
from threading import Event

from tenacity import (
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    stop_any,
    stop_when_event_set,
    wait_exponential_jitter,
)

from pardotflow.core.clock import Clock, SystemClock


class Waits:
    """Waits by a clock until `stop` is called; from then on nothing is waited for. For all threads."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._stopped = Event()

    @property
    def is_over(self) -> bool:
        """True where nothing is waited for any more."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """End every wait, and all that come."""
        self._stopped.set()

    def wait(self, seconds: float) -> bool:
        """Wait so many seconds; False where that was cut short."""
        if isinstance(self.clock, SystemClock):
            self._stopped.wait(seconds)
        elif not self.is_over:
            self.clock.sleep(seconds)
        return not self.is_over

    def tries(
        self,
        may_repeat: Callable[[BaseException], bool],
        *,
        tries: int,
        first_wait: float,
        longest_wait: float,
        jitter: float,
    ) -> Retrying:
        """A loop of so many tries, each a context; each wait between them is twice the one before, and up to `jitter`
        seconds longer. It ends with the error of the last one, at once where nothing is waited for any more."""

        def sleep(seconds: float) -> None:
            self.wait(seconds)

        return Retrying(
            retry=retry_if_exception(may_repeat),
            stop=stop_any(stop_after_attempt(tries), stop_when_event_set(self._stopped)),
            wait=wait_exponential_jitter(multiplier=first_wait, max=longest_wait, jitter=jitter),
            sleep=sleep,
            reraise=True,
        )
