"""What is no id, and what is the id of another object, by the place where it stands (facts: salesforce_api.md §4)."""

import httpx
import pytest

from tests.emulator.running import Emulator
from tests.emulator.salesforce.life import ANN, code_of, undelete

ACME = "0015e000001acmeAAA"
# A right shape with a wrong checksum, in which no case can be mended either.
WRONG_SUM = "0035e000000con1AAB"


def path_error(answer: httpx.Response) -> tuple[int, str, str]:
    (error,) = answer.json()
    return answer.status_code, error["errorCode"], error["message"]


@pytest.mark.parametrize("text", ["no-id", "0035e000000con", WRONG_SUM])
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_behind_an_object_it_stands_for_a_field(shared: Emulator, method: str, text: str) -> None:
    body = {"Phone": "1"} if method == "PATCH" else None
    answer = shared.salesforce.request(method, f"/sobjects/Contact/{text}", json=body)
    message = f"Provided external ID field does not exist or is not accessible: {text}"
    assert path_error(answer) == (404, "NOT_FOUND", message)


@pytest.mark.parametrize("text", ["no-id", WRONG_SUM, ACME])
def test_elsewhere_it_is_of_incorrect_type_where_the_object_is_known(shared: Emulator, text: str) -> None:
    body = {"attributes": {"type": "Contact"}, "id": text, "Phone": "1"}
    (updated,) = shared.salesforce.patch("/composite/sobjects", json={"records": [body]}).json()
    error = {"statusCode": "MALFORMED_ID", "message": f"Contact ID: id value of incorrect type: {text}"}
    assert updated["errors"] == [{**error, "fields": ["Id"]}]
    upserted = shared.salesforce.patch(f"/sobjects/Contact/Id/{text}", json={"Phone": "1"})
    assert path_error(upserted) == (400, "MALFORMED_ID", error["message"])
    referred = shared.salesforce.post("/sobjects/Contact", json={"LastName": "A", "ReportsToId": text})
    message = f"Reports To ID: id value of incorrect type: {text}"
    assert path_error(referred) == (400, "MALFORMED_ID", message) and referred.json()[0]["fields"] == ["ReportsToId"]


@pytest.mark.parametrize("text", ["no-id", WRONG_SUM])
def test_elsewhere_it_is_malformed_where_only_ids_are_given(shared: Emulator, text: str) -> None:
    (deleted,) = shared.salesforce.delete("/composite/sobjects", params={"ids": text}).json()
    error = {"statusCode": "MALFORMED_ID", "message": f"malformed id {text}", "fields": []}
    assert deleted == {"success": False, "errors": [error]}
    assert code_of(undelete(shared, text)[0]) == "MALFORMED_ID"


def test_an_id_of_another_object(shared: Emulator) -> None:
    assert shared.salesforce_error(shared.salesforce.get(f"/sobjects/Contact/{ACME}")) == (404, "NOT_FOUND")
    for method in ("PATCH", "DELETE"):
        answer = shared.salesforce.request(method, f"/sobjects/Contact/{ACME}", json={"Phone": "1"})
        assert path_error(answer) == (400, "MALFORMED_ID", f"Contact ID: id value of incorrect type: {ACME}")


def test_lost_case_is_mended(emulator: Emulator) -> None:
    assert emulator.salesforce.get(f"/sobjects/Contact/{ANN.lower()}").json()["Id"] == ANN


def test_an_external_id_may_end_with_a_slash_of_the_path(emulator: Emulator) -> None:
    emulator.create("Contact", LastName="A", Pardot_Prospect_Id__c="abc")
    assert emulator.salesforce.get("/sobjects/Contact/Pardot_Prospect_Id__c/abc/").status_code == 200


@pytest.mark.parametrize("key", ["Email/no-address", "Pardot_Prospect_Id__c/" + "x" * 41, "Id/no-id"])
def test_a_key_that_no_record_can_have_finds_none(shared: Emulator, key: str) -> None:
    for method in ("GET", "DELETE"):
        answer = shared.salesforce.request(method, f"/sobjects/Contact/{key}")
        assert shared.salesforce_error(answer) == (404, "NOT_FOUND")


def test_the_path_gives_the_id_and_the_body_does_not(shared: Emulator) -> None:
    url = "/sobjects/Contact/Pardot_Prospect_Id__c/new"
    answer = shared.salesforce.patch(url, json={"LastName": "A", "id": ANN})
    assert path_error(answer)[:2] == (400, "INVALID_FIELD")
    assert shared.salesforce.get(url).status_code == 404
