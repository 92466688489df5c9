"""Where the copies of a data file stand: `people.db.snapshots/NAME.db` beside `people.db`.

A copy appears under its name whole and durable, or not at all. The one that seeding makes is called `seeded`.
"""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pardotflow.emulator.problem import EmulatorError

SEEDED = "seeded"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


def folder_of(data: Path) -> Path:
    """The folder of a data file's copies; it need not exist."""
    return data.with_name(f"{data.name}.snapshots")


def place_of(data: Path, name: object) -> Path:
    """The file of a copy, whether it exists or not; raises `EmulatorError` for what cannot be a name."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise EmulatorError(f"a snapshot's name is letters, digits, '-', '_' and '.', at most 64, not {name!r}")
    return folder_of(data) / f"{name}.db"


def list_names(data: Path) -> list[str]:
    """The copies that there are, in the order of their names."""
    return sorted(path.stem for path in folder_of(data).glob("*.db") if _NAME.fullmatch(path.stem))


@contextmanager
def make_file(place: Path) -> Iterator[Path]:
    """An empty file to be filled, for its owner's eyes only; it takes its place when the block ends well."""
    part = place.with_name(f".{place.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError as cause:
        raise EmulatorError(f"cannot write {place}: {cause.strerror}") from cause
    try:
        yield part
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def kept_as_seeded(made: Path, data: Path) -> Iterator[None]:
    """Keep a copy of a data file that was just made; the block puts the file itself in place, and may fail to."""
    with make_file(place_of(data, SEEDED)) as part:
        try:
            shutil.copyfile(made, part)
        except OSError as cause:
            raise EmulatorError(f"cannot write {data}: {cause.strerror}") from cause
        yield
