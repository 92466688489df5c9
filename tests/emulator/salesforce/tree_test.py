"""/composite/tree: new records with their children in one call."""

from typing import Any

import httpx
import pytest

from tests.emulator.running import Emulator


def record(kind: str, reference: str | None, **fields: object) -> dict[str, Any]:
    return {"attributes": {"type": kind, "referenceId": reference}, **fields}


def send(emulator: Emulator, *records: object) -> httpx.Response:
    return emulator.salesforce.post("/composite/tree/Account", json={"records": list(records)})


def test_children_hang_below_their_parents(emulator: Emulator) -> None:
    people = {"records": [record("Contact", "c1", LastName="A"), record("Contact", "c2", LastName="B")]}
    answer = send(emulator, record("Account", "a1", Name="Tree", Contacts=people), record("Account", "a2", Name="Bush"))
    assert answer.status_code == 201
    body = answer.json()
    assert (body["hasErrors"], [r["referenceId"] for r in body["results"]]) == (False, ["a1", "c1", "c2", "a2"])
    assert [list(r) for r in body["results"]] == [["referenceId", "id"]] * 4
    assert emulator.column("SELECT LastName FROM Contact WHERE Account.Name = 'Tree' ORDER BY LastName") == ["A", "B"]


def test_all_or_nothing(emulator: Emulator) -> None:
    people = {"records": [record("Contact", "c1", LastName="A"), record("Contact", "c2")]}
    answer = send(emulator, record("Account", "a1", Name="Tree", Contacts=people))
    assert answer.status_code == 400
    message = "Required fields are missing: [LastName]"
    error = {"statusCode": "REQUIRED_FIELD_MISSING", "message": message, "fields": ["LastName"]}
    assert answer.json() == {"hasErrors": True, "results": [{"referenceId": "c2", "errors": [error]}]}
    assert emulator.column("SELECT Name FROM Account WHERE Name = 'Tree'") == []


def deep(levels: int) -> dict[str, Any]:
    """Accounts, each below the one before."""
    below = {"ChildAccounts": {"records": [deep(levels - 1)]}} if levels > 1 else {}
    return record("Account", f"a{levels}", Name="Deep", **below)


@pytest.mark.parametrize(
    ("records", "code"),
    [
        ([record("Account", None, Name="x")], "INVALID_INPUT"),
        ([record("Account", "a", Name="x"), record("Account", "a", Name="x")], "INVALID_INPUT"),
        ([record("Contact", "a", LastName="x")], "INVALID_TYPE"),
        ([record("Account", "a", Name="x", Nope={"records": [record("Contact", "c")]})], "INVALID_FIELD"),
        ([{"Name": "x"}], "INVALID_INPUT"),
        ([7], "INVALID_INPUT"),
        ([record("Account", f"a{n}", Name="x") for n in range(201)], "INVALID_INPUT"),
        ([deep(6)], "INVALID_INPUT"),
    ],
)
def test_trees_that_cannot_be_read(shared: Emulator, records: list[object], code: str) -> None:
    answer = send(shared, *records)
    assert answer.status_code == 400
    assert answer.json()["hasErrors"] is True
    assert answer.json()["results"][0]["errors"][0]["statusCode"] == code


def test_no_records_and_no_object(shared: Emulator) -> None:
    assert shared.salesforce_error(send(shared)) == (400, "REQUIRED_FIELD_MISSING")
    assert shared.salesforce_error(shared.salesforce.post("/composite/tree/Nope", json={})) == (404, "NOT_FOUND")
