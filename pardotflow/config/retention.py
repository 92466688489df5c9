"""`retention:` of `pardotflow.yml`: for how long journals, plans, snapshots and old copies are kept."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """For how many days what is kept; None is for ever. `least_plans` are kept however old they are."""

    journals: int | None = 365
    plans: int | None = 90
    snapshots: int | None = 30
    backups: int | None = 90
    least_plans: int = 10
