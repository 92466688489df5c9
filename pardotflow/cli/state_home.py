"""Where an environment's state is kept, in its folder or in a remote database, and the lock: one writer at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pardotflow.cli.console import say
from pardotflow.core.errors import StateError, UsageError
from pardotflow.store.heart import Held, Wish, holding
from pardotflow.store.layout import Layout
from pardotflow.store.ledger import Ledger
from pardotflow.store.lock import EXPIRY, Lock, OpenLock, open_lock_file
from pardotflow.store.premigration import list_backups
from pardotflow.store.restoring import check_restored, finish_restore

if TYPE_CHECKING:
    from pardotflow.config.connections import StateSettings
    from pardotflow.config.project import Project
    from pardotflow.store.remote import RemoteState

SHARE_OF_EXPIRY = 6
"""So many beats fit into the time after which a silent holder counts as gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The state of one environment for the length of a command that may write. `remote` is None where it is local."""

    layout: Layout
    held: Held
    remote: RemoteState | None

    def open_ledger(self) -> Ledger:
        """The ledger; a request is written down only while the lock is ours. The caller closes it."""
        ledger = Ledger(self.layout.ledger, self.remote)
        # A remote state looks at its lock in the transaction that writes the request down.
        ledger.guard = self.held.check if self.remote else self.held.look
        return ledger


@contextmanager
def open_home(
    project: Project, command: str, *, wait: float = 0.0, within: bool = False, fetch: bool = True
) -> Iterator[Home]:
    """Hold the environment's lock and open its state. Raises StateError where somebody else is at work.

    With `within` the person who keeps the lock for maintenance may do this meanwhile; without `fetch` a remote memory
    is not brought here.
    """
    layout = Layout(root=project.state)
    layout.prepare()
    settings = project.environment.state
    expiry = settings.lock_expires if settings else EXPIRY
    wish = Wish(
        command=command,
        wait=wait,
        within=within,
        expires_after=expiry,
        beat=expiry / SHARE_OF_EXPIRY,
        tell=lambda text: say(text, "yellow"),
    )
    with backups_said(layout), holding(lock_of(project, layout), wish) as held:
        if finish_restore(layout):
            ended = "The remote state is as it was before: restore again." if settings else "It was carried to its end."
            say(f"A restore was cut short. {ended}", "yellow")
        if settings is None:
            yield Home(layout=layout, held=held, remote=None)
            return
        with open_remote(project, settings, layout) as remote:
            remote.token = held.holder.token
            remote.bring_up()
            if fetch:
                remote.fetch_memory()
            yield Home(layout=layout, held=held, remote=remote)


@contextmanager
def read_ledger(project: Project) -> Iterator[Ledger | None]:
    """The ledger of an environment for a command that only looks; None where there is none yet. It takes no lock."""
    layout = Layout(root=project.state)
    settings = project.environment.state
    if settings is None:
        check_restored(layout)
        if not layout.ledger.exists():
            yield None
            return
        ledger = Ledger(layout.ledger, may_migrate=False)
        try:
            yield ledger
        finally:
            ledger.close()
        return
    layout.prepare()
    with open_remote(project, settings, layout) as remote:
        remote.check_version()
        ledger = Ledger(layout.ledger, remote)
        try:
            yield ledger
        finally:
            ledger.close()


def lock_of(project: Project, layout: Layout) -> OpenLock:
    """Opens the environment's lock, each time over a connection of its own."""
    settings = project.environment.state
    if settings is None:
        return lambda: open_lock_file(layout.root / "lock")
    return lambda: _remote_lock(project, settings, layout)


def _remote_lock(project: Project, settings: StateSettings, layout: Layout) -> Lock:
    database_class = postgres_class()
    from pardotflow.store.remote import RemoteState

    database = database_class(settings.url, settings.schema)
    try:
        # The tables are made with the first connection; to ask for them is one statement.
        RemoteState(database, database.where, layout, _owner(project))
    except StateError:
        database.close()
        raise
    return Lock(database, database.where)


@contextmanager
def open_remote(project: Project, settings: StateSettings, layout: Layout) -> Iterator[RemoteState]:
    """The remote state of an environment. Raises StateError where it cannot be reached or is another's."""
    database_class = postgres_class()
    from pardotflow.store.remote import RemoteState

    database = database_class(settings.url, settings.schema)
    try:
        yield RemoteState(database, database.where, layout, _owner(project))
    finally:
        database.close()


def _owner(project: Project) -> str:
    return f"{project.name}/{project.environment.name}"


def postgres_class() -> type:
    """The class that speaks to PostgreSQL. Raises UsageError where its driver is not installed."""
    try:
        from pardotflow.store.postgres import PostgresDatabase
    except ImportError as missing:
        raise UsageError(
            "state: type: postgres needs the driver psycopg, and it is not installed",
            hint="Run: pip install 'pardotflow[postgres]'",
        ) from missing
    return PostgresDatabase


@contextmanager
def backups_said(layout: Layout) -> Iterator[None]:
    """Say which files were copied because a command brought them up to this version."""
    known = list_backups(layout.root)
    try:
        yield
    finally:
        for path in sorted(list_backups(layout.root) - known):
            name = path.name.partition(".before-v")[0]
            say(f"{name} was brought up to this version of pardotflow; as it was before it is kept as {path}", "yellow")
