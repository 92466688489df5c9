"""What a seed did, and what it could not use.

Nothing that was left out is left unsaid: every file, unknown column and unreadable value is listed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedProblem:
    """A row or value that could not be used. `line` counts from one; the header is line one."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedReport:
    """Rows by file, columns that no field answers to (in line one), files that were not read, and problems."""

    rows: dict[str, int] = field(default_factory=dict)
    unknown_columns: tuple[tuple[str, str], ...] = ()
    unknown_files: tuple[str, ...] = ()
    problems: tuple[SeedProblem, ...] = ()

    @property
    def total(self) -> int:
        """All rows that were stored."""
        return sum(self.rows.values())


@dataclass(slots=True, kw_only=True)
class Findings:
    """A report in the making."""

    rows: dict[str, int] = field(default_factory=dict)
    unknown_columns: list[tuple[str, str]] = field(default_factory=list)
    unknown_files: list[str] = field(default_factory=list)
    problems: list[SeedProblem] = field(default_factory=list)

    def problem(self, file: str, line: int, message: str) -> None:
        """Note one problem."""
        self.problems.append(SeedProblem(file=file, line=line, message=message))

    def take_over(self, other: Findings, folder: str) -> None:
        """Add what was found in a sub folder; files are named with it."""
        self.rows.update({f"{folder}/{file}": count for file, count in other.rows.items()})
        self.unknown_columns += [(f"{folder}/{file}", column) for file, column in other.unknown_columns]
        self.unknown_files += [f"{folder}/{file}" for file in other.unknown_files]
        self.problems += [replace(found, file=f"{folder}/{found.file}") for found in other.problems]

    def finish(self) -> SeedReport:
        """The report."""
        return SeedReport(
            rows=self.rows,
            unknown_columns=tuple(self.unknown_columns),
            unknown_files=tuple(self.unknown_files),
            problems=tuple(self.problems),
        )
