"""What must be true of an org after everything was killed: its own records and its own log say so, not our journal."""

from __future__ import annotations

from collections import Counter
from typing import Any

import duckdb

from tests.crashes.story import Story, rows_of
from tests.scenarios.judging import people

RECORDS = ("contact", "lead", "prospect")
"""What is judged; jobs are records too."""
MATCHED = {
    "FirstName": "firstName",
    "LastName": "lastName",
    "Title": "jobTitle",
    "Phone": "phone",
}


def check_people(story: Story) -> None:
    """Nobody stands twice, nobody is missing, pairs name each other and agree, and what people set is there."""
    found = people(story.live.data)
    prospects, contacts, leads = (rows_of(found, kind) for kind in ("prospect", "Contact", "Lead"))
    crm = [*contacts, *leads]
    for emails in (Counter(p["email"] for p in prospects), Counter(r["Email"] for r in crm)):
        assert set(emails.values()) == {1}, [email for email, count in emails.items() if count > 1]
    assert {p["email"] for p in prospects} == {r["Email"] for r in crm}
    by_id = {row["Id"][:15]: row for row in crm}
    for prospect in prospects:
        record = by_id[prospect["salesforceId"][:15]]
        assert str(record["Pardot_Prospect_Id__c"]) == str(prospect["id"])
        differing = {
            a: (record[a], prospect[b]) for a, b in MATCHED.items() if (record[a] or "") != (prospect[b] or "")
        }
        assert not differing, (prospect["email"], differing)
        city = record["MailingCity"] if "MailingCity" in record else record["City"]
        assert (city or "") == (prospect["city"] or ""), prospect["email"]
    phones = {p["email"]: p["phone"] for p in prospects}
    for email, phone in story.edits.items():
        assert phones.get(email) == phone, (email, phone, phones.get(email))


def check_writes(story: Story, since: int) -> int:
    """Every record that our client wrote was planned so, to the field and the value, and made once; returns how many
    there were."""
    planned = planned_values(story)
    fields = {(key[0], key[2]) for key in planned}
    made = Counter[tuple[str, str]]()
    count = 0
    for each in ours(story, since):
        for wrote in each["writes"]:
            name, item = wrote["action"], wrote["object"].lower().removesuffix("s")
            if item not in RECORDS:
                continue
            count += 1
            if name == "create":
                made[item, str(wrote["fields"].get("Email") or wrote["fields"].get("email"))] += 1
                continue
            key = (item, str(wrote["id"])[:15])
            if name in ("delete", "undelete"):
                assert (*key, name) in planned, f"nobody planned to {name} {key}"
                continue
            for field, value in wrote["fields"].items():
                # What the request does not name the system set itself. A job is carried out while its client asks for
                # it: there that is what no plan ever had for such a record.
                by_job = each["method"] == "GET" and (item, field.lower()) in fields
                if by_job or f'"{field}"'.lower() in str(each["body"]).lower():
                    values = planned.get((*key, field.lower()), set())
                    told = plain(value) in values or (SOME_ID in values and plain(value).isalnum())
                    assert told, f"nobody planned {key} {field} = {value!r}, but {values}"
    twice = {key: number for key, number in made.items() if number > 1}
    assert not twice, f"made more than once: {twice}"
    return count


SOME_ID = "<the id of a record that is made>"


def planned_values(story: Story) -> dict[tuple[str, ...], set[str]]:
    """By (object, id, field) the values that any saved plan was to send; by (object, id, action) deletes too."""
    found: dict[tuple[str, ...], set[str]] = {}
    for path in sorted(story.live.project.state.glob("plans/*.plan")):
        with duckdb.connect(str(path), read_only=True) as con:
            rows = con.execute(
                "select lower(c.object), c.id, c.action, lower(f.field), f.after, f.after_ref from changes c"
                " join field_changes f using (change) where f.sendable"
            ).fetchall()
        for item, record, action, field, after, ref in rows:
            key = (item, record[:15])
            if action in ("delete", "undelete"):
                found.setdefault((*key, action), set())
            values = found.setdefault((*key, field), set())
            # An id that did not exist yet is shown by name: any id of such a record is what was planned.
            values.add(plain(after) if ref is None else SOME_ID)
    return found


def plain(value: Any) -> str:
    """One spelling for what the log and the plan say."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return text.removesuffix(".0")


def ours(story: Story, since: int) -> list[dict[str, Any]]:
    """The requests of our client that wrote something."""
    log = story.live.admin("GET", f"requests?since={since}&limit=1000000&writes=true")
    return [each for each in log["requests"] if is_ours(each)]


def is_ours(request: dict[str, Any]) -> bool:
    """True for what pardotflow sent: its client names itself."""
    headers = {str(name).lower(): str(value) for name, value in dict(request["headers"]).items()}
    return "pardotflow" in headers.get("user-agent", "")
