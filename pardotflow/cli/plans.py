"""From what a person types to a plan file."""

from pathlib import Path

from pardotflow.core.errors import UsageError
from pardotflow.store.ledger import Ledger


def find_plan(ledger: Ledger, name: str) -> Path:
    """A path that exists, else the saved plan whose id begins so. Raises UsageError for none or several."""
    path = Path(name)
    if path.is_file():
        return path.resolve()
    found = ledger.find_plan(name)
    if not found:
        raise UsageError(f"there is no plan {name!r}", hint="Run: pardotflow plan")
    if len(found) > 1:
        ids = ", ".join(plan_id for plan_id, _ in found[:5])
        raise UsageError(f"{name!r} begins the id of {len(found)} plans: {ids}")
    return found[0][1]
