"""Answers that never come: a create is looked up before it is sent again, and a person stands once on each side."""

from __future__ import annotations

from pathlib import Path

from .busy import check_done, make_busy, settle
from .driving import Project
from .judging import people
from .live import living


def test_creates_whose_answer_is_lost(live_settled: Project, tmp_path: Path) -> None:
    project = make_busy(live_settled, tmp_path / "small")
    with living(project) as live:
        live.switch(latency=0.0)
        create = {"method": "POST", "path": "/objects/prospects$"}
        live.admin("POST", "faults", {**create, "drop": "before", "times": 2})
        live.admin("POST", "faults", {**create, "drop": "after", "times": 2})
        before = _prospects(live.data)
        said = live.project.run("apply", "--env", "live", "--yes").expect(4)
        assert "Applied in part" in said.out
        assert live.admin("GET", "faults") == {"faults": []}
        assert len(_prospects(live.data) - before) == 7

        # Two were made and are found. Two may still be hidden by a cache, and are not sent again for a minute.
        plan = live.project.run("plan", "--env", "live", "--quiet", "--format", "json").expect(0).json
        waiting = [each for each in plan["held"] if each["kind"] == "unknown_outcome"]
        assert len(waiting) == 2
        assert {each["reason"] for each in waiting} == {
            "a create was sent and its answer never came; it can be looked up in a minute"
        }
        assert not [change for change in plan["changes"] if change["actions"] == ["create"]]

        settle(live)
        check_done(live)


def _prospects(data: Path) -> set[str]:
    return {number for kind, number in people(data) if kind == "prospect"}
