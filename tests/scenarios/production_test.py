"""An environment without emulator: reached by address and credentials, and guarded where it is production."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .driving import Project, copy_project
from .judging import last_asked, writes
from .live import Live, living
from .small import build_small


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The small project against an org that is production."""
    project = build_small(tmp_path_factory.mktemp("production") / "small")
    with living(project, "production") as live:
        yield live


def test_yes_is_not_enough_in_production(production: Live) -> None:
    project = production.project
    since = last_asked(production.data)
    plan = project.run("plan", "--env", "production", "--detailed-exitcode").expect(2)
    assert "PRODUCTION  Everything that apply sends changes live records." in plan.out

    said = project.run("apply", plan.plan_id, "--env", "production", "--yes").expect(1)
    assert f"Add --confirm {plan.plan_id}." in said.err
    wrong = project.run("apply", plan.plan_id, "--env", "production", "--confirm", "00000000").expect(1)
    assert "is not this plan's id" in wrong.err
    assert writes(production.data, since) == []

    project.run("apply", plan.plan_id, "--env", "production", "--confirm", plan.plan_id).expect(0)
    again = project.run("plan", "--env", "production", "--detailed-exitcode").expect(0)
    assert "No changes." in again.out


def test_a_plan_of_production_needs_its_id_also_when_it_is_made_at_once(production: Live) -> None:
    said = production.project.run("apply", "--env", "production", "--yes").expect(1)
    assert "apply needs consent" in said.err


def test_environments_do_not_share_their_memory(live_settled: Project, tmp_path: Path) -> None:
    project = copy_project(live_settled, tmp_path / "small")
    with living(project) as live:
        assert "No changes." in live.project.run("plan", "--env", "live", "--detailed-exitcode").expect(0).out
        said = live.project.run("plan", "--env", "production", "--detailed-exitcode").expect(0)
    assert "Nothing is remembered yet" in said.out
