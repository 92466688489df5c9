"""An org at rest in which much has happened since: every kind of write waits to be sent, one request at a time.

New contacts, new prospects with an owner, edits on both sides. What is true when all is done is told here too.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.forks import Begun

from .driving import Project, copy_project
from .judging import People, last_asked, people, select
from .live import Live, living

NEW_CONTACTS = 9
NEW_PROSPECTS = 5
EDITED = range(2, 10)
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


def settle(live: Live) -> None:
    """After an interruption and its minute: go on with what was left unfinished, of which only what people edited since
    stays undone; then apply, at most twice, until a plan has nothing to send."""
    let_a_minute_pass(live)
    gone_on = live.project.run("apply", "--env", "live", "--yes", "--format", "json").json
    assert (gone_on["unknown"], gone_on["not_started"], gone_on["refused"]) == (0, 0, 0)
    for _ in range(2):
        live.project.run("apply", "--env", "live", "--yes").expect(0)
        said = live.project.run("plan", "--env", "live", "--quiet", "--detailed-exitcode", "--format", "json")
        if said.code == 0:
            assert not [each for each in said.json["held"] if each["kind"] == "unknown_outcome"]
            return
    raise AssertionError(f"it does not come to rest: {said.out[:2000]}")


def let_a_minute_pass(live: Live) -> None:
    """In the org: a lagging cache would show by then what was sent."""
    live.admin("PUT", "clock", {"advance": 61})


def check_done(live: Live) -> None:
    """Each person stands once on each side, linked both ways, and every edit has arrived."""
    found = people(live.data)
    assert _emails(found, "prospect", "email") == _emails(found, "Contact", "Email") + _emails(found, "Lead", "Email")
    assert set(_emails(found, "prospect", "email").values()) == {1}
    by_id = {row["Id"][:15]: row for (kind, _), row in found.items() if kind != "prospect"}
    for (kind, number), prospect in found.items():
        if kind == "prospect":
            record = by_id[prospect["salesforceId"][:15]]
            assert str(record["Pardot_Prospect_Id__c"]) == number
            assert (record["Title"], record["Phone"]) == (prospect["jobTitle"], prospect["phone"])
    for n in EDITED:
        (prospect,) = [row for row in found.values() if row.get("email") == f"contact{n}@small.example"]
        assert prospect["city"] == f"City {n}"


def open_requests(live: Live) -> int:
    """Journal entries without an end."""
    return len(select(live.project.ledger, "SELECT 1 FROM requests WHERE status IN ('planned', 'sent')"))


def wait_until(condition: Callable[[], object], process: Begun) -> None:
    """Watch a command at work until a condition holds, which must be before it ends."""
    deadline = time.monotonic() + 40
    while not condition():
        assert process.poll() is None, "the command ended first"
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.005)


def let_it_end(live: Live) -> None:
    """Wait until the org has ended what had reached it."""
    live.switch(latency=0.0)
    before = -1
    while before != last_asked(live.data):
        before = last_asked(live.data)
        time.sleep(0.4)


def _emails(found: People, kind: str, field: str) -> Counter[str]:
    return Counter(str(row[field]) for (each, _), row in found.items() if each == kind)
