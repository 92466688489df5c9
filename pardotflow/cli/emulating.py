"""`emulator serve|seed|reset|snapshot|restore|set|log|env`: the emulator as a product of its own."""

import errno
import json
import shlex
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from pardotflow.cli.console import say, write
from pardotflow.cli.emulated import AGAIN, ensure_data
from pardotflow.cli.exits import Exit
from pardotflow.cli.workspace import Choice, load
from pardotflow.config.connections import EmulatorSettings
from pardotflow.config.load import find_root
from pardotflow.core.errors import UsageError
from pardotflow.emulator import EmulatorError, MissingDataFile, NotADataFile, environment
from pardotflow.emulator.datafile import DataFile
from pardotflow.emulator.edit import destroy, set_record
from pardotflow.emulator.environment import key_environment
from pardotflow.emulator.extra import ExtraMissing
from pardotflow.emulator.log_filter import read_filter
from pardotflow.emulator.request_log import read_entries
from pardotflow.emulator.seeding import SeedReport, seed
from pardotflow.emulator.server import serve as serve_data
from pardotflow.emulator.snapshots import reset, restore_snapshot, take_snapshot

ALONE = Path("emulator.db")


def serve(choice: Choice, data: Path | None, port: int, faults: Path | None = None, *, tls: bool = False) -> Exit:
    """Serve until Ctrl-C."""
    settings = _settings(choice, data)
    ensure_data(settings)
    if not settings.data.exists():
        say(f"{settings.data} is new, and empty")
    with _told(settings.data):
        serve_data(
            settings.data,
            port,
            ready=lambda p: say(f"Salesforce and Pardot on {'https' if tls else 'http'}://127.0.0.1:{p} — Ctrl-C ends"),
            faults=faults,
            tls=tls,
        )
    return Exit.FINE


def seed_data(choice: Choice, data: Path | None, folder: Path, *, force: bool) -> Exit:
    """Make a data file from CSV files."""
    target = _settings(choice, data).data
    if target.exists() and not force:
        raise UsageError(f"{target} exists", hint="Add --force to replace it, or name another file with --data.")
    with _told(target):
        report = seed(target, folder, replace=force)
    for line in _report_lines(report):
        write(f"{line}\n")
    return Exit.FINE


def _report_lines(report: SeedReport) -> Iterator[str]:
    """What was stored, and everything that was left out."""
    if not report.rows:
        yield "no CSV file was read: nobody is in the org"
    for file, count in report.rows.items():
        yield f"{file}: {count:,} {'row' if count == 1 else 'rows'}"
    for file in dict.fromkeys(file for file, _ in report.unknown_columns):
        columns = [column for name, column in report.unknown_columns if name == file]
        yield f"{file}:1: no field answers to {', '.join(columns)}: left out"
    for file in report.unknown_files:
        yield f"{file}: no object has this name: left out"
    yield from map(str, report.problems)


def reset_data(choice: Choice, data: Path | None) -> Exit:
    """Go back to the state just after seeding."""
    return _turn_back(_settings(choice, data).data, reset, "is as it was just after seeding")


def snapshot_data(choice: Choice, data: Path | None, name: str) -> Exit:
    """Keep the data file as it is now under a name."""
    return _turn_back(_settings(choice, data).data, lambda file: take_snapshot(file, name), f"is kept as {name}")


def restore_data(choice: Choice, data: Path | None, name: str) -> Exit:
    """Go back to a snapshot."""
    return _turn_back(
        _settings(choice, data).data, lambda file: restore_snapshot(file, name), f"is as it was in {name}"
    )


def _turn_back(data: Path, act: Callable[[DataFile], str], done: str) -> Exit:
    with _told(data), closing(DataFile(data)) as file:
        act(file)
    write(f"{data} {done}\n")
    return Exit.FINE


def set_values(choice: Choice, data: Path | None, assignments: list[str]) -> Exit:
    """Edit records."""
    return _do_each(_settings(choice, data), set_record, assignments)


def destroy_records(choice: Choice, data: Path | None, addresses: list[str]) -> Exit:
    """Remove records for good."""
    return _do_each(_settings(choice, data), destroy, addresses)


def _do_each(settings: EmulatorSettings, act: Callable[[Path, str], str], texts: list[str]) -> Exit:
    """Do one thing after the other in the data file, and say what was done."""
    ensure_data(settings)
    with _told(settings.data):
        for text in texts:
            write(f"{act(settings.data, text)}\n")
    return Exit.FINE


def print_log(choice: Choice, data: Path | None, wanted: Mapping[str, str | None], *, writes: bool) -> Exit:
    """The recorded requests as JSON lines, oldest first."""
    settings = _settings(choice, data)
    with _told(settings.data), closing(DataFile(settings.data)) as file:
        for entry in read_entries(file, read_filter(wanted), writes=writes):
            write(json.dumps(entry, ensure_ascii=False) + "\n")
    return Exit.FINE


def print_env(choice: Choice, data: Path | None, port: int, *, tls: bool = False) -> Exit:
    """Export lines for a client."""
    settings = _settings(choice, data)
    ensure_data(settings)
    with _told(settings.data):
        found = environment(settings.data, port, tls=tls)
        try:
            found |= key_environment(settings.data)
        except ExtraMissing as trouble:
            say(f"SF_JWT_KEY_FILE is left out: {trouble}")
    for key, value in found.items():
        write(f"export {key}={shlex.quote(value)}\n")
    return Exit.FINE


@contextmanager
def _told(data: Path) -> Iterator[None]:
    """What goes wrong with a data file becomes a sentence with the way out. Raises UsageError."""
    try:
        yield
    except EmulatorError as trouble:
        raise UsageError(str(trouble), hint=_way_out(trouble)) from trouble
    except sqlite3.DatabaseError as trouble:
        raise UsageError(f"{data} cannot be used: {trouble}", hint=AGAIN) from trouble


def _way_out(trouble: EmulatorError) -> str:
    if isinstance(trouble, MissingDataFile):
        return "Make one: pardotflow emulator seed DIR --data FILE (serve makes an empty one)."
    if isinstance(trouble, NotADataFile):
        return AGAIN
    is_taken = isinstance(trouble.__cause__, OSError) and trouble.__cause__.errno == errno.EADDRINUSE
    return "Name another port with --port; 0 takes a free one." if is_taken else ""


def _settings(choice: Choice, data: Path | None) -> EmulatorSettings:
    """The named data file, else the environment's own; outside a project a file in this folder."""
    if data is not None:
        return EmulatorSettings(data=data, seed=None)
    if find_root(choice.folder) is None:
        return EmulatorSettings(data=ALONE, seed=None)
    project, _ = load(choice)
    if project.environment.emulator is None:
        raise UsageError(f"the environment {project.environment.name} has no emulator", hint="Name a file with --data.")
    return project.environment.emulator
