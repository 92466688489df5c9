"""The power goes at several instants of an apply: the next runs make no second record and lose no edit.

The process is killed for real; the org lives on and ends whatever had reached it.
"""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from .busy import at_work, check_done, let_it_end, make_busy, settle, wait_until
from .driving import Project
from .judging import asked, last_asked, people, select, writes
from .live import Live, living
from .small import build_small

IMPORTED = 110


@pytest.fixture(scope="module")
def busy(live_settled: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """An org with much to do, planned for."""
    return make_busy(live_settled, tmp_path_factory.mktemp("busy") / "small")


@pytest.mark.parametrize("after", [0, 1, 4, 11, 15, 21])
def test_killed_after_some_writes(after: int, busy: Project, tmp_path: Path) -> None:
    with at_work(busy, tmp_path / "small") as live:
        since = last_asked(live.data)
        with live.project.start("apply", "--env", "live", "--yes", "--quiet") as process:
            wait_until(lambda: _has_sent(live, since, after), process)
            process.kill()
            process.communicate()
        assert process.returncode == -signal.SIGKILL
        let_it_end(live)
        known = people(live.data).keys()

        # Somebody goes on working: a number that is newer than everything that was in flight.
        time.sleep(1.1)
        live.edit("prospect/contact1@small.example", phone="+1 555 0199")
        live.edit("prospect/contact3@small.example", phone="+1 555 0198")
        settle(live)
        check_done(live)
        found = people(live.data)
        phones = {row["Email"]: row["Phone"] for (kind, _), row in found.items() if kind == "Contact"}
        assert phones["contact1@small.example"] == "+1 555 0199"
        assert phones["contact3@small.example"] == "+1 555 0198"
        assert known <= found.keys()


def _has_sent(live: Live, since: int, number: int) -> bool:
    """True after so many writes; 0 is the instant when the run is open and its plan spent, and nothing has left."""
    if number:
        return len(writes(live.data, since)) >= number
    return bool(select(live.project.ledger, "SELECT 1 FROM runs WHERE status = 'running'"))


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/batches"), ("PATCH", "/imports/"), ("GET", "/imports/")],
    ids=["uploaded", "submitted", "polled"],
)
def test_killed_in_the_middle_of_an_import(method: str, path: str, imported: Project, tmp_path: Path) -> None:
    with at_work(imported, tmp_path / "small") as live:
        since = last_asked(live.data)
        with live.project.start("apply", "--env", "live", "--yes", "--quiet") as process:
            wait_until(
                lambda: any(e.method == method and path in e.path for e in asked(live.data, since)),
                process,
            )
            process.kill()
            process.communicate()
        live.switch(import_delay=0.0)
        let_it_end(live)
        time.sleep(1.1)
        live.edit("prospect/contact1@small.example", phone="+1 555 0199")
        settle(live)
        found = people(live.data)
        contacts = {row["Email"]: (row["Title"], row["Phone"]) for (kind, _), row in found.items() if kind == "Contact"}
        prospects = {
            row["email"]: (row["jobTitle"], row["phone"]) for (kind, _), row in found.items() if kind == "prospect"
        }
        assert {email: prospects[email] for email in contacts} == contacts
        assert contacts["contact1@small.example"] == ("Title 1", "+1 555 0199")
        assert contacts[f"contact{IMPORTED - 1}@small.example"][0] == f"Title {IMPORTED - 1}"


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """An org at rest with so many edits on one side that they go by import."""
    project = build_small(tmp_path_factory.mktemp("imported") / "small", contacts=IMPORTED)
    project.replace("syncs/people.yml", "guards: {updates: 60%}", "guards: {updates: 100%}")
    with living(project) as live:
        live.project.run("apply", "--env", "live", "--yes").expect(0)
        for n in range(IMPORTED):
            live.edit(f"Contact/contact{n}@small.example", Title=f"Title {n}")
        live.switch(latency=0.1, import_delay=0.6)
    return project
