"""Real data of other people: null patterns, deleted records, references to nobody, values that no vendor would take.

The folders hold CSV files as an extraction tool writes them. They are not part of the repository; without them these
tests are skipped.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from .driving import Project
from .judging import people, select
from .small import EMULATOR, PROJECT, SOURCES

VARIABLE = "PARDOTFLOW_OUTSIDE_DATA"
FOLDER = Path(os.environ.get(VARIABLE, ""))
pytestmark = [
    pytest.mark.outside,
    pytest.mark.skipif(VARIABLE not in os.environ, reason=f"{VARIABLE} names no folder of outside data"),
]

SALESFORCE = {"sf_contact_data.csv": "Contact", "sf_lead_data.csv": "Lead", "sf_account_data.csv": "Account"}
PARDOT = {
    "pardot_prospect_data.csv": "prospects",
    "pardot_list_data.csv": "lists",
    "pardot_list_membership_data.csv": "list_memberships",
    "pardot_campaign_data.csv": "pardot_campaigns",
    "pardot_opportunity_data.csv": "opportunities",
    "pardot_visitor_data.csv": "visitors",
    "pardot_visitor_activity_data.csv": "visitor_activities",
}
_RENAMED = {"_fivetran_deleted": "isDeleted", "crm_contact_fid": "salesforceContactId"}

SCHEMA = """
salesforce:
  Lead:
    - {name: Pardot_Prospect_Id__c, type: string, length: 18, externalId: true, unique: true}
  Contact:
    - {name: Pardot_Prospect_Id__c, type: string, length: 18, externalId: true, unique: true}
"""

SYNC = """
sync: people
strength: apply
sides:
  salesforce: {objects: [Contact, Lead]}
  pardot: {object: prospect}
match:
  - salesforce_id
  - {salesforce: Pardot_Prospect_Id__c, pardot: id}
  - email
create:
  pardot:
    when: "Email is not null"
    set: {campaignId: "87939"}
  salesforce:
    object: Lead
    when: "pardot.userId is not null"
    set:
      Company: "coalesce(pardot.company, 'Unknown')"
      LastName: "coalesce(pardot.lastName, 'Unknown')"
    key: Pardot_Prospect_Id__c
fields:
  - {salesforce: FirstName, pardot: firstName, pii: name}
  - {salesforce: LastName, pardot: lastName, pii: name}
  - {salesforce: Email, pardot: email, pii: email}
  - {salesforce: Title, pardot: jobTitle}
  - {salesforce: Phone, pardot: phone, policy: most_recent, pii: phone}
  - {salesforce: {Contact: MailingCity, Lead: City}, pardot: city}
  - {salesforce: {Lead: Company}, pardot: company}
  - {salesforce: {Lead: Industry}, pardot: industry, on_link: salesforce}
  - {salesforce: HasOptedOutOfEmail, pardot: optedOut, policy: consent}
"""


def to_pardot_name(column: str) -> str:
    """`job_title` becomes `jobTitle`."""
    head, *rest = _RENAMED.get(column, column).split("_")
    return head + "".join(part.capitalize() for part in rest)


def to_salesforce_name(column: str) -> str:
    """`mailing_city` becomes `MailingCity`, `bt_level_c` becomes `Bt_Level__c`."""
    if column.endswith("_c"):
        return "_".join(part.capitalize() for part in column[:-2].split("_")) + "__c"
    return "".join(part.capitalize() for part in column.split("_"))


@pytest.fixture
def outside(tmp_path: Path) -> Project:
    """A project over the outside data, as it would be on the first day."""
    root = tmp_path / "project"
    for name, text in {
        "pardotflow.yml": PROJECT,
        "environments/emulator.yml": EMULATOR,
        "sources/systems.yml": SOURCES,
        "syncs/people.yml": SYNC,
        "seed/schema.yml": SCHEMA,
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip(), "utf-8")
    for file, name in SALESFORCE.items():
        _rename(FOLDER / "fivetran_salesforce" / file, root / "seed" / f"{name}.csv", to_salesforce_name)
    for file, name in PARDOT.items():
        _rename(FOLDER / "fivetran_pardot" / file, root / "seed" / f"{name}.csv", to_pardot_name)
    return Project(root=root)


def _rename(source: Path, target: Path, name: Callable[[str], str]) -> None:
    """Copy a CSV file under other column names; the extraction tool's own columns are left out."""
    with source.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    columns = [
        (n, name(column))
        for n, column in enumerate(header)
        if not column.startswith("_fivetran_") or column in _RENAMED
    ]
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([column for _, column in columns])
        writer.writerows([row[n] for n, _ in columns] for row in rows)


def test_seed_plan_apply_and_come_to_rest(outside: Project) -> None:
    """Without their Salesforce ids the prospects with an owner become leads, whose e-mail addresses are none."""
    prospects = outside.root / "seed" / "prospects.csv"
    text = prospects.read_text("utf-8")
    prospects.write_text(text.replace("salesforceContactId", "formerContactId", 1), "utf-8")
    seeded = outside.run("emulator", "seed", "seed").expect(0)
    assert re.search(r"^prospects\.csv: 100 rows$", seeded.out, re.MULTILINE)
    assert "prospects.csv:1: no field answers to formerContactId: left out" in seeded.out
    assert "is no record id; one was made" in seeded.out

    plan = outside.plan_json("--detailed-exitcode", code=2)
    deleted = _deleted(outside)
    assert len(deleted) > 50
    touched = {change["id"] for change in plan["changes"]}
    assert not touched & {name for record in deleted for name in (record, f"new:prospect/{record}")}
    coverage = {each["object"]: each for each in plan["coverage"]}
    assert (coverage["prospect"]["rows"], coverage["prospect"]["deleted"]) == (100 - len(deleted), len(deleted))
    created = {change["object"] for change in plan["changes"] if change["actions"] == ["create"]}
    assert created == {"Lead", "prospect"}

    said = outside.run("apply", "--yes").expect(4)
    assert "INVALID_EMAIL_ADDRESS" in said.out
    settled = outside.plan_json("--detailed-exitcode", "--clear-values", code=0)
    assert settled["changes"] == []
    refused = select(outside.ledger, "SELECT code, message FROM sync_errors")
    listed = [each["reason"] for each in settled["held"] if each["kind"] == "refused"]
    assert len(refused) > 10
    assert {f"{each['code']}: {each['message']}" for each in refused} == set(listed)


def test_references_to_records_that_nobody_sees(outside: Project) -> None:
    """The contact ids of the prospects name no record here: they are listed, and nobody is created in their stead."""
    plan = outside.plan_json()
    dangling = {each["id"] for each in plan["skipped"] if each["reason"] == "dangling"}
    live = {number for kind, number in people(outside.data) if kind == "prospect"} - _deleted(outside)
    assert dangling == live
    assert not [change for change in plan["changes"] if change["object"] == "Lead"]
    outside.run("apply", "--yes").expect(0)
    assert "No changes." in outside.run("plan", "--detailed-exitcode").expect(0).out


def _deleted(project: Project) -> set[str]:
    return {number for (kind, number), row in people(project.data).items() if kind == "prospect" and row["isDeleted"]}
