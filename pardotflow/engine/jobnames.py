"""The names of jobs on their way from the threads that start them to the one that writes the journal.

A job is started once its name is written down: whoever comes after a crash can ask for every job that may have done
anything.
"""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock


class NameNotWritten(Exception):
    """The name of a job was not written down, so that it must not be started."""


class JobNames:
    """Names that wait to be written down. `bell` is done as soon as one does, for `concurrent.futures.wait`."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: list[tuple[int, str, Future[None]]] = []
        self._is_over = False
        self.bell: Future[None] = Future()

    def say(self, number: int, name: str) -> None:
        """In the thread of a request, by its number: wait until the name is written down. Raises NameNotWritten."""
        written: Future[None] = Future()
        with self._lock:
            if self._is_over:
                raise NameNotWritten
            self._waiting.append((number, name, written))
            if not self.bell.done():
                self.bell.set_result(None)
        written.result()

    def write(self, write_down: Callable[[int, str], None]) -> None:
        """In the thread of the journal: write down what waits. Raises what `write_down` raises, after `give_up`."""
        with self._lock:
            waiting, self._waiting, self.bell = self._waiting, [], Future()
        try:
            while waiting:
                number, name, written = waiting[0]
                write_down(number, name)
                waiting.pop(0)
                written.set_result(None)
        finally:
            if waiting:
                self._waiting += waiting
                self.give_up()

    def give_up(self) -> None:
        """No name is written down any more: who waits for it, or comes with one, is told so."""
        with self._lock:
            self._is_over = True
            waiting, self._waiting = self._waiting, []
        for _, _, written in waiting:
            written.set_exception(NameNotWritten())
