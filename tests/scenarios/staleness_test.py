"""What a person edits between plan and apply is not overwritten: it goes to the remainder, with the reason."""

from __future__ import annotations

from .driving import Project
from .judging import last_asked, people, writes

ONE, TWO = "contact1@small.example", "contact2@small.example"


def test_an_edited_record_is_left_out_and_everything_else_is_applied(settled: Project) -> None:
    settled.run("emulator", "set", f"Contact/{ONE}#MailingCity=Hamar", f"Contact/{TWO}#MailingCity=Hamar").expect(0)
    plan = settled.run("plan", "--detailed-exitcode").expect(2)
    settled.run("emulator", "set", f"prospect/{ONE}#city=Lillehammer").expect(0)
    said = settled.run("apply", plan.plan_id, "--yes").expect(4)
    assert "Applied in part" in said.out
    assert "changed in pardot since the plan was made" in said.out

    cities = {row["email"]: row["city"] for (kind, _), row in people(settled.data).items() if kind == "prospect"}
    assert (cities[ONE], cities[TWO]) == ("Lillehammer", "Hamar")


def test_the_source_of_a_value_moved(settled: Project) -> None:
    settled.run("emulator", "set", f"Contact/{ONE}#MailingCity=Hamar").expect(0)
    plan = settled.run("plan", "--detailed-exitcode").expect(2)
    settled.run("emulator", "set", f"Contact/{ONE}#MailingCity=Moss").expect(0)
    since = last_asked(settled.data)
    said = settled.run("apply", plan.plan_id, "--yes").expect(4)
    assert "its counterpart changed in salesforce since the plan was made" in said.out
    assert writes(settled.data, since) == []

    settled.run("apply", "--yes").expect(0)
    cities = {row["email"]: row["city"] for (kind, _), row in people(settled.data).items() if kind == "prospect"}
    assert cities[ONE] == "Moss"


def test_an_edit_of_a_field_that_nobody_maps_moves_nothing(settled: Project) -> None:
    settled.run("emulator", "set", f"Contact/{ONE}#MailingCity=Hamar").expect(0)
    plan = settled.run("plan", "--detailed-exitcode").expect(2)
    settled.run("emulator", "set", f"prospect/{ONE}#notes=called").expect(0)
    settled.run("apply", plan.plan_id, "--yes").expect(0)
    notes = {row["email"]: row["notes"] for (kind, _), row in people(settled.data).items() if kind == "prospect"}
    assert notes[ONE] == "called"


def test_the_remainder_is_what_the_next_plan_shows(settled: Project) -> None:
    settled.run("emulator", "set", f"Contact/{ONE}#MailingCity=Hamar").expect(0)
    plan = settled.run("plan", "--detailed-exitcode").expect(2)
    settled.run("emulator", "set", f"prospect/{ONE}#city=Lillehammer").expect(0)
    settled.run("apply", plan.plan_id, "--yes").expect(4)
    again = settled.plan_json("--detailed-exitcode", code=2)
    (conflict,) = again["conflicts"]
    assert (conflict["a"]["value"], conflict["b"]["value"], conflict["winner"]) == ("Hamar", "Lillehammer", "salesforce")
