"""What is called otherwise since keeps its links and bases: the plan counts as if, the apply writes it down."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import duckdb

from .driving import Project


def _memory(project: Project, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(project.state / "memory.duckdb"), read_only=True) as con:
        return con.execute(query).fetchall()


def test_a_field_and_a_sync_are_renamed(settled: Project) -> None:
    # In Pardot the values of one field move to another one, as when a field is replaced.
    with closing(sqlite3.connect(settled.data)) as db, db:
        db.execute("update pd_prospects set comments = jobTitle")
    settled.replace("syncs/people.yml", "pardot: jobTitle, on_link: salesforce}", "pardot: comments, policy: ask}")
    settled.replace("syncs/people.yml", "sync: people", "sync: humans")
    number = len(_memory(settled, "from bases where field = 'jobTitle'"))
    links = len(_memory(settled, "from links"))
    settled.run("emulator", "set", "Contact/contact1@small.example#Title=Boss").expect(0)
    forgotten = settled.plan_json()
    assert not forgotten["changes"] or "Boss" not in str(forgotten["changes"]), "without a base it is asked"

    settled.replace(
        "syncs/people.yml", "comments, policy: ask}", "comments, policy: ask, renamed_from: {pardot: jobTitle}}"
    )
    settled.replace("syncs/people.yml", "sync: humans", "sync: humans\nrenamed_from: people")
    plan = settled.run("plan", "--quiet").expect(0)
    assert '"Engineer" → "Boss"  ' in plan.out and "salesforce moved" in plan.out
    [change] = settled.plan_json()["changes"]
    assert (change["object"], [f["field"] for f in change["fields"]]) == ("prospect", ["comments"])
    assert len(_memory(settled, "from bases where field = 'jobTitle' and sync = 'people'")) == number, (
        "a plan writes nothing"
    )

    settled.run("apply", plan.plan_id, "--yes").expect(0)
    assert _memory(settled, "from bases where field = 'jobTitle' or sync = 'people'") == []
    assert len(_memory(settled, "from bases where field = 'comments' and sync = 'humans'")) == number
    assert len(_memory(settled, "from links where sync = 'humans'")) == links
    again = settled.run("plan", "--quiet").expect(0)
    assert "No changes." in again.out
    assert "syncs/people.yml:1: renamed_from has no effect: nothing is remembered by that name. Remove it." in again.err
    assert not (settled.state / "renamed").exists()
