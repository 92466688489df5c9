"""Puts response bodies on disk as they come.

Files hold personal data: the folder is for its owner alone, and so is every file. Names sort in the order of the read.
"""

import os
from pathlib import Path

from pardotflow.core.errors import UsageError


class Landing:
    """A folder that takes the pages of one read."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise UsageError(f"{folder} is not empty: every extraction lands in a folder of its own")
        self._folder = folder

    def add(self, part: int, page: int, body: bytes, *, form: str = "json") -> Path:
        """Write one page; `part` and `page` count from 1 and make the name. Raises FileExistsError for a repeat."""
        path = self._folder / f"{part:05d}-{page:06d}.{form}"
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(body)
        return path

    def discard(self, part: int) -> None:
        """Remove the pages of a part that has to be read again."""
        for path in self._folder.glob(f"{part:05d}-*"):
            path.unlink()
