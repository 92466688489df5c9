"""Ctrl-C ends a command in good order: exit 130, the journal closed, nothing half-recorded."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from .busy import at_work, check_done, let_it_end, make_busy, settle, wait_until
from .driving import Project
from .judging import last_asked, people, select, vendor_calls, writes


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
