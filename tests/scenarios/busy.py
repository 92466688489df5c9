"""An org at rest in which much has happened since: every kind of write waits to be sent, one request at a time.

New contacts, new prospects with an owner, edits on both sides. What is true when all is done is told here too.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .driving import Project, copy_project
from .judging import People, people, select
from .live import Live, living

NEW_CONTACTS = 9
NEW_PROSPECTS = 5
EDITED = range(2, 14)
SIGNS_OF_WORK = 0.05
"""Seconds that every answer takes, so that a command can be met at work."""


def make_busy(settled: Project, root: Path) -> Project:
    """A copy of a settled live project, with things to do."""
    project = copy_project(settled, root)
    with living(project) as live:
        for n in range(NEW_CONTACTS):
            live.create("Contact", FirstName=f"New{n}", LastName="Contact", Email=f"new{n}@busy.example", Phone="1")
        for n in range(NEW_PROSPECTS):
            live.create("prospect", firstName=f"New{n}", email=f"owned{n}@busy.example", userId=701, campaignId=1201)
        for n in EDITED:
            live.edit(f"Contact/contact{n}@small.example", Title=f"Title {n}")
            live.edit(f"prospect/contact{n}@small.example", city=f"City {n}")
        live.switch(latency=SIGNS_OF_WORK)
    return project


@contextmanager
def at_work(busy: Project, root: Path) -> Iterator[Live]:
    """A copy of a busy project, served."""
    with living(copy_project(busy, root)) as live:
        yield live


def settle(live: Live) -> list[str]:
    """Plan and apply until there is nothing to send and nothing unknown; returns what each apply said."""
    said = []
    for _ in range(6):
        plan = live.project.run("plan", "--env", "live", "--quiet", "--format", "json").expect(0).json
        unknown = [each for each in plan["held"] if each["kind"] == "unknown_outcome"]
        if not plan["changes"] and not unknown:
            return said
        if plan["changes"]:
            said.append(live.project.run("apply", "--env", "live", "--yes").expect(0).out)
        if unknown:
            let_a_minute_pass(live)
    raise AssertionError("it does not come to rest")


def let_a_minute_pass(live: Live) -> None:
    """For the journal, requests without an answer were sent a minute earlier: a lagging cache would show them now."""
    import sqlite3

    db = sqlite3.connect(live.project.ledger, timeout=20)
    with db:
        query = "UPDATE requests SET sent_at = replace(sent_at, substr(sent_at, 1, 4), '2020') WHERE status IN ('sent', 'unknown')"
        db.execute(query)
    db.close()


def check_done(live: Live) -> None:
    """Each person stands once on each side, linked both ways, and every edit has arrived."""
    found = people(live.data)
    assert _emails(found, "prospect", "email") == _emails(found, "Contact", "Email") + _emails(found, "Lead", "Email")
    assert set(_emails(found, "prospect", "email").values()) == {1}
    by_id = {row["Id"]: row for (kind, _), row in found.items() if kind != "prospect"}
    for (kind, number), prospect in found.items():
        if kind == "prospect":
            record = by_id[prospect["salesforceId"]]
            assert str(record["Pardot_Prospect_Id__c"]) == number
            assert (record["Title"], record["Phone"]) == (prospect["jobTitle"], prospect["phone"])
    for n in EDITED:
        (prospect,) = [row for row in found.values() if row.get("email") == f"contact{n}@small.example"]
        assert prospect["city"] == f"City {n}"


def open_requests(live: Live) -> int:
    """Journal entries without an end."""
    return len(select(live.project.ledger, "SELECT 1 FROM requests WHERE status IN ('planned', 'sent')"))


def wait_for(condition: object, seconds: float = 40) -> None:
    """Wait until a condition holds."""
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.002)


def _emails(found: People, kind: str, field: str) -> Counter[str]:
    return Counter(str(row[field]) for (each, _), row in found.items() if each == kind)
