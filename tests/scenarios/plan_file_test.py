"""A plan is bound to its environment, its org and its configuration, and can be applied once: else exit 3, and why.

A file that is no plan at all is an argument that cannot be used: exit 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from .driving import Project, copy_project
from .judging import last_asked, select, writes
from .live import living
from .small import SCHEMA, build_small
from .surroundings_test import only

BLOCK = 256 * 1024
"""Of a DuckDB file, after its heads."""
DUCKDB_HEADS = 3 * 4096


@pytest.mark.parametrize(
    "spoil",
    [
        lambda plan: b"not a plan " * 1000,
        lambda plan: b"",
        lambda plan: plan[:20_000],
        lambda plan: plan[: len(plan) // 2],
    ],
    ids=["garbage", "empty", "cut early", "cut in half"],
)
def test_a_file_that_is_no_plan(spoil: Callable[[bytes], bytes], planned: Project) -> None:
    plan = planned.root / "a.plan"
    planned.run("plan", "--out", str(plan)).expect(0)
    plan.write_bytes(spoil(plan.read_bytes()))
    only(planned.run("apply", "a.plan", "--yes", "--quiet"), 1, "a.plan is not a plan file of pardotflow")
    only(planned.run("show", "a.plan"), 1, "a.plan is not a plan file of pardotflow")


def test_a_plan_file_that_a_disk_has_spoiled(planned: Project, tmp_path: Path) -> None:
    """Wherever the fault is: nothing is sent, and it is said which file it is."""
    plan = planned.root / "a.plan"
    planned.run("plan", "--out", str(plan)).expect(0)
    good = plan.read_bytes()
    named = 0
    for block in range(1, len(good) // BLOCK, max(1, len(good) // BLOCK // 2)):
        spoiled = bytearray(good)
        spoiled[DUCKDB_HEADS + block * BLOCK + 100] ^= 0xFF
        plan.write_bytes(bytes(spoiled))
        said = planned.run("apply", "a.plan", "--yes", "--quiet")
        if said.code == 0:
            # No table has anything there.
            break
        only(said, 1, "a.plan is not a plan file of pardotflow, or is damaged", "Run: pardotflow plan")
        assert writes(planned.data) == []
        named += 1
    assert named


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("update meta set value = '3' where key = 'format_version'", "has plan format 3, this version reads 4"),
        (
            "update meta set value = '0Uv5g0000000ZZZCA2' where key = 'organization.pardot'",
            "made for pardot 0Uv5g0000000ZZZCA2",
        ),
        ("update field_changes set after = 'Boss' where field = 'jobTitle'", "is not what it was when it was made"),
        ("delete from changes where change = 1", "is not what it was when it was made"),
    ],
    ids=["older format", "another business unit", "another value", "a change less"],
)
def test_a_plan_that_is_refused(change: str, reason: str, planned: Project) -> None:
    planned.run("plan", "--out", "a.plan").expect(0)
    with duckdb.connect(str(planned.root / "a.plan")) as con:
        con.execute(change)
    only(
        planned.run("apply", "a.plan", "--yes", "--quiet"), 3, reason, "plan again" if "ZZZ" in reason else "Plan again"
    )
    assert writes(planned.data) == []
    assert select(planned.ledger, "SELECT 1 FROM runs") == []


def test_a_plan_whose_file_is_gone(planned: Project) -> None:
    plan = planned.run("plan").expect(0)
    (planned.state / "plans" / f"{plan.plan_id}.plan").unlink()
    only(planned.run("show", plan.plan_id), 1, "there is no plan file", "Run: pardotflow plan")
    only(planned.run("apply", plan.plan_id, "--yes", "--quiet"), 1, "there is no plan file")


def test_a_folder_is_no_place_for_a_plan(planned: Project) -> None:
    only(planned.run("plan", "--out", "syncs", "--quiet"), 1, "--out syncs is a folder", "Name a file in it.")


def test_a_spent_plan(planned: Project) -> None:
    plan = planned.run("plan").expect(0)
    planned.run("apply", plan.plan_id, "--yes").expect(0)
    since = last_asked(planned.data)
    said = planned.run("apply", plan.plan_id, "--yes", "--quiet")
    only(said, 3, f"plan {plan.plan_id} was applied already, by run ", "Plan again: pardotflow plan")
    assert writes(planned.data, since) == []

    (run,) = select(planned.ledger, "SELECT id, started_at FROM runs")
    for name in (plan.plan_id, f".pardotflow/emulator/plans/{plan.plan_id}.plan"):
        shown = planned.run("show", name).expect(0).out
        assert f"Applied already: run {run['id']}, {run['started_at'][:10]} " in shown
        assert f"pardotflow apply {plan.plan_id}" not in shown


def test_another_configuration(planned: Project) -> None:
    plan = planned.run("plan").expect(0)
    planned.replace("syncs/people.yml", "  - {salesforce: FirstName, pardot: firstName, pii: name}\n", "")
    since = last_asked(planned.data)
    said = planned.run("apply", plan.plan_id, "--yes", "--quiet")
    only(said, 3, f"the configuration changed since plan {plan.plan_id} was made", "Plan again")
    assert writes(planned.data, since) == []


def test_another_environment_and_another_org(live_settled: Project, tmp_path: Path) -> None:
    project = copy_project(live_settled, tmp_path / "one")
    other = build_small(tmp_path / "two")
    (other.root / "seed" / "schema.yml").write_text(SCHEMA.replace("00D5g0000008avYEAQ", "00D5g0000009xyzEAA"), "utf-8")
    with living(project) as live, living(other) as elsewhere:
        live.edit("Contact/contact1@small.example", Title="Director")
        plan = live.project.run("plan", "--env", "live", "--out", "mine.plan", "--detailed-exitcode").expect(2)
        production = live.project.run("apply", "mine.plan", "--env", "production", "--confirm", plan.plan_id, "--quiet")
        only(production, 3, f"plan {plan.plan_id} was made for live, not for production")
        moved = replace(live.project, variables=elsewhere.project.variables)
        said = moved.run("apply", "mine.plan", "--env", "live", "--yes", "--quiet")
        only(
            said,
            3,
            "what is remembered here is of salesforce 00D5g0000008avYEAQ",
            "this connection is 00D5g0000009",
        )
        assert writes(elsewhere.data) == []
        live.project.run("apply", "mine.plan", "--env", "live", "--yes").expect(0)
