"""The disk under a DuckDB file: what the system said of it, and a copy of a file that somebody else has open."""

import errno
import os
import shutil
import time
from pathlib import Path

import duckdb

from pardotflow.core.errors import StateError

LOOKS = 10
PAUSE = 0.1
"""Seconds between two looks at a file that is being written."""
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_AGAIN = "Then run the command again: what was sent is written down."
ROOM_WAY_OUT = f"Make room on the disk. {_AGAIN}"
_NO_RIGHT = (errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO)


def disk_error(trouble: duckdb.Error) -> StateError | None:
    """What the system said of a file that DuckDB could not write or read; None where it is about something else.

    DuckDB passes the system's words on and not its number.
    """
    text = str(trouble)
    for number in (*NO_ROOM, *_NO_RIGHT):
        words = os.strerror(number)
        if words in text:
            told = next(line for line in text.splitlines() if words in line)
            return StateError(
                told.rpartition("Error: ")[2].rpartition("Original error: ")[2],
                hint=ROOM_WAY_OUT if number in NO_ROOM else f"Check the rights of the file and its folder. {_AGAIN}",
            )
    return None


def copy_still(path: Path, folder: Path) -> Path | None:
    """A copy of a DuckDB file and its log at a moment at which nobody wrote to them; None where they are never still.

    DuckDB lets nobody read what another process has open to write, and writes only where something is committed.
    """
    log = path.with_name(f"{path.name}.wal")
    for _ in range(LOOKS):
        before = [_stamp(file) for file in (path, log)]
        for file in (path, log):
            (folder / file.name).unlink(missing_ok=True)
            if file.exists():
                shutil.copyfile(file, folder / file.name)
        if before == [_stamp(file) for file in (path, log)]:
            return folder / path.name
        time.sleep(PAUSE)
    return None


def _stamp(file: Path) -> tuple[int, int] | None:
    if not file.exists():
        return None
    found = file.stat()
    return found.st_mtime_ns, found.st_size
