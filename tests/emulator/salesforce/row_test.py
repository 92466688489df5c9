"""Single records: create, read, update, upsert, delete, and conditional requests."""

import re

import pytest

from tests.emulator.running import DATA, Emulator

ANN = "0035e000000con1AAA"
GONE = "0035e000000con4AAA"
NEVER = "0035e000000zzzzAAA"
MISSING = [{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}]


def test_create(emulator: Emulator) -> None:
    answer = emulator.salesforce.post(
        "/sobjects/Contact", json={"LastName": " New ", "FirstName": "", "Email": "n@x.io"}
    )
    body = answer.json()
    assert answer.status_code == 201
    assert list(body) == ["id", "success", "errors"] and body["success"] is True and body["errors"] == []
    assert re.fullmatch(r"003[0-9A-Za-z]{15}", body["id"])
    assert answer.headers["location"] == f"{DATA}/sobjects/Contact/{body['id']}"
    row = emulator.row("Contact", body["id"])
    assert (row["LastName"], row["FirstName"], row["Name"]) == ("New", None, "New")
    assert row["HasOptedOutOfEmail"] is False and row["IsDeleted"] is False
    assert row["OwnerId"] == row["CreatedById"] == row["LastModifiedById"]
    assert row["CreatedDate"] == row["SystemModstamp"] and row["SystemModstamp"].endswith(".000+0000")
    assert row["attributes"]["url"] == answer.headers["location"]


def test_defaults_of_a_lead(emulator: Emulator) -> None:
    row = emulator.row("Lead", emulator.create("Lead", LastName="L", Company="C"))
    assert row["Status"] == "Open - Not Contacted" and row["IsConverted"] is False


def test_read_shows_everything_or_what_is_asked(shared: Emulator) -> None:
    answer = shared.salesforce.get(f"/sobjects/contact/{ANN[:15]}")
    assert answer.headers["last-modified"] == "Thu, 02 Dec 2021 18:23:39 GMT"
    assert answer.json()["MailingAddress"]["city"] == "Oslo" and answer.json()["MasterRecordId"] is None
    some = shared.salesforce.get(f"/sobjects/Contact/{ANN}", params={"fields": "email, Phone"}).json()
    assert list(some) == ["attributes", "Email", "Phone", "Id"]
    wrong = shared.salesforce.get(f"/sobjects/Contact/{ANN}", params={"fields": "Nope"})
    assert shared.salesforce_error(wrong) == (400, "INVALID_FIELD")


@pytest.mark.parametrize("record_id", [GONE, NEVER])
def test_reading_what_is_gone(shared: Emulator, record_id: str) -> None:
    answer = shared.salesforce.get(f"/sobjects/Contact/{record_id}")
    assert answer.status_code == 404 and answer.json() == MISSING


def test_a_segment_that_is_no_id(shared: Emulator) -> None:
    answer = shared.salesforce.get("/sobjects/Contact/Namez")
    assert answer.status_code == 404
    message = "Provided external ID field does not exist or is not accessible: Namez"
    assert answer.json() == [{"message": message, "errorCode": "NOT_FOUND"}]


def test_update_moves_the_stamp_on_every_save(emulator: Emulator) -> None:
    before = emulator.row("Contact", ANN)
    assert emulator.salesforce.patch(f"/sobjects/Contact/{ANN}", json={"Phone": "2", "Email": None}).status_code == 204
    after = emulator.row("Contact", ANN)
    assert (after["Phone"], after["Email"], after["FirstName"]) == ("2", None, "Ann")
    assert after["SystemModstamp"] > before["SystemModstamp"] and after["CreatedDate"] == before["CreatedDate"]
    emulator.advance(10)
    emulator.salesforce.patch(f"/sobjects/Contact/{ANN}", json={"Phone": "2"})
    assert emulator.row("Contact", ANN)["SystemModstamp"] > after["SystemModstamp"]


def test_a_name_follows_its_parts(emulator: Emulator) -> None:
    emulator.salesforce.patch(f"/sobjects/Contact/{ANN}", json={"LastName": "Zulu"})
    assert emulator.column("SELECT Name FROM Contact WHERE Name = 'Ann Zulu'") == ["Ann Zulu"]


def test_update_refuses_an_id_in_the_body(shared: Emulator) -> None:
    answer = shared.salesforce.patch(f"/sobjects/Contact/{ANN}", json={"Id": ANN, "Phone": "1"})
    assert shared.salesforce_error(answer) == (400, "INVALID_FIELD")


def test_update_by_post_with_a_method_override(emulator: Emulator) -> None:
    url = f"/sobjects/Contact/{ANN}?_HttpMethod=PATCH"
    assert emulator.salesforce.post(url, json={"Phone": "77"}).status_code == 204
    assert emulator.row("Contact", ANN)["Phone"] == "77"


def test_writing_what_is_gone(shared: Emulator) -> None:
    gone = shared.salesforce.patch(f"/sobjects/Contact/{GONE}", json={"Phone": "1"})
    assert gone.status_code == 404
    assert gone.json() == [{"message": "entity is deleted", "errorCode": "ENTITY_IS_DELETED", "fields": []}]
    assert shared.salesforce.delete(f"/sobjects/Contact/{GONE}").json() == gone.json()
    never = shared.salesforce.delete(f"/sobjects/Contact/{NEVER}")
    assert never.json()[0]["errorCode"] == "INVALID_CROSS_REFERENCE_KEY" and never.status_code == 404


def test_delete_goes_to_the_recycle_bin_and_takes_children(emulator: Emulator) -> None:
    assert emulator.salesforce.delete("/sobjects/Account/0015e000001acme").status_code == 204
    assert emulator.salesforce.get(f"/sobjects/Contact/{ANN}").status_code == 404
    statement = "SELECT IsDeleted FROM Contact WHERE IsDeleted = true AND SystemModstamp = TODAY"
    assert emulator.column(statement, "queryAll") == [True]


def test_a_converted_lead_cannot_be_updated_but_deleted(emulator: Emulator) -> None:
    url = "/sobjects/Lead/00Q5e000000led2"
    answer = emulator.salesforce.patch(url, json={"City": "Rome"})
    message = "cannot reference converted lead"
    assert answer.status_code == 400
    assert answer.json() == [{"message": message, "errorCode": "CANNOT_UPDATE_CONVERTED_LEAD", "fields": []}]
    assert emulator.salesforce.get(url).json()["ConvertedContactId"] == ANN
    assert emulator.salesforce.delete(url).status_code == 204


def test_upsert_creates_then_updates(emulator: Emulator) -> None:
    url = "/sobjects/Contact/pardot_prospect_id__c/p 1"
    made = emulator.salesforce.patch(url, json={"LastName": "Up"})
    assert made.status_code == 201 and made.json()["created"] is True
    assert made.headers["location"].endswith(made.json()["id"])
    again = emulator.salesforce.patch(url, json={"FirstName": "Sert"})
    assert again.status_code == 200
    assert again.json() == {"id": made.json()["id"], "success": True, "errors": [], "created": False}
    row = emulator.salesforce.get(url).json()
    assert (row["Name"], row["Pardot_Prospect_Id__c"]) == ("Sert Up", "p 1")
    assert emulator.salesforce.delete(url).status_code == 204
    assert emulator.salesforce.get(url).json() == MISSING


def test_upsert_before_version_46(emulator: Emulator) -> None:
    url = emulator.environment["SF_INSTANCE_URL"] + "/services/data/v45.0/sobjects/Contact/Pardot_Prospect_Id__c/9"
    made = emulator.salesforce.patch(url, json={"LastName": "Old"})
    assert made.status_code == 201 and "created" not in made.json()
    assert emulator.salesforce.patch(url, json={"LastName": "Older"}).status_code == 204


def test_upsert_options_and_refusals(emulator: Emulator) -> None:
    url = "/sobjects/Contact/Pardot_Prospect_Id__c/5"
    assert emulator.salesforce.patch(url + "?updateOnly=true", json={"LastName": "L"}).status_code == 404
    both = emulator.salesforce.patch(url, json={"LastName": "L", "Pardot_Prospect_Id__c": "5"})
    assert emulator.salesforce_error(both) == (400, "INVALID_FIELD")
    plain = emulator.salesforce.patch("/sobjects/Contact/Title/x", json={"LastName": "L"})
    assert emulator.salesforce_error(plain) == (404, "NOT_FOUND")
    by_id = emulator.salesforce.patch(f"/sobjects/Contact/Id/{ANN}", json={"Phone": "8"})
    assert by_id.status_code == 200 and by_id.json()["id"] == ANN
    inserted = emulator.salesforce.post("/sobjects/Contact/Id", json={"LastName": "L"})
    assert inserted.status_code == 201 and inserted.json()["created"] is True


def test_a_key_that_several_records_carry(emulator: Emulator) -> None:
    first = emulator.create("Contact", LastName="A", Shared_Key__c="k")
    second = emulator.create("Contact", LastName="B", Shared_Key__c="K")
    url = "/sobjects/Contact/Shared_Key__c/k"
    expected = [f"{DATA}/sobjects/Contact/{record_id}" for record_id in (first, second)]
    for answer in (emulator.salesforce.get(url), emulator.salesforce.patch(url, json={"LastName": "C"})):
        assert answer.status_code == 300 and answer.json() == expected


def test_conditional_update(emulator: Emulator) -> None:
    url = f"/sobjects/Contact/{ANN}"
    stamp = emulator.salesforce.get(url).headers["last-modified"]
    headers = {"If-Unmodified-Since": stamp}
    assert emulator.salesforce.patch(url, json={"Phone": "3"}, headers=headers).status_code == 204
    late = emulator.salesforce.patch(url, json={"Phone": "4"}, headers=headers)
    assert emulator.salesforce_error(late) == (412, "PRECONDITION_FAILED")
    assert emulator.row("Contact", ANN)["Phone"] == "3"
    wrong = emulator.salesforce.patch(url, json={"Phone": "4"}, headers={"If-Unmodified-Since": "yesterday"})
    assert wrong.status_code == 400
    emulator.switch(precondition_code="ENTITY_FAILED_IFLASTMODIFIED_ON_UPDATE")
    other = emulator.salesforce.patch(url, json={"Phone": "4"}, headers=headers)
    assert emulator.salesforce_error(other)[1] == "ENTITY_FAILED_IFLASTMODIFIED_ON_UPDATE"


def test_conditional_upsert_and_read(emulator: Emulator) -> None:
    emulator.create("Contact", LastName="A", Pardot_Prospect_Id__c="1")
    url = "/sobjects/Contact/Pardot_Prospect_Id__c/1"
    old = {"If-Unmodified-Since": "Thu, 02 Dec 2021 18:23:39 GMT"}
    assert emulator.salesforce.patch(url, json={"Phone": "4"}, headers=old).status_code == 412
    current = {"If-Modified-Since": emulator.salesforce.get(url).headers["last-modified"]}
    assert emulator.salesforce.get(url, headers=current).status_code == 304


def test_bodies_that_cannot_be_read(shared: Emulator) -> None:
    url = "/sobjects/Contact"
    broken = shared.salesforce.post(url, content=b'{"LastName": ', headers={"Content-Type": "application/json"})
    assert shared.salesforce_error(broken) == (400, "JSON_PARSER_ERROR")
    listed = shared.salesforce.post(url, json=["LastName"])
    assert shared.salesforce_error(listed) == (400, "JSON_PARSER_ERROR")
    half = shared.salesforce.post(url, content=b'{"LastName": "\\ud800"}', headers={"Content-Type": "application/json"})
    assert shared.salesforce_error(half) == (400, "JSON_PARSER_ERROR")
    xml = shared.salesforce.post(url, content=b"<a/>", headers={"Content-Type": "text/xml"})
    assert xml.status_code == 415
