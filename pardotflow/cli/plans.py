"""From what a person types to a plan file, and from a plan file to the run that applied it."""

from dataclasses import replace
from pathlib import Path

from pardotflow.cli.state_home import read_ledger
from pardotflow.cli.workspace import Choice, load
from pardotflow.config.load import find_root
from pardotflow.core.errors import InvalidProject, UsageError
from pardotflow.store.ledger import Ledger


def find_plan(ledger: Ledger | None, name: str) -> Path:
    """A path that exists, else the saved plan whose id begins so. Raises UsageError for none or several."""
    path = Path(name)
    if path.is_file():
        return path.resolve()
    found = ledger.find_plan(name) if ledger else []
    if not found:
        raise UsageError(f"there is no plan {name!r}", hint="Run: pardotflow plan")
    if len(found) > 1:
        ids = ", ".join(plan_id for plan_id, _ in found[:5])
        raise UsageError(f"{name!r} begins the id of {len(found)} plans: {ids}")
    return found[0][1]


def newest_plan(ledger: Ledger | None) -> Path:
    """The newest plan that was not narrowed and is still there. Raises UsageError where there is none."""
    from pardotflow.plan.file import open_plan, read_meta

    for _, path in ledger.newest_plans() if ledger else ():
        if path.is_file():
            with open_plan(path) as con:
                if not read_meta(con)["selection"]:
                    return path
    raise UsageError("there is no plan yet", hint="Run: pardotflow plan")


def run_of_plan(choice: Choice, plan: Path) -> str:
    """Which run applied a plan, and when; empty where none did, or where the plan's project is not at hand."""
    if find_root(choice.folder) is None:
        return ""
    from pardotflow.plan.file import open_plan, read_meta

    with open_plan(plan) as con:
        meta = read_meta(con)
    try:
        project, _ = load(replace(choice, environment=meta["environment"]))
    except InvalidProject:
        return ""
    with read_ledger(project) as ledger:
        found = ledger.find_run(meta["id"]) if ledger else None
    return f"run {found[0]}, {found[1]:%Y-%m-%d %H:%M} UTC" if found else ""
