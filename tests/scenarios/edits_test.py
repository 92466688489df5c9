"""What a person changes, in the configuration or in a record, is what the next plan shows, with its reason and its line."""

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
    assert {(field["field"], field["section"]) for field in fields} == {("country", "mapping_changed")}
    assert all(field["after"] == field["before"].lower() for field in fields)

    (guard,) = [each for each in plan["guards"] if not each["passed"]]
    assert guard["number"] == len(plan["changes"])
    assert f"--allow updates={guard['number']}" in said.out
    assert '"DE" → "de"' in said.out
    assert line in said.out


def test_undoing_the_edit_leaves_nothing_to_send(example: Project) -> None:
    example.replace("syncs/people.yml", 'sql: "upper(coalesce(', 'sql: "lower(coalesce(')
    example.run("plan").expect(3)
    example.replace("syncs/people.yml", 'sql: "lower(coalesce(', 'sql: "upper(coalesce(')
    assert "No changes." in example.run("plan", "--detailed-exitcode").expect(0).out


def test_a_field_that_both_sides_changed_is_a_conflict_with_a_winner(settled: Project) -> None:
    settled.run("emulator", "set", "Contact/contact1@small.example#Title=Director").expect(0)
    settled.run("emulator", "set", "prospect/contact1@small.example#jobTitle=Head").expect(0)
    plan = settled.plan_json("--detailed-exitcode", code=2)

    (conflict,) = plan["conflicts"]
    assert (conflict["a"]["value"], conflict["b"]["value"]) == ("Director", "Head")
    assert (conflict["a"]["base"], conflict["b"]["base"]) == ("Engineer", "Engineer")
    assert conflict["winner"] == "salesforce"
    assert conflict["line"] == settled.line_of("syncs/people.yml", "salesforce: Title")
    (change,) = plan["changes"]
    (field,) = change["fields"]
    assert (change["system"], field["field"], field["before"], field["after"]) == (
        "pardot",
        "jobTitle",
        "Head",
        "Director",
    )
    assert field["section"] == "conflict"


def test_the_example_resolves_two_phone_numbers_by_time_or_leaves_them_open(example: Project) -> None:
    example.run("emulator", "set", f"Contact/{MIRA}#Phone={HERS[0]}").expect(0)
    example.run("emulator", "set", f"prospect/{MIRA}#phone={HERS[1]}").expect(0)
    said = example.run("plan", "--detailed-exitcode")
    plan = example.run("show", said.plan_id, "--format", "json").expect(0).json

    found = {c["field"]: c for c in plan["conflicts"] if HERS[0] in (c["a"]["value"], c["b"]["value"])}
    conflict = found["phone"]
    assert (conflict["a"]["value"], conflict["b"]["value"]) == HERS
    assert conflict["winner"] in ("pardot", "open"), "the later edit wins; one within the same second is open"
    said.expect(2 if conflict["winner"] == "pardot" else 0)
    assert all(number in said.out for number in HERS)


def test_an_edit_against_a_one_way_mapping_is_drift_and_put_back(settled: Project) -> None:
    settled.run("emulator", "set", "prospect/contact1@small.example#country=Sweden").expect(0)
    (change,) = settled.plan_json("--detailed-exitcode", code=2)["changes"]
    (field,) = change["fields"]
    assert (field["before"], field["after"], field["section"]) == ("Sweden", "NO", "drift")


def test_an_opt_out_goes_over_and_taking_it_back_is_held(settled: Project) -> None:
    settled.run("emulator", "set", "prospect/contact1@small.example#optedOut=true").expect(0)
    (change,) = settled.plan_json("--detailed-exitcode", code=2)["changes"]
    (field,) = change["fields"]
    assert (change["system"], field["field"], field["after"]) == ("salesforce", "HasOptedOutOfEmail", "true")
    settled.run("apply", "--yes").expect(0)

    settled.run("emulator", "set", "Contact/contact1@small.example#HasOptedOutOfEmail=false").expect(0)
    plan = settled.plan_json("--detailed-exitcode", code=0)
    (held,) = [each for each in plan["held"] if each["kind"] == "opt_in"]
    assert (held["field"], held["before"], held["after"]) == ("optedOut", "true", "false")
