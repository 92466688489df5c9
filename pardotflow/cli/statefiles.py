"""`state backup`, `restore`, `verify`, `rebuild` and `prune`: what is remembered as files."""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from pardotflow.cli.console import say, write
from pardotflow.cli.exits import Exit
from pardotflow.cli.remembered import say_dry
from pardotflow.cli.state_home import Home, open_home
from pardotflow.cli.workspace import Choice, load, named_damage
from pardotflow.core.clock import SystemClock
from pardotflow.core.errors import StateError, UsageError
from pardotflow.plan.instance import in_memory
from pardotflow.store.archive import copy_ledger, read_archive, read_tables, restore_archive, write_archive
from pardotflow.store.layout import Layout
from pardotflow.store.ledger import Ledger
from pardotflow.store.memory import attach_memory
from pardotflow.store.retention import Keep, Pruned, prune
from pardotflow.store.verify import Finding, verify_files, verify_ledger, verify_memory, verify_plans

if TYPE_CHECKING:
    from pardotflow.config.project import Project


def backup(choice: Choice, out: Path | None, *, wait: float) -> Exit:
    """Write memory, ledger and saved plans into one file."""
    project, _ = load(choice)
    layout = Layout(root=project.state)
    if not project.environment.state and not layout.memory.exists() and not layout.ledger.exists():
        raise UsageError("nothing is remembered in this environment", hint="Run: pardotflow apply")
    now = SystemClock().now()
    name = f"pardotflow-{project.environment.name}-{now:%Y-%m-%dT%H%M%SZ}.backup"
    target = (out or Path(name)).absolute()
    head = {"project": project.name, "environment": project.environment.name}
    with (
        named_damage(layout),
        open_home(project, "state backup", wait=wait, within=True) as home,
        tempfile.TemporaryDirectory(dir=layout.root) as folder,
    ):
        ledger = home.open_ledger()
        try:
            # Those of other machines are fetched.
            ledger.plans()
            copy = Path(folder) / "ledger.sqlite"
            copy_ledger(ledger.database, copy)
        finally:
            ledger.close()
        made = write_archive(layout, copy, head, now, target)
    write(f"{target}: {made.links:,} links, {made.runs:,} runs, {made.plans:,} plans\n")
    say("It holds personal values, and only you may read it. Snapshots are not in it: they are read again.")
    return Exit.FINE


def restore(choice: Choice, file: Path, *, yes: bool, wait: float) -> Exit:
    """Put a backup in the place of what is remembered, which is kept aside."""
    project, _ = load(choice)
    found = read_archive(file)
    whose = (found.project, found.environment)
    if whose != (project.name, project.environment.name):
        raise UsageError(
            f"{file} is of {'/'.join(whose)}, not of {project.name}/{project.environment.name}",
            hint="Choose the environment with --env.",
        )
    write(f"{file} of {found.made_at}: {found.links:,} links, {found.runs:,} runs, {found.plans:,} plans\n")
    if not yes:
        say_dry()
        return Exit.FINE
    layout = Layout(root=project.state)
    with open_home(project, "state restore", wait=wait, within=True, fetch=False) as home:
        aside = restore_archive(file, layout, SystemClock().now())
        if home.remote is not None:
            _send(home)
    write(f"Restored. What was there is kept in {aside}\n")
    say("What was written since the backup is not known any more: the next plan shows it as moved, or adopts it.")
    return Exit.FINE


def _send(home: Home) -> None:
    """A restored state becomes the remote one."""
    remote = home.remote
    assert remote is not None
    # One of an older version is brought up.
    Ledger(home.layout.ledger).close()
    with in_memory() as con:
        attach_memory(con, home.layout.memory, read_only=False)
        remote.replace(read_tables(home.layout.ledger), sorted(home.layout.plans.glob("*.plan")), con)


def verify(choice: Choice, *, wait: float) -> Exit:
    """Say everything that is not as it should be."""
    project, _ = load(choice)
    layout = Layout(root=project.state)
    with open_home(project, "state verify", wait=wait, within=True) as home:
        findings = verify_files(layout)
        if not findings:
            findings = _verify_contents(home)
    for finding in findings:
        write(_told(finding))
    if findings:
        say(f"{len(findings)} findings", "red")
        return Exit.ERROR
    write("What is remembered holds together.\n")
    return Exit.FINE


def _verify_contents(home: Home) -> list[Finding]:
    findings = verify_memory(home.layout.memory) if home.layout.memory.exists() else []
    try:
        ledger = home.open_ledger()
    except StateError as trouble:
        return [*findings, Finding(what=str(trouble), count=1, samples=(), way_out=trouble.hint)]
    try:
        needed = {run.plan_id for run in ledger.unfinished_runs()}
        plans = [(plan_id, path, plan_id in needed) for plan_id, path, _ in ledger.plans()]
        return [*findings, *verify_ledger(ledger.database), *verify_plans(plans)]
    finally:
        ledger.close()


def _told(finding: Finding) -> str:
    times = f" ({finding.count:,} times)" if finding.count > 1 else ""
    samples = "".join(f"  {sample}\n" for sample in finding.samples)
    return f"{finding.what}{times}\n{samples}  = {finding.way_out}\n"


def rebuild(choice: Choice, *, quiet: bool, wait: float) -> Exit:
    """Read describes and snapshots anew, whole. What is remembered stays."""
    import shutil

    from pardotflow.cli.watch import Watch
    from pardotflow.cli.workspace import open_workspace
    from pardotflow.engine.extract import refresh
    from pardotflow.engine.planner import open_rows
    from pardotflow.engine.session import open_session

    project, _ = load(choice)
    layout = Layout(root=project.state)
    with open_home(project, "state rebuild", wait=wait, within=True) as home:
        for path in layout.root.glob("snapshots.duckdb*"):
            path.unlink()
        shutil.rmtree(layout.landing, ignore_errors=True)
        ledger = home.open_ledger()
        ledger.forget_cache()
        ledger.close()
    with Watch(quiet=quiet) as watch, open_workspace(choice, watch, command="state rebuild", wait=wait) as workspace:
        _, wanted = open_rows(workspace.project, workspace.catalog)
        with open_session(layout) as con:
            found = refresh(
                con, workspace.connectors, wanted, layout, workspace.clock.now(), workspace.progress, full=True
            )
    for each in found:
        write(f"{each.coverage.system} {each.coverage.object}: {each.coverage.rows:,} records\n")
    return Exit.FINE


def prune_state(choice: Choice, *, wait: float) -> Exit:
    """Remove what is older than `retention:` keeps."""
    project, _ = load(choice)
    with named_damage(Layout(root=project.state)), open_home(project, "state prune", wait=wait, within=True) as home:
        ledger = home.open_ledger()
        try:
            pruned = prune(home.layout, ledger, keep_of(project), SystemClock().now())
        finally:
            ledger.close()
    write(pruned_text(pruned) if not pruned.is_nothing else "Nothing is older than it is kept.\n")
    return Exit.FINE


def keep_of(project: Project) -> Keep:
    """What the project's `retention:` says."""
    return Keep(**asdict(project.retention))


def pruned_text(pruned: Pruned) -> str:
    """What was removed, in a line a kind."""
    lines = [
        (pruned.runs, "journals of runs"),
        (len(pruned.plans), "plans"),
        (len(pruned.snapshots), "copies of objects that nothing reads"),
        (len(pruned.files), "old backups and landed files"),
    ]
    return "".join(f"Removed, as retention: says: {number:,} {what}\n" for number, what in lines if number)
