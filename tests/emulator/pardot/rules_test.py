"""Rules of people: addresses, the recycle bin, kinds of custom fields, the user's time zone."""

from __future__ import annotations

import pytest

from tests.emulator.running import Emulator, pardot_error

ARRAYS = (
    {"name": "Colors", "fieldId": "colors", "type": "Checkbox"},
    {"name": "Tongues", "fieldId": "tongues", "type": "Multi-Select"},
    {"name": "Answers", "fieldId": "answers", "type": "Text", "isRecordMultipleResponses": True},
)
WINDOW = {"updatedAfter": "2023-01-01T00:00:00Z", "updatedBefore": "2023-03-01T00:00:00Z"}


def export(emulator: Emulator, *fields: str) -> dict[str, object]:
    procedure = {"name": "filterByUpdatedAt", "arguments": WINDOW}
    answer: dict[str, object] = emulator.pardot.post(
        "/exports", json={"object": "Prospect", "fields": fields, "procedure": procedure}
    ).json()
    return answer


def test_with_one_prospect_for_an_address(emulator: Emulator) -> None:
    emulator.switch(ampsea=False)
    assert pardot_error(emulator.pardot.post("/objects/prospects", json={"email": "ann@x.test"})) == (400, 9)
    assert pardot_error(emulator.pardot.patch("/objects/prospects/5", json={"email": "ann@x.test"})) == (400, 54)
    assert emulator.pardot.patch("/objects/prospects/1", json={"email": "ann@x.test"}).status_code == 204
    done = emulator.run_import("email\nann@x.test\nnew@x.test\n")
    assert (done["createdCount"], done["errorCount"]) == (1, 1) and done["errors"][0].startswith("ann@x.test,9,")
    assert emulator.prospect(email="gone@x.test") > 5  # an address in the recycle bin is free


def test_with_many_prospects_for_an_address(emulator: Emulator) -> None:
    assert emulator.prospect(email="ann@x.test") > 5
    assert emulator.pardot.patch("/objects/prospects/5", json={"email": "ann@x.test"}).status_code == 204
    assert emulator.run_import("email\nann@x.test\n")["createdCount"] == 1
    assert len(emulator.values(email="ann@x.test")) == 4


def test_the_recycle_bin(emulator: Emulator) -> None:
    assert [row["id"] for row in emulator.values()] == [1, 2, 3, 5]
    assert [row["id"] for row in emulator.values(deleted="true")] == [4]
    assert [row["id"] for row in emulator.values(deleted="all")] == [1, 2, 3, 4, 5]
    for method, body, code in (("PATCH", {"phone": "1"}, (400, 219)), ("DELETE", None, (404, 109))):
        answer = emulator.pardot.request(method, "/objects/prospects/4", json=body)
        assert pardot_error(answer) == code
        assert answer.headers["pardot-warning"] == "201;Record In Recycle Bin"
    assert emulator.run_import("matchId,phone\n4,7\n")["errors"] == [
        "4,7,219,Deleted records can't be updated. Please undelete before updating."
    ]
    assert emulator.run_import("matchId,phone\n4,7\n", restoreDeleted=True)["updatedCount"] == 1
    assert emulator.read(4, "isDeleted,phone") == {"isDeleted": False, "phone": "7"}


@pytest.mark.parametrize("declared", ARRAYS, ids=lambda declared: declared["fieldId"])
def test_fields_with_many_values(emulator: Emulator, declared: dict[str, object]) -> None:
    assert emulator.pardot.post("/objects/custom-fields", json=declared).status_code == 201
    name = f"{declared['fieldId']}__c"
    assert pardot_error(emulator.pardot.patch("/objects/prospects/1", json={name: "red"})) == (400, 154)
    assert emulator.pardot.patch("/objects/prospects/1", json={name: ["red", "blue"]}).status_code == 204
    assert emulator.read(1, name) == {name: ["red", "blue"]}
    assert pardot_error(emulator.pardot.get(f"/objects/prospects?fields=id,{name}")) == (400, 224)
    assert pardot_error(emulator.pardot.get(f"/objects/prospects?fields=id&{name}=red")) == (400, 5)
    assert pardot_error(emulator.pardot.get(f"/objects/list-memberships?fields=prospect.{name}")) == (400, 224)
    assert export(emulator, "id", name)["code"] == 224
    assert emulator.pardot.patch("/objects/prospects/1", json={name: None}).status_code == 204
    assert emulator.read(1, name) == {name: None}


def test_fields_with_one_value_can_be_queried_but_not_filtered(shared: Emulator) -> None:
    assert shared.values(fields="hobby__c", id=1) == [{"hobby__c": "swimming"}]
    assert pardot_error(shared.pardot.get("/objects/prospects?fields=id&hobby__c=swimming")) == (400, 5)
    assert pardot_error(shared.pardot.get("/objects/prospects?fields=id&orderBy=hobby__c")) == (400, 19)


def test_the_prefill_of_values_is_taken_and_not_shown(emulator: Emulator) -> None:
    made = {"name": "Country", "fieldId": "land", "type": "Dropdown", "valuesPrefill": "Country Codes"}
    wrong = emulator.pardot.post("/objects/custom-fields", json={**made, "valuesPrefill": "Planets"})
    assert pardot_error(wrong) == (400, 154)
    answer = emulator.pardot.post("/objects/custom-fields", json=made)
    assert answer.status_code == 201
    url = f"/objects/custom-fields/{answer.json()['id']}"
    assert pardot_error(emulator.pardot.get(f"{url}?fields=valuesPrefill")) == (400, 51)
    assert pardot_error(emulator.pardot.patch(url, json={"valuesPrefill": "Countries"})) == (400, 180)


def test_the_time_zone_of_the_user(emulator: Emulator) -> None:
    emulator.switch(pardot_time_zone="Europe/Berlin")
    assert emulator.read(1, "updatedAt") == {"updatedAt": "2023-02-01T09:00:00+01:00"}
    assert emulator.read(3, "lastActivityAt") == {"lastActivityAt": "2023-03-01T01:00:00+01:00"}
    assert [row["id"] for row in emulator.values(updatedAtBeforeOrEqualTo="2023-02-01T09:00:00")] == [1]
    export_id = export(emulator, "id", "updatedAt")["id"]
    emulator.advance(5)
    text = emulator.pardot.get(f"/exports/{export_id}/results/1").text
    assert text.splitlines()[1] == '1,"2023-02-01T09:00:00+01:00"'


def test_the_day_of_the_limit_is_the_one_of_the_account(emulator: Emulator) -> None:
    emulator.switch(pardot_time_zone="+02:00")
    url = "/objects/account?fields=apiCallsUsed"
    emulator.plain.put("/__admin/clock", json={"now": "2026-01-31T21:59:50Z", "frozen": True})
    assert emulator.pardot.get(url).json() == {"apiCallsUsed": 0}
    assert emulator.pardot.get(url).json() == {"apiCallsUsed": 1}
    emulator.advance(11)
    assert emulator.pardot.get(url).json() == {"apiCallsUsed": 0}
