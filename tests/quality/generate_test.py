"""A generated truth table holds at once, is the same every time, and is red where something is decided differently."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pardotflow.core.describe import FieldInfo
from pardotflow.core.errors import UsageError
from pardotflow.core.values import FieldType, System
from pardotflow.engine import truth
from pardotflow.engine.truth import Flow, Found, Source
from tests.engine.harness import Yaml
from tests.engine.scenario import EXTRAS, PAIRS, mappings
from tests.quality.stand import Stand, stand

PHONE: Yaml = {"salesforce": "Phone", "pardot": "phone"}
OWNERS = {
    System.SALESFORCE: [FieldInfo(name="OwnerId", type=FieldType.ID, reference_to=("User", "Group"))],
    System.PARDOT: [FieldInfo(name="userId", type=FieldType.INTEGER)],
}


@st.composite
def fields(draw: st.DrawFn) -> list[Yaml]:
    """Mappings of any kind, under any rules."""
    chosen = draw(st.lists(st.sampled_from(PAIRS), min_size=1, max_size=4, unique=True))
    return [*(draw(mappings(pair)) for pair in chosen), *draw(st.sampled_from(EXTRAS))]


@settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(fields=fields())
def test_what_is_generated_holds(tmp_path_factory: pytest.TempPathFactory, fields: list[Yaml]) -> None:
    made = stand(tmp_path_factory.mktemp("stand"), fields)
    text = made.generate()
    assert text == made.generate()
    report = made.run_text(text)
    assert report.failed == 0, [v for f in report.files for v in f.verdicts if v.differences]
    assert report.passed == text.count("  - case: ") > 0


def test_every_policy_cell_of_a_mapping_is_reached(tmp_path: Path) -> None:
    consent = {"salesforce": "OptOut__c", "pardot": "optedOut", "policy": "consent"}
    report = (made := stand(tmp_path, [PHONE, consent])).run_text(made.generate())
    assert [(c.mapping, c.cells, c.covered) for c in report.coverage] == [("phone", 18, 18), ("optedOut", 12, 12)]


def test_the_cells_that_no_case_reaches_are_named(tmp_path: Path) -> None:
    made = stand(tmp_path, [PHONE])
    case = {
        "case": "a",
        "base": {"phone": "1"},
        "salesforce": {"object": "Lead", "Phone": "2"},
        "pardot": {"phone": "1"},
    }
    (part,) = made.run(case | {"expect": {"pardot": {"phone": "2"}}}).coverage
    assert (part.cells, part.covered) == (18, 1)
    missing = [(cell.found, cell.values) for cell in part.missing]
    assert ("salesforce moved", "both filled") not in missing
    assert missing[:4] == [
        ("neither moved", "both filled"),
        ("neither moved", "salesforce blank"),
        ("neither moved", "pardot blank"),
        ("salesforce moved", "salesforce blank"),
    ]


def test_one_mapping_is_generated_alone(tmp_path: Path) -> None:
    made = stand(tmp_path, [PHONE, {"salesforce": "Title", "pardot": "jobTitle"}])
    text = made.generate("Phone")
    assert text.startswith("# What is decided for Phone of people")
    assert "jobTitle" not in text and text in made.generate("phone").replace("#phone", "#Phone").replace(
        "for phone of", "for Phone of"
    )
    with pytest.raises(UsageError, match="no mapping 'fax'"):
        made.generate("fax")


def _altered(found: Found, source: Source) -> tuple[truth.Rule, ...]:
    """The table with another source for one situation of two-way fields."""
    return tuple(replace(r, source=source) if r.flow is Flow.TWO_WAY and r.found is found else r for r in truth.RULES)


@pytest.mark.parametrize(
    ("found", "source"),
    [
        (Found.A_MOVED, Source.B),
        (Found.B_MOVED, Source.NONE),
        (Found.BOTH_MOVED, Source.ON_LINK),
        (Found.SAME, Source.A),
    ],
)
def test_a_table_that_decides_otherwise_is_red(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: Found, source: Source
) -> None:
    made = stand(tmp_path, [PHONE])
    text = made.generate()
    monkeypatch.setattr(truth, "RULES", _altered(found, source))
    failed = {v.name for f in made.run_text(text).files for v in f.verdicts if v.differences}
    word = {"a_moved": "salesforce moved", "b_moved": "pardot moved", "both_moved": "both moved", "same": "neither"}[
        found
    ]
    assert failed and all(name.startswith(f"phone: {word}") for name in failed)


def test_a_changed_policy_is_red_where_both_moved(tmp_path: Path) -> None:
    text = stand(tmp_path / "one", [PHONE]).generate()
    report = stand(tmp_path / "two", [{**PHONE, "policy": "pardot"}]).run_text(text)
    failed = {v.name for f in report.files for v in f.verdicts if v.differences}
    assert failed == {f"phone: both moved, {values}" for values in ("both filled", "salesforce blank", "pardot blank")}


def _rows(text: str, system: str) -> set[str]:
    return set(re.findall(rf"(?m)^    {system}: (.*)$", text))


@pytest.mark.parametrize(
    ("mapping", "rows"),
    [
        ({"salesforce": "Source__c", "pardot": "source", "values": "sources.csv"}, {"{source: web}", "{source: fair}"}),
        ({"salesforce": "Pick__c", "pardot": "pick__c"}, {"{pick__c: A}", "{pick__c: B}", "{pick__c: C}"}),
        ({"salesforce": "Flag__c", "pardot": "flag__c"}, {"{flag__c: true}", "{flag__c: false}"}),
        ({"salesforce": "Day__c", "pardot": "day__c"}, {'{day__c: "2026-01-15"}', '{day__c: "2026-02-15"}'}),
        ({"salesforce": "Many__c", "pardot": "many__c"}, {"{many__c: alpha}", '{many__c: "alpha;beta"}'}),
        ({"salesforce": "Count__c", "pardot": "count__c"}, {"{count__c: 10}", "{count__c: 20}", "{count__c: 30}"}),
        ({"salesforce": "Note__c", "pardot": "note__c"}, {"{note__c: alpha}", "{note__c: beta}", "{note__c: gamma}"}),
        ({"salesforce": "Email", "pardot": "email"}, {'{email: "anna@example.com"}', '{email: "bo@example.com"}'}),
        ({"salesforce": "Score__c", "pardot": "score", "direction": "to_salesforce"}, {"{score: 10}", "{score: null}"}),
    ],
)
def test_values_fit_the_fields(tmp_path: Path, mapping: Mapping[str, Any], rows: set[str]) -> None:
    text = stand(tmp_path, [mapping]).generate()
    assert rows <= _rows(text, "pardot")
    assert "no values are known" not in text


def test_an_expression_is_tried_with_what_it_reads(tmp_path: Path) -> None:
    sql = "case when salesforce.Title = 'CEO' then 'boss' when salesforce.Title is not null then 'staff' end"
    made = stand(tmp_path, [{"pardot": "company", "direction": "to_pardot", "sql": sql}])
    text = made.generate()
    assert {"{object: Contact, Title: CEO}", "{object: Contact, Title: alpha}"} <= _rows(text, "salesforce")
    assert {"{company: boss}", "{company: staff}", "{company: null}"} <= _rows(text, "pardot")
    assert made.run_text(text).failed == 0


def test_what_cannot_be_tried_is_said(tmp_path: Path) -> None:
    made = stand(tmp_path, [{"pardot": "company", "direction": "to_pardot", "sql": "'Acme'"}])
    text = made.generate()
    assert "  # both filled: no values are known that give this" in text
    assert made.run_text(text).failed == 0
    failing = stand(tmp_path / "b", [{"pardot": "company", "direction": "to_pardot", "sql": "error('x')"}])
    assert "  # no value is known that both sides take: write its cases by hand" in failing.generate()


def test_a_warehouse_mapping(tmp_path: Path) -> None:
    made: Stand = stand(
        tmp_path,
        [{"warehouse": "seats", "pardot": "count__c", "direction": "to_pardot"}],
        models={"rows": "select 'x' as code, 1 as seats"},
        sides={"warehouse": {"model": "rows", "key": "code"}, "pardot": {"object": "prospect"}},
        match=[{"warehouse": "code", "pardot": "org_id__c"}],
    )
    text = made.generate()
    assert "{seats: 10}" in _rows(text, "warehouse") and "neither moved, warehouse blank" in text
    report = made.run_text(text)
    assert report.failed == 0 and report.covered == report.cells == 18


def test_times_are_tried_where_the_policy_asks_them(tmp_path: Path) -> None:
    text = stand(tmp_path, [{**PHONE, "policy": "most_recent", "on_link": "most_recent"}]).generate()
    for found in ("both moved", "no base", "mapping changed"):
        assert f'"phone: {found}, both filled, salesforce newer"' in text
    assert "salesforce moved, both filled, salesforce newer" not in text


def test_users_are_the_three_who_know_each_other(tmp_path: Path) -> None:
    owner = {"salesforce": "OwnerId", "pardot": "userId", "users": {"match": "email"}}
    made = stand(tmp_path, [owner], known=OWNERS)
    text = made.generate()
    assert {"{userId: 101}", "{userId: 102}", "{userId: null}"} <= _rows(text, "pardot")
    report = made.run_text(text)
    assert report.failed == 0
    assert made.holds(
        salesforce={"object": "Lead", "OwnerId": "005000000000003AAA"}, pardot={}, expect={"pardot": {"userId": 103}}
    )


def test_the_rules_of_the_connector_are_tried_as_they_are(tmp_path: Path) -> None:
    made = stand(tmp_path, [{**PHONE, "preset": "connector", "policy": "most_recent"}])
    text = made.generate()
    assert "two_way, preset connector, policy most_recent" in text
    assert '"phone: salesforce moved, both filled, pardot newer"' in text
    assert made.run_text(text).failed == 0
