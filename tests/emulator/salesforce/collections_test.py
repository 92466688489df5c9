"""Collections: many records in one call, a result for each."""

from typing import Any

import pytest

from tests.emulator.running import Emulator

ANN, BOB = "0035e000000con1AAA", "0035e000000con2AAA"
URL = "/composite/sobjects"


def contact(**fields: object) -> dict[str, Any]:
    return {"attributes": {"type": "Contact"}, **fields}


def codes(results: list[dict[str, Any]]) -> list[str]:
    return ["ok" if r["success"] else r["errors"][0]["statusCode"] for r in results]


def test_create_answers_each_record_in_order(emulator: Emulator) -> None:
    records = [contact(LastName="A"), contact(FirstName="B"), {"attributes": {"type": "Account"}, "Name": "C"}]
    answer = emulator.salesforce.post(URL, json={"allOrNone": False, "records": records})
    first, second, third = answer.json()
    assert answer.status_code == 200
    assert list(first) == ["id", "success", "errors"] and first["errors"] == []
    message = "Required fields are missing: [LastName]"
    error = {"statusCode": "REQUIRED_FIELD_MISSING", "message": message, "fields": ["LastName"]}
    assert second == {"success": False, "errors": [error]}
    assert third["id"].startswith("001")


def test_update_takes_id_in_any_case(emulator: Emulator) -> None:
    records = [contact(id=ANN[:15], Phone="1"), contact(Id=BOB, Phone="2")]
    answer = emulator.salesforce.patch(URL, json={"records": records})
    assert [r["id"] for r in answer.json()] == [ANN, BOB]
    assert emulator.column("SELECT Phone FROM Contact WHERE Phone != null ORDER BY Id") == ["1", "2"]


def test_update_failures(emulator: Emulator) -> None:
    records = [
        contact(Phone="1"),
        contact(id="bad", Phone="1"),
        contact(id="0035e000000zzzz", Phone="1"),
        contact(id="0035e000000con4", Phone="1"),
        contact(id=ANN, x="1"),
        {"attributes": {"type": "Lead"}, "id": "00Q5e000000led2", "City": "R"},
        {"attributes": {"type": "Nope"}, "id": ANN},
        contact(id=BOB, Email="badone"),
    ]
    results = emulator.salesforce.patch(URL, json={"records": records}).json()
    assert codes(results) == [
        "MISSING_ARGUMENT",
        "MALFORMED_ID",
        "INVALID_CROSS_REFERENCE_KEY",
        "ENTITY_IS_DELETED",
        "INVALID_FIELD",
        "CANNOT_UPDATE_CONVERTED_LEAD",
        "INVALID_TYPE",
        "INVALID_EMAIL_ADDRESS",
    ]
    assert results[0]["errors"][0]["message"] == "Id not specified in an update call"
    assert all(set(r) == {"success", "errors"} for r in results)


def test_all_or_none_undoes_everything(emulator: Emulator) -> None:
    records = [contact(id=ANN, Phone="9"), contact(id=BOB, Email="badone")]
    results = emulator.salesforce.patch(URL, json={"allOrNone": True, "records": records}).json()
    assert codes(results) == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "INVALID_EMAIL_ADDRESS"]
    assert results[0]["errors"][0]["message"] == (
        "Record rolled back because not all records were valid and the request was using AllOrNone header"
    )
    assert emulator.row("Contact", ANN)["Phone"] == "+1 1"


def test_upsert_by_external_id(emulator: Emulator) -> None:
    url = f"{URL}/Contact/Pardot_Prospect_Id__c"
    records = [contact(LastName="A", Pardot_Prospect_Id__c="1"), contact(LastName="B", pardot_prospect_id__c="2")]
    made = emulator.salesforce.patch(url, json={"records": records}).json()
    assert [r["created"] for r in made] == [True, True]
    again = emulator.salesforce.patch(url, json={"records": [*records, contact(LastName="C")]}).json()
    assert [r.get("created") for r in again] == [False, False, None]
    assert [r.get("id") for r in again[:2]] == [r["id"] for r in made]
    assert codes(again)[2] == "MISSING_ARGUMENT"


def test_upsert_of_an_ambiguous_key(emulator: Emulator) -> None:
    emulator.create("Contact", LastName="A", Shared_Key__c="k")
    emulator.create("Contact", LastName="B", Shared_Key__c="k")
    records = [contact(LastName="C", Shared_Key__c="k")]
    assert codes(emulator.salesforce.patch(f"{URL}/Contact/Shared_Key__c", json={"records": records}).json()) == [
        "DUPLICATE_EXTERNAL_ID"
    ]
    unknown = emulator.salesforce.patch(f"{URL}/Contact/Phone", json={"records": records})
    assert emulator.salesforce_error(unknown) == (404, "NOT_FOUND")


def test_the_same_unique_key_twice_in_one_call(emulator: Emulator) -> None:
    records = [contact(LastName=n, Pardot_Prospect_Id__c="1") for n in "AB"]
    assert codes(emulator.salesforce.post(URL, json={"records": records}).json()) == ["ok", "DUPLICATE_VALUE"]


def test_delete(emulator: Emulator) -> None:
    params = {"ids": f"{ANN},{BOB[:15]},bad,0035e000000con4"}
    results = emulator.salesforce.delete(URL, params=params).json()
    assert codes(results) == ["ok", "ok", "MALFORMED_ID", "ENTITY_IS_DELETED"]
    assert [r.get("id") for r in results[:2]] == [ANN, BOB]


def test_retrieve(shared: Emulator) -> None:
    ids = [BOB, "0035e000000con4", ANN]
    by_get = shared.salesforce.get(f"{URL}/Contact", params={"ids": ",".join(ids), "fields": "LastName"}).json()
    assert [r and r["LastName"] for r in by_get] == ["Beta", None, "Alpha"]
    by_post = shared.salesforce.post(f"{URL}/Contact", json={"ids": ids, "fields": ["LastName"]}).json()
    assert by_post == by_get


def test_bounds(shared: Emulator) -> None:
    bodies: list[dict[str, object]] = [{}, {"records": []}]
    for body in bodies:
        answer = shared.salesforce.post(URL, json=body)
        assert answer.status_code == 400
        assert answer.json() == [{"message": "At least 1 record is required", "errorCode": "REQUIRED_FIELD_MISSING"}]
    many = shared.salesforce.post(URL, json={"records": [contact(LastName="A")] * 201})
    assert shared.salesforce_error(many) == (400, "EXCEEDED_ID_LIMIT")


def test_one_call_is_counted(emulator: Emulator) -> None:
    emulator.salesforce.post(URL, json={"records": [contact(LastName=f"N{k}") for k in range(200)]})
    assert emulator.salesforce.get("/limits").headers["sforce-limit-info"].startswith("api-usage=2/")


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_at_most_ten_chunks_of_one_object_each(emulator: Emulator, method: str) -> None:
    account = {"attributes": {"type": "Account"}, "Name": "A"}
    ten = [contact(LastName="A"), account] * 5
    told = emulator.salesforce.request(method, URL, json={"records": [*ten, account]})
    assert told.status_code == 200 and len(told.json()) == 11
    refused = emulator.salesforce.request(method, URL, json={"records": [*ten, contact(LastName="B")]})
    assert emulator.salesforce_error(refused) == (400, "LIMIT_EXCEEDED")
    assert emulator.column("SELECT Id FROM Contact WHERE LastName = 'B'") == []
