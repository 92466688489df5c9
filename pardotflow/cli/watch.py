"""The progress of a command on stderr, which can be paused while something is printed or asked."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING

from pardotflow.cli.console import ERR
from pardotflow.core.progress import NullProgress, Progress

if TYPE_CHECKING:
    from pardotflow.views.progress import ProgressView


class Watch:
    """A `Progress` for the length of a `with` block; quiet ones show nothing."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._view: ProgressView | None = None
        self._target: Progress = NullProgress()

    def __enter__(self) -> Watch:
        self.resume()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.pause()

    def resume(self) -> None:
        """Show steps from now on."""
        if not self._quiet and self._view is None:
            from pardotflow.views.progress import ProgressView

            self._view = ProgressView(ERR).__enter__()
            self._target = self._view

    def pause(self) -> None:
        """End the moving display; steps are not shown until `resume`."""
        if self._view is not None:
            self._view.__exit__(None, None, None)
        self._view, self._target = None, NullProgress()

    def start(self, step: str, total: int | None = None) -> None:
        """A step begins."""
        self._target.start(step, total)

    def advance(self, step: str, n: int = 1) -> None:
        """`n` more units are done."""
        self._target.advance(step, n)

    def finish(self, step: str, note: str = "") -> None:
        """The step is over."""
        self._target.finish(step, note)
