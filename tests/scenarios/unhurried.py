"""A served org at rest, for tests of how requests are sent: its settings can be changed, and people edit at will."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .driving import Project, Said, copy_project
from .judging import Asked, asked, last_asked, select
from .live import Live, living
from .small import LIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Org:
    """The org and the project that is settled with it."""

    live: Live

    def settings(self, *lines: str, concurrency: int | None = None) -> None:
        """What the environment says beside its connections."""
        text = LIVE
        if concurrency is not None:
            text = text.replace("    type: pardot\n", f"    type: pardot\n    concurrency: {concurrency}\n")
        file = self.live.project.root / "environments" / "live.yml"
        file.write_text("\n".join([text, *lines, ""]), "utf-8")

    def edit_titles(self, count: int, title: str) -> None:
        """So many contacts have another title, each of its own."""
        for n in range(count):
            self.live.edit(f"Contact/contact{n}@small.example", Title=f"{title} {n}")

    def apply(self, *options: str) -> tuple[Said, list[Asked]]:
        """Apply, and what Pardot was asked."""
        since = last_asked(self.live.data)
        said = self.run("apply", "--yes", *options)
        return said, self.pardot_calls(since)

    def run(self, command: str, *options: str) -> Said:
        """A command in the environment."""
        quiet = () if command == "errors" else ("--quiet",)
        return self.live.project.run(command, "--env", "live", *quiet, *options)

    def pardot_calls(self, since: int) -> list[Asked]:
        """The requests to Pardot."""
        return [each for each in asked(self.live.data, since) if each.system == "pardot"]

    def titles(self) -> set[str]:
        """The job titles of prospects that are contacts."""
        return {row["jobTitle"] for row in select(self.live.data, "SELECT jobTitle FROM pd_prospects")}

    def mend(self) -> None:
        """No faults, no settings, and nothing left to send."""
        self.live.admin("DELETE", "faults")
        self.settings()
        self.run("errors", "--retry")
        self.apply()
        self.apply()
        self.run("plan", "--detailed-exitcode").expect(0)


@contextmanager
def serving_org(settled: Project, root: Path) -> Iterator[Org]:
    """A copy of a settled project, served."""
    with living(copy_project(settled, root)) as live:
        yield Org(live=live)


def writes_of(calls: list[Asked]) -> list[Asked]:
    """The calls that change a record."""
    return [each for each in calls if each.is_write]
