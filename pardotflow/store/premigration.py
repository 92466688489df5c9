"""A copy of what is remembered before a migration changes its shape: beside the file, named for its version and day.

A copy gets its name when it is whole. A migration that is cut short leaves the file as it was.
"""

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from pardotflow.core.errors import StateError
from pardotflow.store.layout import make_private

MARK = ".before-v"
"""In the name of every copy: `ledger.sqlite.before-v4.2026-03-02T091500Z`."""


def list_backups(folder: Path) -> frozenset[Path]:
    """Every copy that a migration left in an environment's folder."""
    return frozenset(p for p in folder.glob(f"*{MARK}*") if p.suffix != ".part")


def back_up_ledger(path: Path, version: int) -> Path:
    """Copy a ledger that has this version; what stands in its write-ahead log is in the copy. Raises StateError."""
    part = _part(path)
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(part)) as copy:
            source.backup(copy)
    except sqlite3.Error as trouble:
        part.unlink(missing_ok=True)
        raise _failed(path, str(trouble)) from trouble
    return put_in_place(part, path, version)


def back_up_file(path: Path, version: int) -> Path:
    """Copy a file that has this version, and in whose log nothing stands. Raises StateError."""
    part = _part(path)
    try:
        shutil.copyfile(path, part)
    except OSError as trouble:
        part.unlink(missing_ok=True)
        raise _failed(path, trouble.strerror or "") from trouble
    return put_in_place(part, path, version)


def _part(path: Path) -> Path:
    part = path.with_name(f"{path.name}{MARK}.part")
    part.unlink(missing_ok=True)
    # Nobody else may read it while it grows.
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return part


def put_in_place(part: Path, path: Path, version: int) -> Path:
    """Give a whole copy of a file of that version its name."""
    make_private(part)
    with part.open("rb") as file:
        os.fsync(file.fileno())
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%SZ")
    return part.replace(path.with_name(f"{path.name}{MARK}{version + 1}.{moment}"))


def _failed(path: Path, why: str) -> StateError:
    return StateError(
        f"{path} has an older form, and no copy could be made before it is brought up: {why}",
        hint="Make room on the disk, and give yourself the right to write into the folder.",
    )
