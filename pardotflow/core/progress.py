"""How a long operation tells how far it is.

Display only: nothing may depend on it, and an operation given `NullProgress` does the same work.
"""

from typing import Protocol


class Progress(Protocol):
    """Who is told. A step is named by what it does, as a person reads it: `Reading Salesforce Contact`."""

    def start(self, step: str, total: int | None = None) -> None:
        """A step begins; `total` is how many units it has, None where nobody knows."""

    def advance(self, step: str, n: int = 1) -> None:
        """`n` more units are done; a step that was never started is started."""

    def finish(self, step: str, note: str = "") -> None:
        """The step is over; `note` is its result in a few words."""


class NullProgress:
    """Tells nobody."""

    def start(self, step: str, total: int | None = None) -> None:
        """Nothing."""

    def advance(self, step: str, n: int = 1) -> None:
        """Nothing."""

    def finish(self, step: str, note: str = "") -> None:
        """Nothing."""
