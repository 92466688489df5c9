"""The example's project files fit its data: the models give what Pardot last got, the value map knows the sources."""

from collections import Counter
from datetime import date

import duckdb
import jinja2
import pytest
import yaml

from pardotflow.config.load import load_project
from tests.example.example_files import PEOPLE_FIELDS, PROJECT, Row, linked, live_prospects, plain, read, rows

USAGE = PROJECT / "warehouse" / "product_usage.csv"
COLUMNS = ("product_plan", "product_seats", "product_last_seen", "product_health")
THIS_WEEK, LAST_WEEK = date(2026, 11, 16), date(2026, 11, 9)


def rendered(model: str) -> str:
    """A model's SQL over views that bear the names of its sources and models."""
    text = (PROJECT / "models" / f"{model}.sql").read_text(encoding="utf-8")
    return str(jinja2.Template(text).render(source=lambda name: f'"{name}"', ref=lambda name: f'"{name}"'))


def modelled(until: date) -> dict[str, Row]:
    """What the models say by e-mail address when the file ends with that week."""
    with duckdb.connect() as database:
        database.execute(f"CREATE VIEW usage AS SELECT * FROM read_csv('{USAGE}') WHERE week <= DATE '{until}'")
        for model in ("usage_by_person", "product_usage"):
            database.execute(f"CREATE VIEW {model} AS {rendered(model)}")
        found = database.execute("SELECT * FROM product_usage").fetchall()
    return {row[0]: dict(zip(COLUMNS, map(str, row[1:]), strict=True)) for row in found}


def test_the_models_give_one_row_for_each_person() -> None:
    people = {row["email"] for row in read(USAGE)}
    assert set(modelled(THIS_WEEK)) == people
    assert len(people) == 760 + 30


def test_the_usage_file_has_one_row_for_each_person_and_week() -> None:
    keys = Counter((row["email"], row["week"]) for row in read(USAGE))
    assert max(keys.values()) == 1


def test_pardot_holds_what_the_last_push_left() -> None:
    this, last = modelled(THIS_WEEK), modelled(LAST_WEEK)
    found = Counter[str]()
    for row in live_prospects():
        held = {column: row[f"{column}__c"] for column in COLUMNS}
        email = plain(row["email"])
        if email not in this:
            assert not any(held.values())
        elif not any(held.values()):
            found["nothing"] += 1
        elif held == this[email]:
            found["this week"] += 1
        elif held == last.get(email):
            found["last week"] += 1
        else:
            found["edited"] += 1
    assert found["edited"] == 12
    assert found["this week"] / 760 == pytest.approx(0.71, abs=0.05)
    assert found["last week"] / 760 == pytest.approx(0.2, abs=0.05)
    assert found["nothing"] / 760 == pytest.approx(0.08, abs=0.02)


def test_every_health_occurs() -> None:
    assert {row["product_health"] for row in modelled(THIS_WEEK).values()} == {
        "healthy",
        "slowing",
        "at risk",
        "silent",
    }


def test_the_value_map_says_what_both_systems_hold() -> None:
    named = {row["salesforce"]: row["pardot"] for row in read(PROJECT / "syncs" / "lead_sources.csv")}
    held = {pair.values("source") for pair in linked() if pair.prospect["source"]}
    assert {pair for pair in held if not pair[1].startswith("Search:")} == set(named.items())
    assert {pair.values("source")[0] for pair in linked()} - set(named) == {"Employee Referral"}


def test_every_mapped_field_stands_in_the_seed() -> None:
    sync = yaml.safe_load((PROJECT / "syncs" / "people.yml").read_text(encoding="utf-8"))
    for mapping in sync["fields"]:
        assert mapping["pardot"] in PEOPLE_FIELDS
        contact, lead = PEOPLE_FIELDS[mapping["pardot"]]
        declared = mapping.get("salesforce")
        if isinstance(declared, str):
            assert (contact, lead) == (declared, declared)
        elif declared:
            assert (contact, lead) == (declared.get("Contact"), declared.get("Lead"))


def test_new_prospects_get_a_campaign_that_exists() -> None:
    project = yaml.safe_load((PROJECT / "pardotflow.yml").read_text(encoding="utf-8"))
    assert project["vars"]["new_prospect_campaign"] in {row["id"] for row in rows("pardot_campaigns.csv")}


def test_every_yaml_file_can_be_read() -> None:
    files = sorted(PROJECT.rglob("*.yml"))
    assert len(files) == 10
    assert all(yaml.safe_load(file.read_text(encoding="utf-8")) for file in files)


def test_the_emulator_environment_is_read_without_a_complaint() -> None:
    loaded = load_project(PROJECT, None, {}, environ={})
    assert loaded.diagnostics == ()
    assert loaded.project is not None
    assert loaded.project.environment.name == "emulator"
    assert [sync.name for sync in loaded.project.syncs] == ["people", "product_usage"]


def test_the_production_environment_needs_four_variables_and_nothing_else() -> None:
    given = dict.fromkeys(("SF_CLIENT_ID", "SF_CLIENT_SECRET", "SF_REFRESH_TOKEN"), "set")
    loaded = load_project(PROJECT, "production", {}, environ=given | {"PARDOT_BUSINESS_UNIT_ID": "0Uv5g0000000LJJCA2"})
    assert loaded.diagnostics == ()
    assert loaded.project is not None
    assert loaded.project.environment.production
