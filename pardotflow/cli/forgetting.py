"""`state forget`: remove a person from everything that is remembered, and say what stays where we cannot reach."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from pardotflow.cli.console import say, write
from pardotflow.cli.exits import Exit
from pardotflow.cli.remembered import record_of, say_dry
from pardotflow.cli.state_home import Home, open_home
from pardotflow.cli.workspace import Choice, load, named_damage
from pardotflow.core.errors import StateError, UsageError
from pardotflow.plan.instance import in_memory
from pardotflow.store import forget as store
from pardotflow.store.layout import Layout
from pardotflow.store.memory import attach_memory, attach_snapshots
from pardotflow.store.premigration import list_backups

if TYPE_CHECKING:
    from pardotflow.store.ledger import Ledger


def forget(choice: Choice, record: str, *, yes: bool, wait: float) -> Exit:
    """Remove the record and everything linked to it; without `yes` say only who that is."""
    project, _ = load(choice)
    address = record_of(record)
    layout = Layout(root=project.state)
    with named_damage(layout), open_home(project, "state forget", wait=wait, within=True) as home:
        if not layout.memory.exists():
            raise UsageError("nothing is remembered in this environment")
        with in_memory() as con:
            attach_memory(con, layout.memory, read_only=True)
            records = store.find_person(con, (address.object, address.id))
        write("".join(f"{item}/{key}\n" for item, key in records))
        if not yes:
            say("This is one person to what is remembered. Everything about them would be removed.")
            say_dry()
            return Exit.FINE
        ledger = home.open_ledger()
        try:
            _check(ledger, records)
            _forget(home, ledger, records)
        finally:
            ledger.close()
    _tell_rest(layout)
    return Exit.FINE


def _check(ledger: Ledger, records: list[store.Record]) -> None:
    """Raises StateError while it is not known what became of a request about the person."""
    if ledger.unfinished_runs() or store.open_requests_of(ledger.database, records):
        raise StateError(
            "a request about this person may have taken effect, and its outcome is not known yet",
            hint="Run: pardotflow plan. Once it is known, or a minute later, forget the person.",
        )


def _forget(home: Home, ledger: Ledger, records: list[store.Record]) -> None:
    layout = home.layout
    plans = [(plan_id, path, bool(spent)) for plan_id, path, spent in ledger.plans()]
    known = {path.resolve() for _, path, _ in plans}
    plans += [(p.stem, p, False) for p in sorted(layout.plans.glob("*.plan")) if p.resolve() not in known]
    for fate in store.forget_in_plans(plans, records):
        done = "removed: it was not applied" if fate.is_removed else "its rows about the person were removed"
        write(f"plan {fate.plan_id}: {done}\n")
        if fate.is_removed:
            ledger.drop_plan(fate.plan_id)
        elif home.remote is not None:
            home.remote.drop_plan(fate.plan_id)
            home.remote.keep_plan(fate.plan_id, fate.path)
    removed = store.forget_in_ledger(ledger.database, records)
    ledger.compact()
    with in_memory() as con:
        store.load_person(con, records)
        if layout.snapshots.exists():
            attach_snapshots(con, layout.snapshots)
            removed += store.forget_in_snapshots(con)
            con.execute("detach snap")
    with in_memory() as con:
        store.load_person(con, records)
        attach_memory(con, layout.memory, read_only=False)
        removed += store.forget_in_memory(con)
    for path in (layout.memory, layout.snapshots):
        if path.exists():
            store.rewrite(path)
    if home.remote is not None:
        with in_memory() as con:
            attach_memory(con, layout.memory, read_only=False)
            home.remote.publish(con)
    for folder in (layout.landing, layout.renamed.parent, layout.scratch):
        shutil.rmtree(folder, ignore_errors=True)
    for each in removed:
        write(f"{each.what}: {each.count:,} removed\n")
    write("The ids of the links stay as tombstones: nobody is made again.\n")


def _tell_rest(layout: Layout) -> None:
    """Where a person may still be that this command does not reach."""
    aside = [*sorted(list_backups(layout.root)), *sorted(layout.root.glob("replaced-*"))]
    aside += sorted(layout.root.glob("*.unpublished"))
    say("What it does not reach:", "yellow")
    say("  Salesforce and Pardot: delete the records there, or the next whole read knows them again.", "yellow")
    say("  git, the warehouse, exported plans, reports and files of conflicts, backups of this folder.", "yellow")
    for path in aside:
        say(f"  {path}", "yellow")
