"""New prospects by import: made once each, linked in the same run, and one that was made meanwhile is left as it is."""

from __future__ import annotations

import time
from pathlib import Path

from .judging import asked, last_asked, people, select, vendor_calls
from .live import Live, living
from .small import CONTACTS, NEW_PROSPECTS, build_small

FIRST = f"contact{CONTACTS}@small.example"
"""The first contact without a prospect."""


def test_prospects_made_by_import_are_linked_and_held_by_their_id(tmp_path: Path) -> None:
    project = build_small(tmp_path / "small")
    project.replace("environments/live.yml", "connections:", "sending: {jobs_from: {pardot: 1}}\nconnections:")
    with living(project) as live:
        live.switch(import_delay=0.5)
        plan = live.project.run("plan", "--env", "live", "--steps").expect(0)
        assert "prospect creates by import" in plan.out
        since = last_asked(live.data)
        said = live.project.run("apply", "--env", "live", "--yes").expect(0)
        assert "Applied. Every change was confirmed." in said.out
        # No cache lagged: opening, upload, submitting, one poll, and one page with what was made.
        assert f"+{NEW_PROSPECTS}" in said.out
        made = [each for each in vendor_calls(live.data, since) if "createdAtAfterOrEqualTo" in each.query]
        assert len(made) == 1
        singles = [e for e in asked(live.data, since) if e.method == "POST" and e.path.endswith("/objects/prospects")]
        assert singles == []
        _check_links(live)
        live.admin("PUT", "clock", {"advance": 70})
        live.project.run("plan", "--env", "live", "--detailed-exitcode").expect(0)


def test_who_was_there_by_then_is_not_overwritten(tmp_path: Path) -> None:
    """Somebody makes the same prospect while the import waits: it keeps what it holds, and the change has moved."""
    project = build_small(tmp_path / "small")
    project.replace("environments/live.yml", "connections:", "sending: {jobs_from: {pardot: 1}}\nconnections:")
    with living(project) as live:
        live.switch(import_delay=8)
        (contact,) = [key for (kind, key), row in people(live.data).items() if row.get("Email") == FIRST]
        with live.project.start("apply", "--env", "live", "--yes") as process:
            _wait_for_submission(live)
            live.admin("PUT", "clock", {"advance": 3})
            theirs = live.create(
                "prospect", email=FIRST, salesforceId=contact, firstName="Typed", campaignId=1201, userId=701
            )
            live.edit(f"prospect/{theirs}", createdById=701)
            live.admin("PUT", "clock", {"advance": 3})
            out, err = process.communicate(timeout=120)
        assert process.returncode == 4, f"{out}\n{err}"
        found = [row for row in people(live.data).values() if row.get("email") == FIRST]
        assert [(str(row["id"]), row["firstName"]) for row in found] == [(theirs, "Typed")]
        statuses = select(live.project.ledger, "SELECT status, count(*) AS n FROM request_rows GROUP BY 1")
        assert {row["status"]: row["n"] for row in statuses}["moved"] >= 1


def _check_links(live: Live) -> None:
    found = people(live.data)
    by_contact = {row["salesforceId"]: row for (kind, _), row in found.items() if kind == "prospect"}
    contacts = {key: row for (kind, key), row in found.items() if kind == "Contact"}
    assert len(contacts) == CONTACTS + NEW_PROSPECTS
    for key, row in contacts.items():
        prospect = by_contact[key] if key in by_contact else by_contact[key[:15]]
        assert (prospect["email"], prospect["lastName"]) == (row["Email"], row["LastName"])
        assert str(row["Pardot_Prospect_Id__c"]) == str(prospect["id"])


def _wait_for_submission(live: Live) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if [e for e in asked(live.data) if e.method == "PATCH" and "/imports/" in e.path and e.status is not None]:
            return
        time.sleep(0.05)
    raise AssertionError("no import was submitted")
