"""What is remembered belongs to one organisation; a data file that is seeded anew is another one."""

from __future__ import annotations

from pathlib import Path

from .driving import Project
from .judging import last_asked, writes
from .small import SCHEMA, build_small
from .surroundings_test import only


def _seed_again(project: Project, folder: str = "seed") -> None:
    project.run("emulator", "seed", folder, "--force").expect(0)


def test_a_new_data_file_is_read_whole(planned: Project) -> None:
    first = planned.plan_json()
    seed = planned.root / "seed" / "Contact.csv"
    seed.write_text(seed.read_text("utf-8").replace("Engineer", "Inventor"), "utf-8")
    _seed_again(planned)
    since = last_asked(planned.data)
    again = planned.plan_json("--clear-values")
    assert {each["mode"] for each in again["coverage"]} == {"full"}
    assert "Inventor" in str(again) and "Inventor" not in str(first)
    assert writes(planned.data, since) == []


def test_describes_of_another_org_are_forgotten(planned: Project) -> None:
    (planned.root / "seed" / "schema.yml").write_text(SCHEMA.replace("Prospect_Score__c", "Points__c"), "utf-8")
    for name in ("Contact", "Lead"):
        file = planned.root / "seed" / f"{name}.csv"
        file.write_text(file.read_text("utf-8").replace("Prospect_Score__c", "Points__c"), "utf-8")
    _seed_again(planned)
    for command in (["plan", "--quiet"], ["validate"]):
        said = planned.run(*command).expect(1)
        assert 'error[PF104] unknown field "Prospect_Score__c"' in said.err


def test_a_plan_of_another_org_is_foreign(planned: Project) -> None:
    plan = planned.run("plan").expect(0)
    _seed_again(planned)
    said = planned.run("apply", plan.plan_id, "--yes", "--quiet")
    only(said, 3, f"plan {plan.plan_id} was made for salesforce 00D5g0000008avYEAQ of emulator ")
    assert writes(planned.data) == []


def test_links_of_another_org_are_not_used(settled: Project) -> None:
    _seed_again(settled)
    for command in (["plan"], ["apply", "--yes"]):
        said = settled.run(*command, "--quiet")
        only(said, 3, "what is remembered here is of salesforce", "to begin anew, move")
    assert writes(settled.data) == []
    for name in ("memory.duckdb", "ledger.sqlite"):
        (settled.state / name).rename(settled.root / name)
    settled.run("apply", "--yes", "--quiet").expect(0)
    assert "No changes." in settled.run("plan", "--quiet").expect(0).out


def test_the_same_data_file_stays_the_same_org(settled: Project, tmp_path: Path) -> None:
    moved = Project(root=settled.root.rename(tmp_path / "moved"))
    assert "No changes." in moved.run("plan", "--quiet").expect(0).out


def test_two_files_of_one_seed_are_two_instances(tmp_path: Path) -> None:
    one, other = build_small(tmp_path / "one"), build_small(tmp_path / "other")
    plan = one.run("plan", "--out", "a.plan").expect(0)
    said = other.run("apply", str(one.root / "a.plan"), "--yes", "--quiet")
    only(said, 3, f"plan {plan.plan_id} was made for salesforce 00D5g0000008avYEAQ of emulator ")
