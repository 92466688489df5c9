"""The power goes at every step of the journal and at random instants: nobody is made twice, nothing is lost.

`PARDOTFLOW_KILLS=500 pytest tests/crashes` kills more often, from a random start; a story that fails says its number.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.crashes.judge import check_people, check_writes
from tests.crashes.story import Story, build_settled, contacts_of, copy_of
from tests.scenarios.driving import Project
from tests.scenarios.judging import last_asked
from tests.scenarios.live import living

KILLS_A_STORY = 10
_WANTED = int(os.environ.get("PARDOTFLOW_KILLS", "40"))
_START = int(os.environ.get("PARDOTFLOW_KILLS_START", "0" if _WANTED == 40 else str(random.randrange(10**6))))
STORIES = range(_START, _START + -(-_WANTED // KILLS_A_STORY))


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Project]:
    """An org at rest, with so many linked contacts."""

    @cache
    def build(contacts: int) -> Project:
        project = build_settled(tmp_path_factory.mktemp("crashes") / "small", contacts)
        with living(project) as live:
            live.project.run("apply", "--env", "live", "--yes").expect(0)
            live.admin("PUT", "clock", {"advance": 70})
            live.project.run("plan", "--env", "live", "--quiet", "--detailed-exitcode").expect(0)
        return project

    return build


@pytest.mark.parametrize("number", STORIES)
def test_killed_over_and_over(number: int, settled: Callable[[int], Project], tmp_path: Path) -> None:
    with living(copy_of(settled(contacts_of(number)), tmp_path / "small")) as live:
        since = last_asked(live.data)
        story = Story(live, number)
        try:
            story.live_on(KILLS_A_STORY)
            check_people(story)
            assert check_writes(story, since) > 0
        except BaseException:
            print(f"story {number}, killed {', '.join(story.killed_at)}")  # noqa: T201
            raise
