"""`columns=true`: what the vendor's command line asks for before it shows the answer to a query as a table."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.running import Emulator


def columns_of(emulator: Emulator, statement: str) -> dict[str, Any]:
    answer = emulator.salesforce.get("query", params={"q": statement, "columns": "true"})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def names(columns: list[dict[str, Any]]) -> list[object]:
    """The names alone, with those of joined columns nested."""
    return [
        (column["columnName"], names(column["joinColumns"])) if column["joinColumns"] else column["columnName"]
        for column in columns
    ]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT Id, LastName FROM Contact", ["Id", "LastName"]),
        (
            "SELECT Account.Name, Id, Account.Owner.Name FROM Contact",
            [("Account", ["Name", ("Owner", ["Name"])]), "Id"],
        ),
        (
            "SELECT Name, (SELECT Id, Email FROM Contacts), Id FROM Account",
            ["Name", ("Contacts", ["Id", "Email"]), "Id"],
        ),
        ("SELECT count() FROM Contact", []),
        (
            "SELECT LastName, COUNT(Id), MAX(CreatedDate) newest FROM Contact GROUP BY LastName",
            ["LastName", "expr0", "newest"],
        ),
    ],
)
def test_columns_stand_as_they_are_selected(shared: Emulator, statement: str, expected: list[object]) -> None:
    assert names(columns_of(shared, statement)["columnMetadata"]) == expected


def test_a_function_without_an_alias_is_shown_as_written(shared: Emulator) -> None:
    _, count = columns_of(shared, "SELECT LastName, COUNT(Id) FROM Contact GROUP BY LastName")["columnMetadata"]
    assert (count["columnName"], count["displayName"], count["aggregate"]) == ("expr0", "COUNT(Id)", True)


def test_the_answer_names_its_object(shared: Emulator) -> None:
    found = columns_of(shared, "SELECT Id, DoNotCall FROM Contact")
    assert {key: found[key] for key in ("entityName", "groupBy", "idSelected", "keyPrefix")} == {
        "entityName": "Contact",
        "groupBy": False,
        "idSelected": True,
        "keyPrefix": "003",
    }
    assert found["columnMetadata"][1]["booleanType"] is True


def test_a_wrong_statement_is_refused_as_the_query_is(shared: Emulator) -> None:
    answer = shared.salesforce.get("query", params={"q": "SELECT Nothing FROM Contact", "columns": "true"})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_FIELD")
