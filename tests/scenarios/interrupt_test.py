"""Ctrl-C ends a command in good order: exit 130, the journal closed, nothing half-recorded."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from .busy import at_work, check_done, let_it_end, make_busy, settle, wait_until
from .driving import Project, copy_project
from .judging import last_asked, people, select, vendor_calls, writes
from .live import living

EDITED = 20
"""So many that one import takes fewer calls."""


@pytest.fixture(scope="module")
def busy(live_settled: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """An org with much to do."""
    return make_busy(live_settled, tmp_path_factory.mktemp("busy") / "small")


@pytest.mark.parametrize("after", [1, 14])
def test_while_it_sends(after: int, busy: Project, tmp_path: Path) -> None:
    with at_work(busy, tmp_path / "small") as live:
        since = last_asked(live.data)
        with live.project.start("apply", "--env", "live", "--yes", "--quiet") as process:
            wait_until(lambda: len(writes(live.data, since)) >= after, process)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
        assert process.returncode == 130, out + err
        assert "Traceback" not in err
        assert "Interrupted in good order: whatever was in flight is recorded." in out

        ledger = live.project.ledger
        (run,) = select(ledger, "SELECT * FROM runs ORDER BY started_at DESC LIMIT 1")
        assert run["status"] == "interrupted"
        assert run["ended_at"]
        assert run["confirmed"] > 0
        assert select(ledger, "SELECT * FROM requests WHERE status NOT IN ('answered', 'refused')") == []
        answered = select(ledger, "SELECT count(*) AS n FROM requests WHERE run_id = ?", run["id"])
        let_it_end(live)
        assert len(writes(live.data, since)) == answered[0]["n"], "each request that left stands in the journal"

        settle(live)
        check_done(live)


def test_twice_waits_for_no_answer(busy: Project, tmp_path: Path) -> None:
    """As a kill does it: the next run looks up what was under way."""
    with at_work(busy, tmp_path / "small") as live:
        live.switch(latency=0.0)
        slow = {"match": {"system": "pardot", "method": "PATCH"}, "delay": 8, "times": 1}
        live.admin("PUT", "faults", {"rules": [slow]})
        with live.project.start("apply", "--env", "live", "--yes", "--quiet") as process:
            wait_until(lambda: live.admin("GET", "faults") == {"faults": []}, process)
            for _ in range(2):
                process.send_signal(signal.SIGINT)
                time.sleep(0.5)
            began = time.monotonic()
            out, err = process.communicate(timeout=60)
        assert time.monotonic() - began < 4
        assert (process.returncode, "Traceback" in err) == (130, False), out + err
        assert "Interrupted at once: the next run looks up" in err
        left = select(live.project.ledger, "SELECT * FROM requests WHERE status = 'sent'")
        assert len(left) == 1
        time.sleep(8)
        let_it_end(live)
        settle(live)
        check_done(live)


def test_while_a_job_runs(live_settled: Project, tmp_path: Path) -> None:
    """The job is not waited for: the next run asks what became of it."""
    project = copy_project(live_settled, tmp_path / "small")
    project.replace("environments/live.yml", "connections:", "sending: {jobs_from: {pardot: 1}}\nconnections:")
    with living(project) as live:
        for n in range(EDITED):
            live.edit(f"Contact/contact{n}@small.example", Title=f"Title {n}")
        live.switch(import_delay=600)
        since = last_asked(live.data)
        with live.project.start("apply", "--env", "live", "--yes") as process:
            wait_until(lambda: any("/imports/" in e.path for e in writes(live.data, since)), process)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=20)
        assert process.returncode == 130, out + err
        assert "Interrupted in good order" in out
        assert "Traceback" not in err

        live.admin("PUT", "clock", {"advance": 700})
        said = live.project.run("apply", "--env", "live", "--yes").expect(0)
        assert f"{EDITED} confirmed" in said.err, said.err
        assert len([e for e in writes(live.data, since) if e.path.endswith("/imports")]) == 1
        titles = {row["jobTitle"] for (kind, _), row in people(live.data).items() if kind == "prospect"}
        assert {f"Title {n}" for n in range(EDITED)} <= titles


def test_while_it_plans(busy: Project, tmp_path: Path) -> None:
    with at_work(busy, tmp_path / "small") as live:
        live.switch(latency=0.6)
        since = last_asked(live.data)
        before = people(live.data)
        with live.project.start("apply", "--env", "live", "--yes", "--quiet") as process:
            wait_until(lambda: vendor_calls(live.data, since), process)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
        assert process.returncode == 130, out + err
        assert (out, "Traceback" in err) == ("", False)
        assert people(live.data) == before
        live.switch(latency=0.0)
        live.project.run("plan", "--env", "live", "--quiet", "--detailed-exitcode").expect(2)
