"""Two commands at once: the second one is told so and changes nothing; the first ends undisturbed."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from pardotflow.cli.state_home import open_home
from pardotflow.cli.workspace import Choice, load
from pardotflow.store.lock import LockLost, open_lock_file
from pardotflow.store.machine import this_process

from .driving import Project, copy_project
from .judging import last_asked
from .live import living


def test_the_second_command_is_refused_and_the_first_ends(live_settled: Project, tmp_path: Path) -> None:
    project = copy_project(live_settled, tmp_path / "small")
    with living(project) as live:
        live.switch(latency=0.7)
        since = last_asked(live.data)
        with live.project.start("plan", "--env", "live", "--quiet") as first:
            deadline = time.monotonic() + 30
            while last_asked(live.data) == since and time.monotonic() < deadline:
                time.sleep(0.05)
            second = live.project.run("plan", "--env", "live", "--quiet").expect(1)
            assert first.poll() is None, "the first command was to be still at work"
            out, err = first.communicate(timeout=60)
        assert second.err.startswith(f"error: another pardotflow command is at work in {live.project.state}")
        assert "Wait until it ends and try again." in second.err
        assert (first.returncode, err) == (0, "")
        assert "No changes." in out
        live.switch(latency=0.0)
        live.project.run("plan", "--env", "live").expect(0)


def test_no_request_is_written_down_once_a_local_lock_was_broken(settled: Project) -> None:
    """It is noticed at once, not with the next sign of life."""
    project, _ = load(Choice(folder=settled.root, environment=None, variables={}))
    with open_home(project, "apply") as home:
        ledger = home.open_ledger()
        lock = open_lock_file(home.layout.root / "lock")
        lock.unlock(this_process(), force=True)
        lock.close()
        head = {"system": "pardot", "kind": "create", "object": "prospect", "key": "", "planned_at": ""}
        with pytest.raises(LockLost, match="somebody released it by force"):
            ledger.plan_request("r", 1, head, [])
        assert ledger.journal("r") == []
        ledger.close()
