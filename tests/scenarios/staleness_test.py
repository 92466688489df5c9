"""What a person edits between plan and apply is not overwritten: it goes to the remainder, with the reason."""

from __future__ import annotations

from .driving import Project
from .judging import last_asked, people, writes

TARGET, SOURCE, OTHER, UNTOUCHED = (f"contact{n}@small.example" for n in (1, 2, 4, 5))


def test_what_moved_is_left_out_and_everything_else_is_applied(settled: Project) -> None:
    settled.run(
        "emulator", "set", *(f"Contact/{each}#MailingCity=Hamar" for each in (TARGET, SOURCE, OTHER, UNTOUCHED))
    ).expect(0)
    plan = settled.run("plan", "--detailed-exitcode").expect(2)
    settled.run(
        "emulator",
        "set",
        f"prospect/{TARGET}#city=Lillehammer",
        f"Contact/{SOURCE}#MailingCity=Moss",
        f"prospect/{OTHER}#notes=a field that nobody maps",
    ).expect(0)
    since = last_asked(settled.data)

    said = settled.run("apply", plan.plan_id, "--yes").expect(4)
    assert "Applied in part" in said.out
    assert "it changed in pardot since the plan was made" in said.out
    assert "its counterpart changed in salesforce since the plan was made" in said.out
    assert len(writes(settled.data, since)) == 2
    prospects = {row["email"]: row for (kind, _), row in people(settled.data).items() if kind == "prospect"}
    cities = {email: row["city"] for email, row in prospects.items()}
    assert (cities[TARGET], cities[OTHER], cities[UNTOUCHED]) == ("Lillehammer", "Hamar", "Hamar")
    assert cities[SOURCE] not in ("Hamar", "Moss")
    assert prospects[OTHER]["notes"] == "a field that nobody maps"

    # The remainder is what the next plan shows: a conflict with its winner, and the newer value.
    again = settled.plan_json("--detailed-exitcode", code=2)
    (conflict,) = again["conflicts"]
    assert (conflict["a"]["value"], conflict["b"]["value"], conflict["winner"]) == (
        "Hamar",
        "Lillehammer",
        "salesforce",
    )
    sent = {field["after"] for change in again["changes"] for field in change["fields"]}
    assert sent == {"Hamar", "Moss"}
