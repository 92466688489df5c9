"""Query plans, and the range that dates may have."""

from typing import Any

import pytest

from tests.emulator.running import Emulator


def plans(emulator: Emulator, statement: str) -> list[dict[str, Any]]:
    answer = emulator.salesforce.get("/query/", params={"explain": statement})
    assert answer.status_code == 200, answer.text
    assert answer.json()["sourceQuery"] == statement
    found: list[dict[str, Any]] = answer.json()["plans"]
    return found


def test_a_plan_by_an_index_stands_before_the_scan(shared: Emulator) -> None:
    first, second = plans(shared, "SELECT Id FROM Contact WHERE Email = 'nobody@x.test'")
    assert sorted(first) == [
        "cardinality",
        "fields",
        "leadingOperationType",
        "notes",
        "relativeCost",
        "sobjectCardinality",
        "sobjectType",
    ]
    assert (first["leadingOperationType"], first["fields"], first["cardinality"]) == ("Index", ["Email"], 0)
    assert (second["leadingOperationType"], second["sobjectType"]) == ("TableScan", "Contact")
    live = shared.soql("SELECT COUNT() FROM Contact")["totalSize"]
    assert first["sobjectCardinality"] == live


def test_a_plan_without_an_index(shared: Emulator) -> None:
    (only,) = plans(shared, "SELECT Title, COUNT(Id) FROM Contact GROUP BY Title HAVING COUNT(Id) > 1")
    assert (only["leadingOperationType"], only["fields"]) == ("TableScan", [])
    assert only["cardinality"] == only["sobjectCardinality"]


def test_a_mistake_is_that_of_the_query(shared: Emulator) -> None:
    answer = shared.salesforce.get("/query", params={"explain": "SELECT Nope FROM Contact"})
    assert shared.salesforce_error(answer) == (400, "INVALID_FIELD")
    answer = shared.salesforce.get("/query", params={"explain": ""})
    assert shared.salesforce_error(answer) == (400, "MALFORMED_QUERY")


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ("Birthdate > 1700-01-01", 200),
        ("Birthdate < 4000-12-31", 200),
        ("Birthdate > 1699-12-31", 400),
        ("Birthdate < 4001-01-01", 400),
        ("CreatedDate > 1699-12-31T23:59:59Z", 400),
        ("CreatedDate < 4000-12-31T23:59:59Z", 200),
        ("CreatedDate < 4000-12-31T23:59:59-01:00", 400),
    ],
)
def test_the_range_of_dates(shared: Emulator, condition: str, status: int) -> None:
    answer = shared.salesforce.get("/query", params={"q": f"SELECT Id FROM Contact WHERE {condition}"})
    assert answer.status_code == status
    assert status == 200 or shared.salesforce_error(answer) == (400, "MALFORMED_QUERY")
