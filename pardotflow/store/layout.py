"""Where the environment's files are, and with which rights they are made.

Memory and cache hold personal data: folders are made with mode 0700 and files with 0600.
"""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The folder of one environment, usually `.pardotflow/<environment>`."""

    root: Path

    @property
    def memory(self) -> Path:
        """Links and bases: memory, backed up by people."""
        return self.root / "memory.duckdb"

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
    def compiled(self) -> Path:
        """What `compile` writes."""
        return self.root / "compiled"

    def prepare(self) -> None:
        """Make the folders."""
        for folder in (self.root, self.plans):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        guard = self.root.parent / ".gitignore"
        if not guard.exists():
            guard.write_text("*\n")


def make_private(path: Path) -> None:
    """Give a file mode 0600 where the system has modes."""
    if path.exists():
        os.chmod(path, 0o600)  # noqa: PTH101
