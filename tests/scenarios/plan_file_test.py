"""A plan is bound to its environment, its org and its configuration, and can be applied once: else exit 3, and why."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from .driving import Project, copy_project
from .judging import last_asked, writes
from .live import living
from .small import SCHEMA, build_small
from .surroundings_test import only


def test_a_file_that_is_no_plan(planned: Project) -> None:
    (planned.root / "a.plan").write_bytes(b"not a plan " * 1000)
    only(planned.run("apply", "a.plan", "--yes", "--quiet"), 3, "a.plan is not a plan file of pardotflow")
    only(planned.run("show", "a.plan"), 3, "a.plan is not a plan file of pardotflow")


def test_a_spent_plan(planned: Project) -> None:
    plan = planned.run("plan").expect(0)
    planned.run("apply", plan.plan_id, "--yes").expect(0)
    since = last_asked(planned.data)
    said = planned.run("apply", plan.plan_id, "--yes", "--quiet")
    only(said, 3, f"plan {plan.plan_id} was applied already, by run ", "Plan again: pardotflow plan")
    assert writes(planned.data, since) == []


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
            f"plan {plan.plan_id} was made for salesforce 00D5g0000008avYEAQ",
            "this connection is 00D5g0000009",
        )
        assert writes(elsewhere.data) == []
        live.project.run("apply", "mine.plan", "--env", "live", "--yes").expect(0)
