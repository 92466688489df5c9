"""A backup of what is remembered: one file with memory, ledger and saved plans, as they were at one moment.

A zip archive that says what is in it and the checksum of each part. It is checked whole before it replaces anything,
and what it replaces is kept aside.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pardotflow.core.errors import StateError, UsageError
from pardotflow.plan.instance import in_memory
from pardotflow.store.database import Database
from pardotflow.store.layout import Layout, make_private
from pardotflow.store.ledger import Ledger
from pardotflow.store.ledgertables import MIGRATIONS, VERSION
from pardotflow.store.memory import MIGRATIONS as MEMORY_MIGRATIONS
from pardotflow.store.memory import VERSION as MEMORY_VERSION
from pardotflow.store.memory import attach_memory, copy_mark
from pardotflow.store.premigration import put_in_place
from pardotflow.store.restoring import LEDGER, MEMORY, put_unpacked, unpacked_folder

FORMAT = 1
MANIFEST = "manifest.json"
PLANS = "plans/"
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """What a backup says of itself."""

    project: str
    environment: str
    made_at: str
    links: int
    runs: int
    plans: int


def write_archive(layout: Layout, ledger: Path, head: Mapping[str, str], at: datetime, out: Path) -> Archive:
    """Write the environment's memory, that ledger file, and its saved plans into one new file of mode 0600.

    Raises UsageError where the file is there already. Nothing may be at work in the environment.
    """
    part = out.with_name(f"{out.name}.part")
    part.unlink(missing_ok=True)
    if out.exists():
        raise UsageError(f"{out} is there already", hint="Name another file, or move it away.")
    if not layout.memory.exists():
        with in_memory() as con:
            attach_memory(con, layout.memory, read_only=False)
    links = _settle(layout.memory)
    with closing(sqlite3.connect(ledger)) as db:
        db.execute("pragma wal_checkpoint(truncate)")
        runs = int(db.execute("select count(*) from runs").fetchone()[0])
    plans = sorted(p for p in layout.plans.glob("*.plan") if p.name != "draft.plan")
    members = {MEMORY: layout.memory, LEDGER: ledger} | {PLANS + plan.name: plan for plan in plans}
    about = {**head, "made_at": at.isoformat(timespec="seconds"), "links": links, "runs": runs, "plans": len(plans)}
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            sums = {name: _pack(archive, name, path) for name, path in members.items()}
            versions = {"ledger": VERSION, "memory": MEMORY_VERSION}
            manifest = {"format": FORMAT, "versions": versions, "sha256": sums, "about": about}
            archive.writestr(MANIFEST, json.dumps(manifest, indent=2))
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return _archive(about)


def _settle(memory: Path) -> int:
    """Bring what stands in the memory's log into its file; returns the number of links."""
    with in_memory() as con:
        mark = copy_mark(memory)
        kept = mark.read_text() if mark.exists() else None
        attach_memory(con, memory, read_only=False)
        con.execute("checkpoint mem")
        [(links,)] = con.execute("select count(*) from mem.links").fetchall()
    if kept is not None:
        mark.write_text(kept)
    return int(links)


def _pack(archive: zipfile.ZipFile, name: str, path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as source, archive.open(name, "w", force_zip64=True) as target:
        while block := source.read(_BLOCK):
            digest.update(block)
            target.write(block)
    return digest.hexdigest()


def _archive(about: Mapping[str, object]) -> Archive:
    return Archive(
        project=str(about["project"]),
        environment=str(about["environment"]),
        made_at=str(about["made_at"]),
        links=int(str(about["links"])),
        runs=int(str(about["runs"])),
        plans=int(str(about["plans"])),
    )


def read_archive(path: Path) -> Archive:
    """What a backup holds, after its whole content was checked. Raises UsageError for anything else."""
    if not path.is_file():
        raise UsageError(f"there is no file {path}")
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = json.loads(archive.read(MANIFEST))
            sums: Mapping[str, str] = manifest["sha256"]
            known = [name for name in sums if name in (MEMORY, LEDGER) or _is_plan(name)]
            if manifest["format"] != FORMAT or len(known) != len(sums) or not {MEMORY, LEDGER} <= sums.keys():
                raise UsageError(f"{path} is a backup of another version of pardotflow")
            for name, wanted in sums.items():
                if _sum(archive, name) != wanted:
                    raise UsageError(f"{path} is damaged: {name} in it is not what was written", hint=_ANOTHER)
            versions = manifest["versions"]
            _check_version(path, versions["ledger"], VERSION, MIGRATIONS)
            _check_version(path, versions["memory"], MEMORY_VERSION, MEMORY_MIGRATIONS)
            return _archive(manifest["about"])
    except (zipfile.BadZipFile, zipfile.LargeZipFile, KeyError, ValueError, EOFError, OSError) as trouble:
        raise UsageError(f"{path} is not a backup of pardotflow, or is damaged", hint=_ANOTHER) from trouble


_ANOTHER = "Take another backup; they are made by: pardotflow state backup"


def _is_plan(name: str) -> bool:
    """A file of the plans' folder and of no other: an archive may come from anywhere."""
    rest = name.removeprefix(PLANS)
    return name.startswith(PLANS) and rest == Path(rest).name and rest.endswith(".plan")


def _check_version(path: Path, version: int, ours: int, migrations: Iterable[int]) -> None:
    if version != ours and version not in migrations:
        raise UsageError(f"{path} is a backup of another version of pardotflow", hint="Use the version that wrote it.")


def _sum(archive: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with archive.open(name) as source:
        while block := source.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def restore_archive(path: Path, layout: Layout, at: datetime) -> Path:
    """Put a checked backup in the place of an environment's memory, ledger and plans; returns the folder in which they
    are kept aside. Snapshots stay: they are a cache of the systems. A kill leaves the old state or the new one, see
    `finish_restore`.
    """
    moment = at.strftime("%Y-%m-%dT%H%M%SZ")
    try:
        fresh = unpacked_folder(layout, moment)
        with zipfile.ZipFile(path) as archive:
            for name in (n for n in archive.namelist() if n in (MEMORY, LEDGER) or _is_plan(n)):
                with archive.open(name) as source, _private(fresh / name).open("wb") as target:
                    shutil.copyfileobj(source, target, _BLOCK)
                    target.flush()
                    os.fsync(target.fileno())
    except OSError as trouble:
        shutil.rmtree(layout.root / f"restore-{moment}.part", ignore_errors=True)
        raise StateError(
            f"the backup could not be unpacked: {trouble.strerror}",
            hint="Nothing was changed. Make room, and try again.",
        ) from trouble
    return put_unpacked(fresh, layout)


def _private(path: Path) -> Path:
    path.touch(mode=0o600)
    make_private(path)
    return path


LEDGER_TABLES = ("runs", "plans", "requests", "request_rows", "sync_errors", "decisions", "calls")
"""What a ledger remembers; its other tables are caches."""


def copy_ledger(database: Database, to: Path) -> None:
    """Write what a ledger remembers into a new ledger file, as it is at one moment."""
    made = Ledger(to)
    try:
        with database.transaction(), made.transaction():
            for table in LEDGER_TABLES:
                found = database.execute(f"select * from {table}")
                columns = [column[0] for column in found.description or ()]
                named, marks = ", ".join(f'"{c}"' for c in columns), ", ".join("?" for _ in columns)
                made.database.executemany(f"insert into {table} ({named}) values ({marks})", found.fetchall())
    finally:
        made.close()


def copy_remote(database: Database, ledger: Path, version: int) -> Path:
    """Copy the tables of a remote ledger of that version, as they are, beside the local one; its form is that of no
    version, and its tables those of the remote one."""
    part = ledger.with_name("remote-ledger.part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    tables = "select table_name from information_schema.tables where table_schema = current_schema() order by 1"
    with closing(sqlite3.connect(part)) as copy, database.transaction(), copy:
        for (table,) in database.execute(tables).fetchall():
            if table not in LEDGER_TABLES:
                continue
            found = database.execute(f"select * from {table}")
            columns = [column[0] for column in found.description or ()]
            named = ", ".join(f'"{c}"' for c in columns)
            copy.execute(f"create table {table} ({named})")
            marks = ", ".join("?" for _ in columns)
            copy.executemany(f"insert into {table} values ({marks})", found.fetchall())
    return put_in_place(part, ledger.with_name("remote-ledger.sqlite"), version)


def read_tables(path: Path) -> dict[str, tuple[tuple[str, ...], list[tuple[object, ...]]]]:
    """Columns and rows of every table that a ledger file remembers."""
    found = {}
    with closing(sqlite3.connect(path)) as db:
        for table in LEDGER_TABLES:
            cursor = db.execute(f"select * from {table}")
            columns = tuple(column[0] for column in cursor.description)
            found[table] = (columns, cursor.fetchall())
    return found
