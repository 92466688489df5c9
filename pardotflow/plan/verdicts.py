"""What decision tests found, as types: which cases hold, what differs in the others, and which cells no case covers.

Display only; nothing is planned or applied by it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that was expected and is not planned, or the other way round. `line` is that of the mapping or rule."""

    what: str
    expected: str
    planned: str
    why: str
    line: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One case; it holds where nothing differs."""

    name: str
    line: str
    differences: tuple[Difference, ...]

    @property
    def is_held(self) -> bool:
        """True where all that is expected is planned, and nothing else."""
        return not self.differences


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class PolicyCell:
    """One cell of the decision table for one mapping: what was found, and which side holds what."""

    found: str
    values: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingCoverage:
    """How much of one mapping's part of the table the cases reach."""

    sync: str
    mapping: str
    line: str
    cells: int
    situations: int
    """Of each situation there are equally many cells."""
    missing: tuple[PolicyCell, ...]
    """In the order of the table."""

    @property
    def covered(self) -> int:
        """Cells that at least one case reaches."""
        return self.cells - len(self.missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileVerdicts:
    """The cases of one file, in its order."""

    file: str
    sync: str
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReport:
    """All of it."""

    files: tuple[FileVerdicts, ...]
    coverage: tuple[MappingCoverage, ...]

    @property
    def passed(self) -> int:
        """Cases that hold."""
        return sum(v.is_held for f in self.files for v in f.verdicts)

    @property
    def failed(self) -> int:
        """Cases that do not."""
        return sum(not v.is_held for f in self.files for v in f.verdicts)

    @property
    def cells(self) -> int:
        """Cells of the tested syncs."""
        return sum(c.cells for c in self.coverage)

    @property
    def covered(self) -> int:
        """Cells that at least one case reaches."""
        return sum(c.covered for c in self.coverage)
