"""`plan --record` reads one record and its counterpart, in four calls at most, and compares these two."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import FirstMinute
from .driving import Project, copy_project
from .judging import last_asked, vendor_calls

MIRA = "mira.lindqvist@example.com"


@pytest.fixture(scope="module")
def edited(first_minute: FirstMinute, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The example at rest, then one edit on each side of one person."""
    project = copy_project(first_minute.project, tmp_path_factory.mktemp("record") / "example")
    project.run(
        "emulator", "set", f"Contact/{MIRA}#Title=Plant Director", f"prospect/{MIRA}#department=Production"
    ).expect(0)
    return project


@pytest.mark.parametrize(
    "record",
    [
        f"Contact/{MIRA}",
        "Contact/0035g000003H3MCAA0",
        "Contact/0035g000003H3MC",
        f"prospect/{MIRA}",
        "prospect/100403",
        "contact/MIRA.Lindqvist@example.com",
    ],
)
def test_one_record_and_its_counterpart(record: str, edited: Project) -> None:
    before = last_asked(edited.data)
    plan = edited.plan_json("--record", record, "--detailed-exitcode", "--clear-values", code=2)
    calls = vendor_calls(edited.data, before)
    assert 2 <= sum(each.api_calls for each in calls) <= 4
    assert len(calls) <= 4
    assert all(each.method == "GET" for each in calls)

    changes = {(c["system"], c["object"], c["id"]): c["fields"] for c in plan["changes"]}
    told = {key: [(f["field"], f["before"], f["after"]) for f in fields] for key, fields in changes.items()}
    assert told == {
        ("salesforce", "Contact", "0035g000003H3MCAA0"): [("Department", "Operations", "Production")],
        ("pardot", "prospect", "100403"): [("jobTitle", "Plant Manager", "Plant Director")],
    }
    assert plan["complete"] is False
    assert plan["meta"]["selection"].lower() == record.lower()


def test_the_text_says_that_it_was_narrowed(edited: Project) -> None:
    said = edited.run("plan", "--record", "prospect/100403").expect(0)
    assert "Narrowed to prospect/100403: what lies outside was not compared." in said.out
    assert '"Plant Manager" → "Plant Director"' in said.out


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ("prospect/999999999", "pardot has no prospect 999999999"),
        ("Contact/0035g00000ZZZZZ", "salesforce has no Contact 0035g00000ZZZZZ"),
        ("Contact/nobody@example.com", "salesforce has no Contact nobody@example.com"),
        ("Account/0015g000003Iv46AAC", "no sync has an object 'Account'"),
        ("Lead/tomorrow", "'tomorrow' is not a Salesforce id"),
        ("Mira", "'Mira' is not an address: write Object/id"),
    ],
)
def test_a_record_that_is_not_there(record: str, message: str, edited: Project) -> None:
    said = edited.run("plan", "--quiet", "--record", record).expect(1)
    assert said.err.startswith("error: " + message)
    assert len(said.err.splitlines()) <= 2
    assert said.out == ""


def test_planning_one_record_does_not_move_the_full_plan(edited: Project, tmp_path: Path) -> None:
    """The narrowed plan read one edit of two: the full plan still finds what lies outside it."""
    project = copy_project(edited, tmp_path / "example")
    project.run("emulator", "set", "Lead/00Q5g000002rCs7EAE#Title=Quality Director").expect(0)
    project.run("plan", "--record", "prospect/100403").expect(0)
    plan = project.plan_json("--detailed-exitcode", code=2)
    assert {(c["object"], len(c["fields"])) for c in plan["changes"]} == {("Contact", 1), ("prospect", 1)}
    assert len(plan["changes"]) == 3
