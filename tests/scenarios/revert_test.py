"""A run is taken back by commands, against the emulator: records that it made go and come again."""

from __future__ import annotations

import shlex
from typing import Any

from .driving import Project, Said


def revert(project: Project, run: str, *options: str) -> Any:
    """The plan that takes a run back; blocked by its guards or not."""
    said = project.run("revert", run, "--quiet", "--format", "json", "--clear-values", *options)
    return said.expect(3 if said.code == 3 else 0).json


def apply(project: Project, plan: Any) -> Said:
    """Apply a plan past the guards that it names."""
    flags = [word for guard in plan["guards"] if not guard["passed"] for word in shlex.split(guard["flag"])]
    return project.run("apply", plan["meta"]["id"], "--yes", "--quiet", *flags).expect(0)


def last_run(project: Project) -> str:
    """The id of the run that `history` names first."""
    return str(project.run("history", "--format", "json").expect(0).json["runs"][0]["id"])


def actions(plan: Any) -> dict[tuple[str, str], int]:
    found = [(c["object"], c["actions"][0]) for c in plan["changes"]]
    return {each: found.count(each) for each in sorted(set(found))}


def test_the_first_run_is_taken_back_and_the_revert_too(settled: Project) -> None:
    first = last_run(settled)
    shown = settled.run("history", first[:6]).expect(0)
    assert "97 confirmed" in shown.out and f"pardotflow revert {first}" in shown.out
    settled.run("emulator", "set", "prospect/contact0@small.example#country=Sweden").expect(0)

    plan = revert(settled, first)
    assert actions(plan) == {
        ("Contact", "update"): 36,
        ("Lead", "delete"): 10,
        ("Lead", "update"): 6,
        ("prospect", "delete"): 12,
        ("prospect", "update"): 32,
    }
    assert plan["meta"]["revert_of"] == first
    (conflict,) = plan["conflicts"]
    assert (conflict["a"]["value"], conflict["a"]["base"], conflict["b"]["value"]) == ("Sweden", "NO", "Norway")
    notes = "\n".join(plan["notes"])
    assert "Pardot_Prospect_Id__c: the next plan will write it again (24 times), because of syncs/people.yml" in notes
    announced = {(u["id"], u["field"]) for u in plan["unsettled"]}
    assert "confirmed    96" in apply(settled, plan).out

    second = last_run(settled)
    following = settled.run("plan", "--quiet", "--format", "json")
    sent = {(c["id"], f["field"]) for c in following.json["changes"] for f in c["fields"]}
    # The edited country is drift, which any plan puts back.
    assert {field for _, field in sent - announced} == {"country"}

    plan = revert(settled, second)
    assert actions(plan) == {
        ("Contact", "update"): 36,
        ("Lead", "undelete"): 10,
        ("Lead", "update"): 6,
        ("prospect", "undelete"): 12,
        ("prospect", "update"): 32,
    }
    apply(settled, plan)
    settled.run("emulator", "set", "prospect/contact0@small.example#country=NO").expect(0)
    assert "No changes." in settled.run("plan", "--quiet", "--detailed-exitcode").expect(0).out


def test_what_is_asked_for_in_vain_is_answered_in_a_sentence(settled: Project) -> None:
    run = last_run(settled)
    said = settled.run("revert", run, "--quiet", "--select", "prospect/999999").expect(0)
    assert (said.out, said.err) == ("", f"Nothing to take back: run {run} wrote nothing of that.\n")
    assert "there is no run 'zzz'" in settled.run("revert", "zzz", "--quiet").expect(1).err
    assert settled.run("errors").expect(0).out.startswith("No sync errors.")
    assert "Causes: data" in settled.run("errors", "--cause", "weather").expect(1).err
    assert "no sync error is meant" in settled.run("errors", "--retry", "--code", "1").expect(1).err
    assert settled.run("errors", "--retry").expect(0).out == "Nothing to change.\n"
