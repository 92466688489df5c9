"""Where a part of the configuration stands.

The place takes part in no decision: it is for messages, and for what a plan shows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pardotflow.core.span import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A part of the configuration: where it stands, and where the values of its own keys stand. Display only."""

    span: Span
    spans: Mapping[str, Span] = field(default_factory=dict)

    def at(self, key: str) -> Span:
        """Where the value of a key stands, or the whole part where the key was not written."""
        return self.spans.get(key, self.span)
