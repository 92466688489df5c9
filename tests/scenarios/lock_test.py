"""Two commands at once: the second one is told so and changes nothing; the first ends undisturbed."""

from __future__ import annotations

import time
from pathlib import Path

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
