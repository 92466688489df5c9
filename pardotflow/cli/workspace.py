"""What almost every command opens: the project for one environment, its files, its connectors and its catalog."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pardotflow.cli.console import say
from pardotflow.cli.state_home import open_home
from pardotflow.config.load import load_project
from pardotflow.core.clock import SystemClock
from pardotflow.core.diagnostic import Diagnostic, has_errors
from pardotflow.core.errors import InvalidProject, StateError, UsageError
from pardotflow.core.progress import NullProgress, Progress
from pardotflow.store.damage import ledger_error
from pardotflow.store.layout import Layout
from pardotflow.store.ledger import Ledger

if TYPE_CHECKING:
    from pardotflow.config.connections import EmulatorSettings
    from pardotflow.config.project import Project
    from pardotflow.connectors.protocol import Connector, Identity
    from pardotflow.core.describe import Catalog
    from pardotflow.engine.connect import Endpoints


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which project, environment and variables the command line names."""

    folder: Path
    environment: str | None
    variables: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """An open environment."""

    project: Project
    catalog: Catalog
    connectors: Mapping[str, Connector]
    identities: Mapping[str, Identity]
    layout: Layout
    ledger: Ledger
    clock: SystemClock
    progress: Progress
    warnings: tuple[Diagnostic, ...]


def load(choice: Choice) -> tuple[Project, tuple[Diagnostic, ...]]:
    """The project and its warnings; raises InvalidProject where it has errors."""
    loaded = load_project(choice.folder, choice.environment, choice.variables)
    if loaded.project is None or has_errors(loaded.diagnostics):
        raise InvalidProject(loaded.diagnostics)
    return loaded.project, loaded.diagnostics


def _layout(project: Project) -> Layout:
    """Where the environment's files are; from here on the process keeps within the environment's memory."""
    from pardotflow.plan.instance import limit_memory

    layout = Layout(root=project.state)
    limit_memory(project.environment.memory_limit, layout.scratch)
    return layout


@contextmanager
def open_workspace(
    choice: Choice,
    progress: Progress | None = None,
    *,
    command: str = "plan",
    wait: float = 0.0,
    renew_snapshots: bool = False,
) -> Iterator[Workspace]:
    """Everything that a command needs which speaks to the systems. Raises any PardotflowError.

    It has the environment to itself, and waits so many seconds for that; `command` is what others are told of it. With
    `renew_snapshots` damaged ones are made again.
    """
    project, warnings = load(choice)
    layout = _layout(project)
    watched = progress or NullProgress()
    with (
        named_damage(layout),
        open_home(project, command, wait=wait) as home,
        _serving(project) as listening,
    ):
        # Loaded while an emulator starts.
        from pardotflow.engine.budgets import open_budgets
        from pardotflow.engine.checks import check_all
        from pardotflow.engine.connect import open_connectors, read_catalog, read_identities
        from pardotflow.engine.sqlfile import load_templates
        from pardotflow.store.origin import bind_snapshots

        load_templates()
        endpoints = listening()
        clock = SystemClock()
        ledger = home.open_ledger()
        budgets = open_budgets(project.environment.sending, ledger, clock)
        connectors = open_connectors(endpoints, clock, project.environment.sending, budgets.by_system, home.held.check)
        if ledger.is_new and layout.memory.exists() and home.remote is None:
            say(f"{layout.ledger} was missing or empty: former runs and sync errors are not known any more.", "yellow")
        try:
            identities = read_identities(connectors, endpoints, ledger)
            organizations = {system: identity.organization_id for system, identity in identities.items()}
            bind_snapshots(layout.snapshots, organizations, renew=renew_snapshots)
            catalog = read_catalog(project, connectors, ledger, clock, watched)
            problems = check_all(project, catalog)
            if has_errors(problems):
                raise InvalidProject([*warnings, *problems])
            yield Workspace(
                project=project,
                catalog=catalog,
                connectors=connectors,
                identities=identities,
                layout=layout,
                ledger=ledger,
                clock=clock,
                progress=watched,
                warnings=(*warnings, *problems),
            )
        finally:
            budgets.close()
            ledger.close()
            for connector in connectors.values():
                connector.close()


@contextmanager
def open_remembered(choice: Choice, progress: Progress | None = None, *, command: str = "plan") -> Iterator[Workspace]:
    """What a command needs that only looks at what is remembered: no system is asked. Raises any PardotflowError."""
    project, warnings = load(choice)
    layout = _layout(project)
    with named_damage(layout), open_home(project, command) as home:
        from pardotflow.config.meaning import unchecked_objects
        from pardotflow.engine.checks import check_all
        from pardotflow.engine.connect import cached_catalog, known_identities

        ledger = home.open_ledger()
        try:
            emulator = project.environment.emulator
            catalog = cached_catalog(project, ledger, _instance(emulator) if emulator else "")
            unknown = unchecked_objects(project, catalog)
            if unknown:
                names = ", ".join(f"{connection} {item}" for connection, item in unknown)
                raise UsageError(f"nothing is remembered of {names}", hint="Without --offline they are read.")
            problems = check_all(project, catalog)
            if has_errors(problems):
                raise InvalidProject([*warnings, *problems])
            yield Workspace(
                project=project,
                catalog=catalog,
                connectors={},
                identities=known_identities(ledger),
                layout=layout,
                ledger=ledger,
                clock=SystemClock(),
                progress=progress or NullProgress(),
                warnings=(*warnings, *problems),
            )
        finally:
            ledger.close()


def _instance(emulator: EmulatorSettings) -> str:
    from pardotflow.cli.emulated import data_instance

    return data_instance(emulator)


@contextmanager
def named_damage(layout: Layout) -> Iterator[None]:
    """A database that breaks while it is read says what is wrong, and not with which file: that is found out here."""
    import duckdb

    from pardotflow.store.disk import NO_ROOM, ROOM_WAY_OUT

    try:
        yield
    except duckdb.OutOfMemoryException as trouble:
        raise StateError(
            f"there is not enough memory: {str(trouble).splitlines()[0]}",
            hint="Raise memory_limit in the environment's file, or free memory and room on the disk, and try again.",
        ) from trouble
    except duckdb.Error as trouble:
        from pardotflow.store.damage import find_damage
        from pardotflow.store.disk import disk_error

        damage = disk_error(trouble) or find_damage(layout)
        if damage is None:
            raise
        raise damage from trouble
    except OSError as trouble:
        # A file that was open already does not name itself.
        if trouble.errno not in NO_ROOM or trouble.filename:
            raise
        raise StateError(f"{layout.root}: {trouble.strerror}", hint=ROOM_WAY_OUT) from trouble
    except sqlite3.DatabaseError as trouble:
        # A mistake in our own SQL is no damage; text that cannot be decoded carries no code, and is.
        if getattr(trouble, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) == sqlite3.SQLITE_ERROR:
            raise
        raise ledger_error(layout.ledger, trouble) from trouble


def _serving(project: Project) -> AbstractContextManager[Callable[[], Endpoints]]:
    """What gives the endpoints, where they have to be started first as soon as they are there."""
    emulator = project.environment.emulator
    if emulator is None:
        return nullcontext(lambda: _declared(project))
    from pardotflow.cli.emulated import run_emulator

    return run_emulator(emulator)


def _declared(project: Project) -> Endpoints:
    from pardotflow.engine.connect import endpoints_of

    return endpoints_of(project.environment)
