"""A guard that is passed blocks the plan; the flag that the plan prints lets exactly that plan's number pass, once."""

from __future__ import annotations

import re

from .driving import Project
from .judging import last_asked, writes

UPPER, LOWER = 'sql: "upper(coalesce(', 'sql: "lower(coalesce('


def test_a_blocked_plan_is_applied_only_with_its_flag_and_only_once(settled: Project) -> None:
    settled.replace("syncs/people.yml", UPPER, LOWER)
    said = settled.run("plan", "--detailed-exitcode").expect(3)
    (flag,) = set(re.findall(r"--allow (updates=\d+)", said.out))
    number = int(flag.partition("=")[2])
    since = last_asked(settled.data)

    refused = settled.run("apply", said.plan_id, "--yes").expect(3)
    assert f"plan {said.plan_id} is blocked by updates" in refused.err
    assert f"--allow {flag}" in refused.err
    settled.run("apply", said.plan_id, "--yes", "--allow", f"updates={number - 1}").expect(3)
    unknown = settled.run("apply", said.plan_id, "--yes", "--allow", "foo=1").expect(1)
    assert f"plan {said.plan_id} has no guard 'foo'" in unknown.err
    assert "Its guards: updates." in unknown.err
    assert writes(settled.data, since) == []

    settled.run("apply", said.plan_id, "--yes", "--allow", flag).expect(0)
    assert "No changes." in settled.run("plan", "--detailed-exitcode").expect(0).out

    settled.replace("syncs/people.yml", LOWER, UPPER)
    settled.run("apply", "--yes").expect(3)


def test_open_conflicts_block_where_the_project_says_so(settled: Project) -> None:
    settled.replace("syncs/people.yml", "guards: {updates: 60%}", "guards: {conflicts: 0}")
    settled.replace("syncs/people.yml", "pardot: jobTitle, on_link: salesforce", "pardot: jobTitle, policy: ask")
    settled.run(
        "emulator",
        "set",
        "Contact/contact1@small.example#Title=Director",
        "prospect/contact1@small.example#jobTitle=Head",
    ).expect(0)
    said = settled.run("plan").expect(3)
    assert "--allow conflicts=1" in said.out
