"""The power goes at several instants of an apply: the next runs make no second record and lose no edit.

The process is killed for real; the org lives on and ends whatever had reached it.
"""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from .busy import at_work, check_done, make_busy, settle, wait_for
from .driving import Project, copy_project
from .judging import last_asked, people, select, writes
from .live import living
from .small import build_small


@pytest.fixture(scope="module")
def busy(live_settled: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """An org with much to do, planned for."""
    return make_busy(live_settled, tmp_path_factory.mktemp("busy") / "small")


@pytest.mark.parametrize("after", [0, 1, 4, 8, 11, 16, 24])
def test_killed_after_some_writes(after: int, busy: Project, tmp_path: Path) -> None:
    with at_work(busy, tmp_path / "small") as live:
        since = last_asked(live.data)
        with live.project.start("apply", "--env", "live", "--yes", "--quiet") as process:
            if after == 0:
                # The run is open and its plan spent, but nothing has been sent.
                wait_for(lambda: select(live.project.ledger, "SELECT 1 FROM runs WHERE status = 'running'"))
            else:
                wait_for(lambda: len(writes(live.data, since)) >= after)
            process.send_signal(signal.SIGKILL)
            process.communicate()
        assert process.returncode == -signal.SIGKILL
        live.switch(latency=0.0)
        wait_for(lambda: _quiet(live.data))
        before = people(live.data)

        # Somebody goes on working: a number that is newer than everything that was in flight.
        time.sleep(1.1)
        live.edit("prospect/contact1@small.example", phone="+1 555 0199")
        live.edit("prospect/contact3@small.example", phone="+1 555 0198")
        settle(live)
        check_done(live)
        phones = {row["Email"]: row["Phone"] for (kind, _), row in people(live.data).items() if kind == "Contact"}
        assert phones["contact1@small.example"] == "+1 555 0199"
        assert phones["contact3@small.example"] == "+1 555 0198"
        assert before.keys() <= people(live.data).keys()


@pytest.mark.parametrize("phase", ["POST /imports", "POST batches", "PATCH /imports", "GET /imports"])
def test_killed_in_the_middle_of_an_import(phase: str, imported: Project, tmp_path: Path) -> None:
    method, _, part = phase.partition(" ")
    with at_work(imported, tmp_path / "small") as live:
        since = last_asked(live.data)
        with live.project.start("apply", "--env", "live", "--yes", "--quiet") as process:
            from .judging import asked

            wait_for(
                lambda: any(
                    each.method == method and part.strip("/") in each.path and "/imports" in each.path
                    for each in asked(live.data, since)
                )
            )
            process.kill()
            process.communicate()
        live.switch(latency=0.0, import_delay=0.0)
        time.sleep(0.5)
        live.edit("prospect/contact1@small.example", jobTitle="Person's own")
        settle(live)
        titles = {row["email"]: row["jobTitle"] for (kind, _), row in people(live.data).items() if kind == "prospect"}
        contacts = {row["Email"]: row["Title"] for (kind, _), row in people(live.data).items() if kind == "Contact"}
        assert {email: titles[email] for email in contacts} == contacts
        assert contacts["contact2@small.example"] == "Title 2"


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """An org at rest with so many edits on one side that they go by import."""
    project = build_small(tmp_path_factory.mktemp("imported") / "small", contacts=130)
    with living(project) as live:
        live.project.run("apply", "--env", "live", "--yes").expect(0)
        for n in range(130):
            live.edit(f"Contact/contact{n}@small.example", Title=f"Title {n}")
        live.switch(latency=0.1, import_delay=0.6)
    return copy_project(project, tmp_path_factory.mktemp("imported") / "copy")


def _quiet(data: Path) -> bool:
    """True when no request has come for a while."""
    before = last_asked(data)
    time.sleep(0.3)
    return last_asked(data) == before
