"""Texts that are made once for a data file, kept in it, and written beside it for clients to read.

Every process that serves the file sees the same text; a file beside it that was lost is written again.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from pardotflow.emulator.datafile import DataFile
from pardotflow.emulator.problem import EmulatorError


def keep_text(data: Path, name: str, make: Callable[[], str], is_good: Callable[[str], bool] = bool) -> str:
    """The text of this name, made where there is none yet or the one there is not good any more."""
    file = DataFile(data)
    try:
        with file.write() as db:
            row = db.execute("SELECT value FROM meta WHERE key = ?", (name,)).fetchone()
            if row is not None and is_good(row[0]):
                return str(row[0])
            text = make()
            db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, text))
            return text
    finally:
        file.close()


def write_beside(data: Path, suffix: str, text: str, mode: int = 0o600) -> Path:
    """Write `people.db.<suffix>`, which appears whole. Raises `EmulatorError`."""
    path = data.with_name(f"{data.name}.{suffix}").absolute()
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode), "w", encoding="ascii") as stream:
            stream.write(text)
        part.replace(path)
    except OSError as cause:
        raise EmulatorError(f"cannot write {path}: {cause.strerror}") from cause
    return path
