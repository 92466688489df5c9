"""The exit codes of every command."""

from enum import IntEnum


class Exit(IntEnum):
    """What the shell sees."""

    FINE = 0
    ERROR = 1
    CHANGES = 2
    """`plan --detailed-exitcode` only: there is something to send."""
    BLOCKED = 3
    """A guard, a foreign or a spent plan."""
    PARTLY = 4
    """Applied, with sync errors or a remainder."""
    INTERRUPTED = 130
