"""A text that must never be shown.

`str()`, `repr()` and formatting give a mask; only `reveal()` gives the text, and only connectors call it.
"""

from dataclasses import dataclass, field

MASK = "••••"


@dataclass(frozen=True, slots=True)
class Secret:
    """A password, token or key. Equality compares the hidden text."""

    _text: str = field(repr=False)

    def reveal(self) -> str:
        """The clear text, for the request that needs it."""
        return self._text

    def __str__(self) -> str:
        return MASK

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __format__(self, spec: str) -> str:
        return MASK
