"""What a person changes, in the configuration or in a record, is what the next plan shows, with its line."""

from __future__ import annotations

from .driving import Project

MIRA = "mira.lindqvist@example.com"
HERS = ("+49 30 23125102", "+49 30 23125103")


def test_one_edited_mapping_line_is_shown_with_its_line_and_blocked(example: Project) -> None:
    example.replace("syncs/people.yml", 'sql: "upper(coalesce(', 'sql: "lower(coalesce(')
    line = example.line_of("syncs/people.yml", "pardot: country, direction")
    said = example.run("plan").expect(3)
    plan = example.run("show", said.plan_id, "--format", "json").expect(3).json

    fields = [field for change in plan["changes"] for field in change["fields"]]
    assert len(fields) > 1000
    assert {field["line"] for field in fields} == {line}
    assert {field["field"] for field in fields} == {"country"}
    # Prospects of the leads that the first apply made have no base for a field that only flows the other way.
    assert {field["situation"] for field in fields if field["section"] != "mapping_changed"} <= {"new"}
    assert sum(field["section"] == "mapping_changed" for field in fields) >= len(fields) - 40
    assert all(field["after"] == field["before"].lower() for field in fields)

    (guard,) = [each for each in plan["guards"] if not each["passed"]]
    assert guard["number"] == len(plan["changes"])
    assert f"--allow updates={guard['number']}" in said.out
    assert '"DE" → "de"' in said.out
    assert line in said.out

    example.replace("syncs/people.yml", 'sql: "lower(coalesce(', 'sql: "upper(coalesce(')
    assert "No changes." in example.run("plan", "--detailed-exitcode").expect(0).out


def test_the_example_resolves_two_phone_numbers_by_time_or_leaves_them_open(example: Project) -> None:
    example.run("emulator", "set", f"Contact/{MIRA}#Phone={HERS[0]}").expect(0)
    example.run("emulator", "set", f"prospect/{MIRA}#phone={HERS[1]}").expect(0)
    said = example.run("plan", "--detailed-exitcode")
    plan = example.run("show", said.plan_id, "--format", "json", "--clear-values").expect(0).json

    found = {c["field"]: c for c in plan["conflicts"] if HERS[0] in (c["a"]["value"], c["b"]["value"])}
    conflict = found["phone"]
    assert (conflict["a"]["value"], conflict["b"]["value"]) == HERS
    assert conflict["winner"] in ("pardot", "open"), "the later edit wins; one within the same second is open"
    said.expect(2 if conflict["winner"] == "pardot" else 0)
    assert all(number in said.out for number in HERS)


def test_conflict_drift_and_consent_side_by_side(settled: Project) -> None:
    settled.run(
        "emulator",
        "set",
        "Contact/contact1@small.example#Title=Director",
        "prospect/contact1@small.example#jobTitle=Head",
        "prospect/contact2@small.example#country=Sweden",
        "prospect/contact3@small.example#optedOut=true",
    ).expect(0)
    plan = settled.plan_json("--detailed-exitcode", code=2)

    (conflict,) = plan["conflicts"]
    assert (conflict["a"]["value"], conflict["b"]["value"], conflict["winner"]) == ("Director", "Head", "salesforce")
    assert (conflict["a"]["base"], conflict["b"]["base"]) == ("Engineer", "Engineer")
    assert conflict["line"] == settled.line_of("syncs/people.yml", "salesforce: Title")
    fields = [(c["system"], f) for c in plan["changes"] for f in c["fields"]]
    assert sorted((s, f["field"], f["before"], f["after"], f["section"]) for s, f in fields) == [
        ("pardot", "country", "Sweden", "NO", "drift"),
        ("pardot", "jobTitle", "Head", "Director", "conflict"),
        ("salesforce", "HasOptedOutOfEmail", "false", "true", "change"),
    ]

    settled.run("apply", "--yes").expect(0)
    settled.run("emulator", "set", "Contact/contact3@small.example#HasOptedOutOfEmail=false").expect(0)
    plan = settled.plan_json("--detailed-exitcode", code=0)
    (held,) = [each for each in plan["held"] if each["kind"] == "opt_in"]
    assert (held["field"], held["before"], held["after"]) == ("optedOut", "true", "false")
