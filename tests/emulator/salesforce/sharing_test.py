"""Records that sharing hides, in the places where they could still show; and fields that cannot be closed."""

from typing import Any

import pytest

from tests.emulator.running import DATA, Emulator
from tests.emulator.salesforce.life import ANN, call_soap, code_of, undelete

HIDDEN = {"sharing": [{"object": "Contact", "hidden": "LastName = 'Secret'"}]}
KEY = "Pardot_Prospect_Id__c"
REFUSED = "INSUFFICIENT_ACCESS_OR_READONLY"


def put_rules(emulator: Emulator, document: dict[str, Any]) -> None:
    answer = emulator.plain.put("/__admin/rules", json=document)
    assert answer.status_code == 200, answer.text


def test_a_hidden_record_stays_in_the_recycle_bin(emulator: Emulator) -> None:
    made = emulator.create("Contact", LastName="Secret")
    emulator.salesforce.delete(f"/sobjects/Contact/{made}")
    put_rules(emulator, HIDDEN)
    assert code_of(undelete(emulator, made)[0]) == REFUSED
    assert code_of(call_soap(emulator, "emptyRecycleBin", f"<p:ids>{made}</p:ids>")[0]) == REFUSED
    put_rules(emulator, {})
    assert undelete(emulator, made)[0]["success"] == "true"


def test_a_key_that_a_hidden_record_carries_too(emulator: Emulator) -> None:
    hidden = emulator.create("Contact", LastName="Secret", Shared_Key__c="k")
    seen = emulator.create("Contact", LastName="Open", Shared_Key__c="k")
    other = emulator.create("Contact", LastName="Other", Shared_Key__c="k")
    put_rules(emulator, HIDDEN)
    url = "/sobjects/Contact/Shared_Key__c/k"
    for answer in (
        emulator.salesforce.get(url),
        emulator.salesforce.patch(url, json={"Phone": "1"}),
        emulator.salesforce.delete(url),
    ):
        assert answer.json() == [f"{DATA}/sobjects/Contact/{each}" for each in (seen, other)]
    emulator.salesforce.delete(f"/sobjects/Contact/{other}")
    assert emulator.salesforce.get(url).json()["Id"] == seen
    assert emulator.salesforce.patch(url, json={"Phone": "1"}).json()["id"] == seen
    assert emulator.salesforce.delete(url).status_code == 204
    assert emulator.salesforce.get(url).status_code == 404
    assert emulator.salesforce_error(emulator.salesforce.patch(url, json={"Phone": "1"})) == (403, REFUSED)
    assert emulator.salesforce_error(emulator.salesforce.delete(url)) == (403, REFUSED)
    put_rules(emulator, {})
    assert emulator.row("Contact", hidden)["Phone"] is None


def test_the_holder_of_a_unique_value_is_unknown(emulator: Emulator) -> None:
    emulator.create("Contact", LastName="Secret", **{KEY: "k"})
    put_rules(emulator, HIDDEN)
    (error,) = emulator.salesforce.post("/sobjects/Contact", json={"LastName": "N", KEY: "k"}).json()
    assert (error["errorCode"], error["message"]) == (
        "DUPLICATE_VALUE",
        "duplicate value found: <unknown> duplicates value on record with id: <unknown>",
    )


def test_recent_items_and_the_changes_of_a_day_leave_it_out(emulator: Emulator) -> None:
    put_rules(emulator, {"sharing": [{"object": "Contact", "hidden": "LastName = 'Alpha'"}]})
    items = emulator.salesforce.get("/sobjects/Contact").json()["recentItems"]
    assert items and ANN not in {item["Id"] for item in items}


@pytest.mark.parametrize("change", [{"read_only": ["LastName"]}, {"hidden": ["LastName"]}, {"hidden": ["Id"]}])
def test_a_field_that_every_record_needs_cannot_be_closed(shared: Emulator, change: dict[str, Any]) -> None:
    document = {"field_security": [{"object": "Contact", **change}]}
    answer = shared.plain.put("/__admin/rules", json=document)
    assert answer.status_code == 400 and "Contact." in answer.json()["error"]


def test_a_described_object_is_new_when_the_rules_are(emulator: Emulator) -> None:
    first = emulator.salesforce.get("/sobjects/Contact/describe")
    held = {"If-Modified-Since": first.headers["last-modified"]}
    assert emulator.salesforce.get("/sobjects/Contact/describe", headers=held).status_code == 304
    put_rules(emulator, {"field_security": [{"object": "Contact", "hidden": ["Birthdate"]}]})
    for path in ("/sobjects/Contact/describe", "/sobjects"):
        answer = emulator.salesforce.get(path, headers=held)
        assert answer.status_code == 200 and answer.headers["last-modified"] > ""
        again = {"If-Modified-Since": answer.headers["last-modified"]}
        assert emulator.salesforce.get(path, headers=again).status_code == 304
