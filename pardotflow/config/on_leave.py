"""What happens to a linked record that leaves the selection of its side.

Its link never ends by itself: only where a side says so, and a match key would find the pair again.
"""

from enum import StrEnum


class OnLeave(StrEnum):
    """What happens to the link, or to the counterpart, of a record that leaves the selection."""

    KEEP = "keep"
    UNLINK = "unlink"
    ARCHIVE = "archive"
    """The counterpart goes to the recycle bin of its system until the record comes back."""
