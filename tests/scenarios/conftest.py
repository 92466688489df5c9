"""States that many scenarios start from, each made once by real commands and then copied."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from .driving import Project, Said, copy_example, copy_project
from .live import living
from .small import build_small


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstMinute:
    """The example from the first command to rest, and what each command said."""

    project: Project
    plan: Said
    apply: Said
    settled: Said
    settled_detailed: Said
    first_json: Any
    settled_json: Any


@pytest.fixture(scope="session")
def first_minute(tmp_path_factory: pytest.TempPathFactory) -> FirstMinute:
    """What the README's reader does: plan, apply, plan."""
    project = copy_example(tmp_path_factory.mktemp("first") / "example")
    plan = project.run_script("plan", "--detailed-exitcode")
    first_json = project.run("show", plan.plan_id, "--format", "json").expect(0)
    apply = project.run_script("apply", "--yes")
    settled = project.run_script("plan")
    detailed = project.run("plan", "--detailed-exitcode", "--format", "json")
    return FirstMinute(
        project=project,
        plan=plan,
        apply=apply,
        settled=settled,
        settled_detailed=detailed,
        first_json=first_json.json,
        settled_json=detailed.json,
    )


@pytest.fixture
def example(first_minute: FirstMinute, tmp_path: Path) -> Project:
    """A copy of the example at rest."""
    return copy_project(first_minute.project, tmp_path / "example")


@pytest.fixture(scope="session")
def small_planned(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The small project after its first plan."""
    project = build_small(tmp_path_factory.mktemp("small") / "planned")
    project.run("plan").expect(0)
    return project


@pytest.fixture
def planned(small_planned: Project, tmp_path: Path) -> Project:
    """A copy of the small project after its first plan."""
    return copy_project(small_planned, tmp_path / "small")


@pytest.fixture(scope="session")
def small_settled(small_planned: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The small project at rest."""
    project = copy_project(small_planned, tmp_path_factory.mktemp("small") / "settled")
    project.run("apply", "--yes").expect(0)
    return project


@pytest.fixture
def settled(small_settled: Project, tmp_path: Path) -> Project:
    """A copy of the small project at rest."""
    return copy_project(small_settled, tmp_path / "small")


@pytest.fixture(scope="session")
def live_settled(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The small project at rest against an org that is served beside it."""
    project = build_small(tmp_path_factory.mktemp("live") / "settled")
    with living(project) as live:
        live.project.run("apply", "--env", "live", "--yes").expect(0)
    return project
