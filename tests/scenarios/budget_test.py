"""`budget:` of an environment: the org's own log never shows a call more, and what is left is gone on with."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from .busy import wait_until
from .driving import Project
from .judging import last_asked
from .unhurried import Org, serving_org, writes_of

EDITED = 10
BLOCK = 20
"""So many calls may be counted before they are made."""
RUN = 6
"""Calls a run may make: it reads twice, so that four of the edits go in each."""


@pytest.fixture(scope="module")
def org(live_settled: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Org]:
    """One org for all tests; each leaves it at rest."""
    with serving_org(live_settled, tmp_path_factory.mktemp("budget") / "small") as org:
        yield org


def test_a_run_ends_where_its_budget_is_spent_and_the_next_goes_on(org: Org) -> None:
    org.edit_titles(EDITED, "Run")
    org.settings(f"budget: {{pardot: {{run: {RUN}}}}}")
    sent = []
    for _ in range(6):
        said, calls = org.apply("--format", "json")
        assert len(calls) <= RUN
        sent += writes_of(calls)
        if said.code == 0:
            break
        said.expect(4)
        assert said.json["status"] == "with_remainder"
        assert said.json["not_started"] > 0
        assert "budget" in said.err
        assert "pardotflow apply" in said.err
    assert said.code == 0
    assert len({each.path for each in sent}) == len(sent) == EDITED
    assert {f"Run {n}" for n in range(EDITED)} <= org.titles()
    org.run("plan", "--detailed-exitcode").expect(0)


def test_the_calls_of_all_commands_of_a_day_count(org: Org) -> None:
    org.edit_titles(EDITED, "Day")
    before = spent(org)
    org.settings(f"budget: {{pardot: {{day: {before + RUN}}}}}")
    said, calls = org.apply("--format", "json")
    said.expect(4)
    assert len(calls) <= RUN
    assert spent(org) == before + len(calls)
    left = said.json["not_started"]
    assert left > 0

    # Nothing is left of the day: nobody is asked, and it is said why.
    for command in (("apply", "--yes"), ("plan",)):
        since = last_asked(org.live.data)
        said = org.run(*command).expect(1)
        assert f"the budget of {before + RUN} API calls in 24 hours ({before + RUN} by earlier commands)" in said.err
        assert "Raise the budget, or go on when it is renewed" in said.err
        assert org.pardot_calls(since) == []

    # The next day.
    move_calls_back(org, timedelta(hours=25))
    said, calls = org.apply("--format", "json")
    assert (said.code, said.json["not_started"]) == (0, 0) if left <= RUN - 2 else (4, left - RUN + 2)
    org.settings()
    org.apply()
    assert {f"Day {n}" for n in range(EDITED)} <= org.titles()
    org.run("plan", "--detailed-exitcode").expect(0)


def test_the_calls_of_a_command_that_is_killed_count(org: Org) -> None:
    org.edit_titles(EDITED, "Killed")
    before, since = spent(org), last_asked(org.live.data)
    org.settings(concurrency=1)
    org.live.switch(latency=0.05)
    with org.live.project.start("apply", "--env", "live", "--yes", "--quiet") as process:
        wait_until(lambda: len(writes_of(org.pardot_calls(since))) >= 4, process)
        process.kill()
        process.communicate()
    org.live.switch(latency=0.0)
    made = len(org.pardot_calls(since))
    counted = spent(org) - before
    assert made <= counted < made + BLOCK
    # One that comes to its end leaves exactly what it made.
    org.run("plan").expect(0)
    assert spent(org) - before == counted + len(org.pardot_calls(since)) - made
    org.live.admin("PUT", "clock", {"advance": 61})
    org.mend()


def spent(org: Org) -> int:
    """The calls to Pardot that are counted in the last 24 hours."""
    since = (datetime.now(UTC) - timedelta(hours=24)).strftime("%Y-%m-%dT%H")
    with closing(sqlite3.connect(org.live.project.ledger)) as db:
        found = db.execute("select sum(calls) from calls where system = 'pardot' and hour >= ?", (since,)).fetchone()
    return int(found[0] or 0)


def move_calls_back(org: Org, by: timedelta) -> None:
    """As if all calls had been made earlier."""
    with closing(sqlite3.connect(org.live.project.ledger)) as db, db:
        rows = db.execute("select hour, system, calls from calls").fetchall()
        db.execute("delete from calls")
        for hour, system, calls in rows:
            at = datetime.strptime(hour, "%Y-%m-%dT%H") - by
            db.execute("insert into calls values (?, ?, ?)", (at.strftime("%Y-%m-%dT%H"), system, calls))
