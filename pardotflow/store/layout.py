"""Where the environment's files are, and with which rights they are made.

Memory and cache hold personal data: folders are made with mode 0700 and files with 0600.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from pardotflow.core.errors import StateError

STATE_FOLDER = ".pardotflow"
"""In the project's folder; it holds one folder an environment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The folder of one environment, usually `.pardotflow/<environment>`."""

    root: Path
    memory_instead: Path | None = None
    """A file that stands for the memory while a plan is made, where names changed since."""

    @property
    def memory(self) -> Path:
        """Links and bases: memory, backed up by people."""
        return self.memory_instead or self.root / "memory.duckdb"

    @property
    def renamed(self) -> Path:
        """A copy of the memory with the names of now."""
        return self.root / "renamed" / "memory.duckdb"

    @property
    def snapshots(self) -> Path:
        """What the sides hold, and cursors: a cache."""
        return self.root / "snapshots.duckdb"

    @property
    def ledger(self) -> Path:
        """Runs, journal, sync errors, cached describes."""
        return self.root / "ledger.sqlite"

    @property
    def plans(self) -> Path:
        """Saved plans."""
        return self.root / "plans"

    @property
    def landing(self) -> Path:
        """Pages of a read on their way into a snapshot."""
        return self.root / "landing"

    @property
    def scratch(self) -> Path:
        """Rows that did not fit into memory, for as long as a command runs."""
        return self.root / "scratch"

    @property
    def compiled(self) -> Path:
        """What `compile` writes."""
        return self.root / "compiled"

    def prepare(self) -> None:
        """Make the folders; raises StateError where they, or the files in them, cannot be written."""
        for place in (self.root.parent, self.root, self.plans):
            if place.exists() and not place.is_dir():
                raise StateError(f"{place} is a file, and a folder is needed there", hint="Move it away.")
        try:
            for folder in (self.root, self.plans):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            guard = self.root.parent / ".gitignore"
            if not guard.exists():
                guard.write_text("*\n")
        except OSError as trouble:
            raise _read_only(self.root, trouble.strerror) from trouble
        for place in (self.root, self.plans, self.memory, self.snapshots, self.ledger):
            if place.exists() and not os.access(place, os.W_OK):
                raise _read_only(place, "it is read-only")


def _read_only(place: Path, why: str | None) -> StateError:
    return StateError(
        f"{place} cannot be written: {why}",
        hint="Give yourself the right to write it, or work on a copy of the project.",
    )


def make_private(path: Path) -> None:
    """Give a file mode 0600 where the system has modes."""
    if path.exists():
        os.chmod(path, 0o600)  # noqa: PTH101


def write_private(path: Path, text: str) -> None:
    """Write a new file that nobody else can read at any moment; raises FileExistsError where one is there."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        file.write(text)
