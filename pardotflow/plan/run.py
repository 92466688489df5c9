"""What one apply did, as a view shows it."""

from dataclasses import dataclass

from pardotflow.plan.model import Count, Group


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """What one apply did."""

    run_id: str
    plan_id: str
    status: str
    """`done`, `with_errors`, `with_remainder`, `interrupted`, `nothing_to_send`, or `stopped` where nothing is left and
    yet what was sent is not in its place."""
    sent: tuple[Count, ...]
    confirmed: int
    refused: int
    unknown: int
    not_started: int
    moved: int
    """Rows that moved since the plan was made; they are in the remainder."""
    before: int = 0
    """Changes that earlier runs of the plan carried out. What was refused there, or moved, counts as that here too."""
    continues: str = ""
    """The run that left the plan unfinished, empty where this is the first."""
    calls: tuple[tuple[str, int], ...]
    errors: tuple[Group, ...]
    remainder: tuple[Group, ...]
    seconds: float
