"""Prospects and other records: read, create, update, delete."""

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.emulator.running import Emulator, pardot_error

URL = "/objects/prospects"


def test_read_with_last_modified(shared: Emulator) -> None:
    answer = shared.pardot.get(f"{URL}/1", params={"fields": "id,email,language__c"})
    assert answer.status_code == 200
    assert answer.json() == {"id": 1, "email": "ann@x.test", "language__c": None}
    assert answer.headers["last-modified"] == "Wed, 01 Feb 2023 08:00:00 GMT"
    since = {"If-Modified-Since": answer.headers["last-modified"]}
    unchanged = shared.pardot.get(f"{URL}/1", params={"fields": "id"}, headers=since)
    assert unchanged.status_code == 304 and not unchanged.content


def test_read_of_a_recycled_record(shared: Emulator) -> None:
    answer = shared.pardot.get(f"{URL}/4", params={"fields": "id"})
    assert pardot_error(answer) == (404, 109)
    assert answer.headers["pardot-warning"] == "201;Record In Recycle Bin"
    assert shared.read(4, "id,isDeleted", deleted="true") == {"id": 4, "isDeleted": True}


def test_create(emulator: Emulator) -> None:
    answer = emulator.pardot.post(f"{URL}?fields=id,email,campaignId,createdById,score", json={"email": "new@x.test"})
    assert answer.status_code == 201
    body = answer.json()
    assert body == {"id": 6, "campaignId": 1201, "createdById": 9000001, "email": "new@x.test", "score": 0}
    location = f"{emulator.environment['PARDOT_URL']}/api/v5/objects/prospects/6?fields=id,email,campaignId"
    assert answer.headers["location"].startswith(location)
    assert emulator.pardot.post(URL, json={"email": "other@x.test"}).json() == {"id": 7}


def test_create_with_and_without_several_prospects_for_an_address(emulator: Emulator) -> None:
    assert emulator.prospect(email="ann@x.test") == 6
    emulator.switch(ampsea=False)
    assert pardot_error(emulator.pardot.post(URL, json={"email": "ann@x.test"})) == (400, 9)
    assert emulator.pardot.post(URL, json={"email": "ANN@x.test"}).status_code == 201
    assert emulator.pardot.post(URL, json={"email": "gone@x.test"}).status_code == 201
    taken = emulator.pardot.patch(f"{URL}/5", json={"email": "ann@x.test"})
    assert pardot_error(taken) == (400, 54)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, 153),
        ({"email": None}, 153),
        ({"email": "badone"}, 4),
        ({"email": f"{'x' * 250}@x.test"}, 4),
        ({"email": "a@x.test", "grade": "A"}, 180),
        ({"email": "a@x.test", "nope": 1}, 180),
        ({"email": "a@x.test", "isDeleted": True}, 180),
        ({"email": "a@x.test", "lastName": 5}, 154),
        ({"email": "a@x.test", "optedOut": "yes"}, 50),
        ({"email": "a@x.test", "score": "high"}, 29),
        ({"email": "a@x.test", "campaignId": 99}, 38),
        ({"email": "a@x.test", "userId": 99}, 10),
        ({"email": "a@x.test", "prospectAccountId": 99}, 61),
        ({"email": "a@x.test", "salesforceId": "abc"}, 77),
        ({"email": "a@x.test", "age__c": "old"}, 56),
        ({"email": "a@x.test", "language__c": "en"}, 154),
        ({"email": "a@x.test", "userId": 9000001, "salesforceOwnerId": "0055e00000INTus"}, 125),
    ],
)
def test_what_a_create_refuses(shared: Emulator, fields: dict[str, Any], code: int) -> None:
    assert pardot_error(shared.pardot.post(URL, json=fields)) == (400, code)


def test_the_offending_names_are_told(shared: Emulator) -> None:
    answer = shared.pardot.patch(f"{URL}/1", json={"grade": "A", "nope": 1}).json()
    assert answer == {"code": 180, "message": "One or more of the specified fields are invalid: grade, nope"}


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (b"", "application/json", 152),
        (b"{", "application/json", 150),
        (b"[]", "application/json", 150),
        (b'{"email": "\\ud800@x.test"}', "application/json", 150),
        (b"email=a", "application/x-www-form-urlencoded", 151),
    ],
)
def test_bodies_that_cannot_be_read(shared: Emulator, content: bytes, kind: str, code: int) -> None:
    answer = shared.pardot.post(URL, content=content, headers={"Content-Type": kind})
    assert pardot_error(answer) == (400, code)


def test_update_answers_with_fields_or_with_nothing(emulator: Emulator) -> None:
    quiet = emulator.pardot.patch(f"{URL}/1", json={"phone": "9"})
    assert quiet.status_code == 204 and not quiet.content
    told = emulator.pardot.patch(f"{URL}/1?fields=id,phone,updatedById,language__c", json={"language__c": ["en", "é"]})
    assert told.status_code == 200
    assert told.json() == {"id": 1, "phone": "9", "updatedById": 9000001, "language__c": ["en", "é"]}
    assert emulator.read(1, "updatedAt")["updatedAt"] > "2024"
    assert pardot_error(emulator.pardot.patch(f"{URL}/1?fields=nope", json={"phone": "8"})) == (400, 180)
    assert emulator.read(1, "phone") == {"phone": "9"}


def test_omitted_stays_null_and_empty_clear(emulator: Emulator) -> None:
    emulator.pardot.patch(f"{URL}/1", json={"firstName": None, "lastName": ""})
    assert emulator.read(1, "firstName,lastName,phone,hobby__c") == {
        "firstName": None,
        "lastName": None,
        "phone": None,
        "hobby__c": "swimming",
    }


def test_what_clears_is_a_switch(emulator: Emulator) -> None:
    body = {"firstName": None, "lastName": ""}
    emulator.switch(clear_with="null")
    emulator.pardot.patch(f"{URL}/1", json=body)
    assert emulator.read(1, "firstName,lastName") == {"firstName": None, "lastName": "Alpha"}
    emulator.switch(clear_with="empty")
    emulator.pardot.patch(f"{URL}/2", json=body)
    assert emulator.read(2, "firstName,lastName") == {"firstName": "Bob", "lastName": None}


def test_opting_back_in_is_a_switch(emulator: Emulator) -> None:
    emulator.switch(opt_out_false_honoured=False)
    assert emulator.pardot.patch(f"{URL}/2?fields=optedOut", json={"optedOut": False}).json() == {"optedOut": True}
    emulator.switch(opt_out_false_honoured=True)
    assert emulator.pardot.patch(f"{URL}/2?fields=optedOut", json={"optedOut": False}).json() == {"optedOut": False}


def test_a_save_without_a_change(emulator: Emulator) -> None:
    before = emulator.read(1, "updatedAt")
    emulator.switch(touch_unchanged=False)
    emulator.pardot.patch(f"{URL}/1", json={"firstName": "Ann"})
    assert emulator.read(1, "updatedAt") == before
    emulator.switch(touch_unchanged=True)
    emulator.pardot.patch(f"{URL}/1", json={"firstName": "Ann"})
    assert emulator.read(1, "updatedAt") != before


def test_owner_and_salesforce_id_bring_their_shadows(emulator: Emulator) -> None:
    owner = emulator.row("Contact", "0035e000000con1")["OwnerId"]
    fields = "userId,assignedToId,salesforceOwnerId,salesforceId,salesforceLeadId,salesforceContactId"
    body = {"userId": 9000001, "salesforceId": "00Q5e000000led1"}
    assert emulator.pardot.patch(f"{URL}/5?fields={fields}", json=body).json() == {
        "assignedToId": 9000001,
        "salesforceContactId": None,
        "salesforceId": "00Q5e000000led1EAA",
        "salesforceLeadId": "00Q5e000000led1EAA",
        "salesforceOwnerId": owner,
        "userId": 9000001,
    }
    by_owner = emulator.pardot.patch(f"{URL}/2?fields=userId", json={"salesforceOwnerId": owner[:15]})
    assert by_owner.json() == {"userId": 9000001}


def test_one_prospect_for_each_salesforce_id_is_a_switch(emulator: Emulator) -> None:
    body = {"salesforceId": "0035e000000con1"}
    assert emulator.pardot.patch(f"{URL}/2", json=body).status_code == 204
    emulator.switch(salesforce_id_unique=True)
    assert pardot_error(emulator.pardot.patch(f"{URL}/3", json=body)) == (400, 81)


def test_delete_and_what_follows(emulator: Emulator) -> None:
    answer = emulator.pardot.delete(f"{URL}/1")
    assert answer.status_code == 204 and not answer.content
    assert emulator.read(1, "isDeleted", deleted="true") == {"isDeleted": True}
    update = emulator.pardot.patch(f"{URL}/1", json={"phone": "1"})
    assert update.json() == {
        "code": 219,
        "message": "Deleted records can't be updated. Please undelete before updating.",
    }
    assert update.headers["pardot-warning"] == "201;Record In Recycle Bin"
    assert pardot_error(emulator.pardot.delete(f"{URL}/1")) == (404, 109)


def test_numbers_as_text_and_joined_arrays_are_switches(emulator: Emulator) -> None:
    emulator.switch(number_custom_field_form="string", array_write_form="joined")
    assert emulator.read(1, "age__c") == {"age__c": "41"}
    answer = emulator.pardot.patch(f"{URL}/1?fields=language__c", json={"language__c": "en;fr"})
    assert answer.json() == {"language__c": ["en", "fr"]}
    assert pardot_error(emulator.pardot.patch(f"{URL}/1", json={"language__c": ["en"]})) == (400, 154)


# -- the other collections


def test_custom_fields_have_the_recorded_shape(shared: Emulator) -> None:
    body = shared.pardot.get("/objects/custom-fields", params={"fields": "id,fieldId,isRequired,name,type"}).json()
    assert body["values"][1] == {
        "id": 247672,
        "fieldId": "hobby",
        "isRequired": False,
        "name": "Hobby",
        "type": "radio button",
    }
    assert [v["type"] for v in body["values"]] == ["text", "radio button", "multi-select", "number"]
    assert shared.read(247704, "apiFieldId", "custom-fields") == {"apiFieldId": "age__c"}


def test_a_new_custom_field_can_be_used_at_once(emulator: Emulator) -> None:
    body = {"name": "Shoe Size", "fieldId": "shoe", "type": "Number"}
    made = emulator.pardot.post("/objects/custom-fields?fields=apiFieldId,type", json=body)
    assert made.json() == {"apiFieldId": "shoe__c", "type": "number"}
    emulator.pardot.patch(f"{URL}/1", json={"shoe__c": 44})
    assert emulator.read(1, "shoe__c") == {"shoe__c": 44}
    assert pardot_error(emulator.pardot.post("/objects/custom-fields", json=body)) == (400, 245)
    odd = {**body, "fieldId": "other", "type": "Colour"}
    assert pardot_error(emulator.pardot.post("/objects/custom-fields", json=odd)) == (400, 154)


def test_lists(emulator: Emulator) -> None:
    made = emulator.pardot.post("/objects/lists?fields=id,name,isPublic", json={"name": "VIP", "isPublic": True})
    assert made.status_code == 201 and made.json() == {"id": 14, "isPublic": True, "name": "VIP"}
    assert pardot_error(emulator.pardot.post("/objects/lists", json={"name": "VIP"})) == (400, 245)
    assert emulator.pardot.patch("/objects/lists/14", json={"title": "Very"}).status_code == 204
    assert emulator.values("lists", name="VIP", fields="title") == [{"title": "Very"}]
    assert emulator.pardot.delete("/objects/lists/14").status_code == 204
    assert emulator.values("lists", deleted="true") == [{"id": 14}]
    assert emulator.pardot.post("/objects/lists", json={"name": "VIP"}).status_code == 201


def test_list_memberships(emulator: Emulator) -> None:
    url = "/objects/list-memberships"
    made = emulator.pardot.post(f"{url}?fields=id,listId,prospectId,optedOut", json={"listId": 11, "prospectId": 2})
    assert made.json() == {"id": 102, "listId": 11, "optedOut": False, "prospectId": 2}
    again = emulator.pardot.post(url, json={"listId": 11, "prospectId": 1})
    assert again.json() == {
        "code": 58,
        "message": "That prospect is already a member of that list. Update the membership instead.",
    }
    assert pardot_error(emulator.pardot.post(url, json={"listId": 12, "prospectId": 1})) == (400, 55)
    assert pardot_error(emulator.pardot.post(url, json={"listId": 11, "prospectId": 4})) == (400, 132)
    assert pardot_error(emulator.pardot.post(url, json={"listId": 11, "prospectId": 99})) == (400, 3)
    assert pardot_error(emulator.pardot.post(url, json={"listId": 11})) == (400, 153)
    assert emulator.pardot.patch(f"{url}/101", json={"optedOut": True}).status_code == 204
    assert pardot_error(emulator.pardot.patch(f"{url}/101", json={"listId": 13})) == (400, 180)
    shown = emulator.values("list-memberships", fields="optedOut,list.name,prospect.email", prospectId=1)
    assert shown == [{"list": {"name": "News"}, "optedOut": True, "prospect": {"email": "ann@x.test"}}]
    assert emulator.pardot.delete(f"{url}/101").status_code == 204
    assert emulator.pardot.post(url, json={"listId": 11, "prospectId": 1}).status_code == 201


def test_users_and_campaigns(shared: Emulator) -> None:
    users = shared.values("users", fields="id,email,salesforceId,isDeleted")
    assert [u["id"] for u in users] == [9000001, 9000002] and users[0]["salesforceId"].startswith("005")
    assert shared.values("campaigns", fields="name", orderBy="createdAt DESC") == [
        {"name": "Fair"},
        {"name": "Webinar"},
    ]
    assert shared.read(1201, "name,cost,isDeleted", "campaigns") == {
        "cost": None,
        "isDeleted": False,
        "name": "Webinar",
    }
    assert shared.values("prospect-accounts") == [] and shared.values("opportunities") == []


def test_a_custom_field_goes_with_its_values(emulator: Emulator) -> None:
    field = {"name": "Pet", "fieldId": "pet", "type": "Text"}
    made = emulator.pardot.post("/objects/custom-fields", json=field).json()
    emulator.pardot.patch("/objects/prospects/1", json={"pet__c": "cat"})
    emulator.pardot.delete(f"/objects/custom-fields/{made['id']}")
    assert pardot_error(emulator.pardot.get("/objects/prospects/1?fields=pet__c")) == (400, 51)
    assert emulator.pardot.post("/objects/custom-fields", json=field).status_code == 201
    assert emulator.read(1, "pet__c") == {"pet__c": None}


def test_a_write_that_had_to_wait_has_the_stamp_of_its_own_time(emulator: Emulator) -> None:
    """Else it would lie before what was read meanwhile, and a client that asks for changes since then would miss it."""
    started = emulator.start_import("matchId,phone\n2,7\n")
    with closing(sqlite3.connect(emulator.data, isolation_level=None)) as other, ThreadPoolExecutor() as pool:
        other.execute("BEGIN IMMEDIATE")
        written = pool.submit(emulator.pardot.patch, f"{URL}/1", json={"phone": "1"})
        time.sleep(1.2)
        ended = datetime.now(UTC).replace(microsecond=0)
        other.execute("COMMIT")
        assert written.result().status_code == 204
    assert emulator.pardot.get(f"/imports/{started}?fields=status").json() == {"status": "Complete"}
    for record_id in (1, 2):
        assert datetime.fromisoformat(emulator.read(record_id, "updatedAt")["updatedAt"]) >= ended
