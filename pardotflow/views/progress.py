"""How far a long step is, on the error stream.

On a terminal the running steps have a calm bar each, with count and estimate, and leave a line only if they took a
while; elsewhere nothing moves and every finished step is one line.
"""

import time
from collections.abc import Callable
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID
from rich.text import Text

from pardotflow.views.layout import clipped, join, words
from pardotflow.views.words import duration, number

_WORTH_A_LINE = 1.0
"""Seconds from which on a finished step stays on a terminal."""
_STEP_CELLS = 34


class _Count(ProgressColumn):
    """`1,200 of 3,400`, or the count alone where nobody knows the total."""

    def render(self, task: Task) -> Text:
        done = number(int(task.completed))
        return words(done if task.total is None else f"{done} of {number(int(task.total))}")


class _Estimate(ProgressColumn):
    """The time that is left, as far as the speed so far tells."""

    max_refresh = 1.0

    def render(self, task: Task) -> Text:
        seconds = task.time_remaining
        return words(f"about {duration(max(round(seconds), 1))} left" if seconds else "", "dim")


class _Name(ProgressColumn):
    def render(self, task: Task) -> Text:
        return clipped(words(task.description), _STEP_CELLS)


class ProgressView:
    """The steps of one command; use as a context manager, which ends the moving display in any case.

    `console` is one on the error stream; `clock` gives seconds that only grow.
    """

    def __init__(self, console: Console, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._clock = clock
        self._moves = console.is_terminal and not console.is_dumb_terminal
        self._bars = Progress(
            _Name(),
            BarColumn(bar_width=16),
            _Count(),
            _Estimate(),
            console=console,
            transient=True,
            refresh_per_second=4,
            get_time=clock,
        )
        self._begun: dict[str, tuple[TaskID, float]] = {}

    def __enter__(self) -> "ProgressView":
        if self._moves:
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._moves:
            self._bars.stop()

    def start(self, step: str, total: int | None = None) -> None:
        """Show a step; `total` is how many units it has, None where nobody knows. Starting again begins anew."""
        if step in self._begun:
            self._bars.remove_task(self._begun[step][0])
        self._begun[step] = (self._bars.add_task(step, total=total), self._clock())

    def advance(self, step: str, n: int = 1) -> None:
        """`n` more units are done."""
        if step not in self._begun:
            self.start(step)
        self._bars.advance(self._begun[step][0], n)

    def finish(self, step: str, note: str = "") -> None:
        """End a step; a step that was never started is told all the same."""
        if step not in self._begun:
            self.start(step)
        task, begun = self._begun.pop(step)
        done = next(int(t.completed) for t in self._bars.tasks if t.id == task)
        self._bars.remove_task(task)
        seconds = self._clock() - begun
        if not self._moves or seconds >= _WORTH_A_LINE:
            self._console.print(self._line(step, note or (number(done) if done else ""), seconds))

    def _line(self, step: str, note: str, seconds: float) -> Text:
        took = words(duration(seconds), "dim") if seconds >= _WORTH_A_LINE else words("")
        line = join(join(words("✓ ", "green"), words(step)), words(note), took, gap=2)
        return clipped(line, self._console.width)
