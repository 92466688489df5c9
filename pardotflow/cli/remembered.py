"""Open what an environment remembers, to look at it or to change it by hand; and read what a person names in it."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pardotflow.cli.console import say
from pardotflow.cli.state_home import Home, open_home, open_remote
from pardotflow.cli.workspace import named_damage
from pardotflow.connectors.salesforce.ids import is_id, long_id
from pardotflow.core.address import Address, parse_address
from pardotflow.core.errors import StateError, UsageError
from pardotflow.plan.instance import in_memory
from pardotflow.store.disk import copy_still
from pardotflow.store.layout import Layout
from pardotflow.store.memory import attach_memory
from pardotflow.store.restoring import check_restored

if TYPE_CHECKING:
    import duckdb

    from pardotflow.config.project import Project, Sync

HEAD = ("sync", "a_object", "a_id", "b_object", "b_id")


@contextmanager
def looking(project: Project) -> Iterator[duckdb.DuckDBPyConnection]:
    """A session with the memory attached as `mem`, read only, under no lock: while another command has it open, a copy.
    Raises UsageError where there is none."""
    layout = Layout(root=project.state)
    settings = project.environment.state
    with named_damage(layout), tempfile.TemporaryDirectory() as folder:
        path = layout.memory
        if settings is not None:
            layout.prepare()
            path = Path(folder) / "memory.duckdb"
            with open_remote(project, settings, layout) as remote:
                remote.check_version()
                remote.write_memory(path)
        else:
            check_restored(layout)
            if not path.exists():
                raise UsageError("nothing is remembered in this environment", hint="Run: pardotflow apply")
        with in_memory() as con:
            _attach_to_look(con, path, Path(folder) / "copy")
            yield con


def _attach_to_look(con: duckdb.DuckDBPyConnection, path: Path, folder: Path) -> None:
    """Attach a memory, or a copy of it where another command has it open. Raises StateError."""
    try:
        attach_memory(con, path, read_only=True)
    except StateError as trouble:
        folder.mkdir(mode=0o700)
        copy = copy_still(path, folder)
        try:
            if copy is not None:
                attach_memory(con, copy, read_only=True)
        except StateError:
            copy = None
        if copy is None:
            raise trouble from None


@contextmanager
def changing(
    project: Project, command: str, *, wait: float, writes: bool
) -> Iterator[tuple[Home, duckdb.DuckDBPyConnection]]:
    """The same under the lock, to be changed where it `writes`: all of it or nothing, published at the end."""
    layout = Layout(root=project.state)
    with named_damage(layout), open_home(project, command, wait=wait, within=True) as home, in_memory() as con:
        attach_memory(con, layout.memory, read_only=not writes)
        if not writes:
            yield home, con
            return
        con.execute("begin")
        yield home, con
        con.execute("commit")
        if home.remote is not None:
            home.remote.publish(con)


def record_of(text: str) -> Address:
    """A record, or one field of it, as a person names it; a Salesforce id in its long form. Raises UsageError."""
    try:
        address = parse_address(text)
    except ValueError as wrong:
        raise UsageError(str(wrong)) from wrong
    return Address(object=address.object, id=id_of(address.id), field=address.field)


def id_of(text: str) -> str:
    """A record's id as it is remembered."""
    return long_id(text) if is_id(text) else text


def sync_of(project: Project, name: str) -> Sync:
    """The sync of that name. Raises UsageError."""
    found = next((sync for sync in project.syncs if sync.name == name), None)
    if found is None:
        known = ", ".join(sync.name for sync in project.syncs) or "none"
        raise UsageError(f"there is no sync {name!r}", hint=f"Syncs: {known}.")
    return found


def read_pairs(path: Path) -> list[tuple[int, tuple[str, ...]]]:
    """The rows of a file of links, each with its line. Raises UsageError for another form."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if tuple(reader.fieldnames or ()) != HEAD:
                raise UsageError(f"{path} must begin with the line: {','.join(HEAD)}")
            return [(reader.line_num, tuple((row[c] or "").strip() for c in HEAD)) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as trouble:
        raise UsageError(f"{path} cannot be read: {trouble}", hint="Give a CSV file in UTF-8.") from trouble


def say_dry() -> None:
    """What was shown was not done."""
    say("Nothing was changed. Add --yes to do it.", "yellow")
