"""A call that is undone leaves nothing: no record, history, recycle bin, note or id, whatever it met on the way."""

from typing import Any

from tests.emulator.running import DATA, Emulator
from tests.emulator.salesforce.life import code_of, convert, merge

CONTACT = {"type": "Contact"}


def state(emulator: Emulator) -> list[Any]:
    """Everything that a call could have left."""
    kinds = ("Contact", "ContactHistory", "Account", "Task", "CampaignMember", "CampaignMemberStatus")
    return [emulator.soql(f"SELECT FIELDS(ALL) FROM {kind} ORDER BY Id LIMIT 200", "queryAll") for kind in kinds]


def writes(emulator: Emulator) -> list[dict[str, Any]]:
    answer = emulator.plain.get("/__admin/requests", params={"writes": "true"}).json()
    return [write for request in answer["requests"] for write in request["writes"]]


def test_a_collection_that_meets_a_locked_row(tracking: Emulator) -> None:
    first, second = (tracking.create("Contact", LastName=name, Phone="0") for name in "AB")
    tracking.plain.put("/__admin/lock", json={"id": second, "seconds": 60})
    before = state(tracking)
    tracking.plain.delete("/__admin/requests")
    changes = [{"attributes": CONTACT, "id": each, "Phone": "1"} for each in (first, second)]
    body = {"allOrNone": True, "records": changes}
    results = tracking.salesforce.patch("/composite/sobjects", json=body).json()
    codes = [result["errors"][0]["statusCode"] for result in results]
    assert codes == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "UNABLE_TO_LOCK_ROW"]
    assert state(tracking) == before and writes(tracking) == []
    tracking.salesforce.patch("/composite/sobjects", json={**body, "allOrNone": False})
    assert {write["object"] for write in writes(tracking)} == {"Contact", "ContactHistory"}
    assert tracking.column("SELECT Field FROM ContactHistory WHERE Field = 'Phone'") == ["Phone"]


def test_a_composite_whose_last_part_fails(tracking: Emulator) -> None:
    account = tracking.create("Account", Name="A")
    person = tracking.create("Contact", LastName="P", AccountId=account)
    before = state(tracking)
    tracking.plain.delete("/__admin/requests")
    parts: list[dict[str, Any]] = [
        {"method": "POST", "url": f"{DATA}/sobjects/Campaign", "body": {"Name": "C"}},
        {
            "method": "POST",
            "url": f"{DATA}/sobjects/CampaignMember",
            "body": {"CampaignId": "@{r0.id}", "ContactId": person},
        },
        {"method": "DELETE", "url": f"{DATA}/sobjects/Account/{account}"},
        {"method": "DELETE", "url": f"{DATA}/composite/sobjects?ids={person}"},
    ]
    named = [part | {"referenceId": f"r{number}"} for number, part in enumerate(parts)]
    body = {"allOrNone": True, "compositeRequest": named}
    results = tracking.salesforce.post("/composite", json=body).json()["compositeResponse"]
    assert [result["body"][0].get("errorCode") for result in results[:3]] == ["PROCESSING_HALTED"] * 3
    assert results[3]["body"][0]["errors"][0]["statusCode"] == "ENTITY_IS_DELETED"
    assert state(tracking) == before and writes(tracking) == []


def test_a_deletion_of_several_in_an_undone_composite_says_so_of_each(tracking: Emulator) -> None:
    live, gone = (tracking.create("Contact", LastName=name) for name in "AB")
    tracking.salesforce.delete(f"/sobjects/Contact/{gone}")
    url = f"{DATA}/composite/sobjects?ids={live},{gone}"
    body = {"allOrNone": True, "compositeRequest": [{"method": "DELETE", "url": url, "referenceId": "d"}]}
    (result,) = tracking.salesforce.post("/composite", json=body).json()["compositeResponse"]
    codes = [row["errors"][0]["statusCode"] for row in result["body"]]
    assert codes == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "ENTITY_IS_DELETED"]
    assert tracking.row("Contact", live)["IsDeleted"] is False


def test_a_deletion_whose_child_is_locked(tracking: Emulator) -> None:
    account = tracking.create("Account", Name="A")
    person = tracking.create("Contact", LastName="P", AccountId=account)
    tracking.plain.put("/__admin/lock", json={"id": person, "seconds": 60})
    before = state(tracking)
    refused = tracking.salesforce.delete(f"/sobjects/Account/{account}")
    assert tracking.salesforce_error(refused) == (400, "UNABLE_TO_LOCK_ROW") and person in refused.text
    assert state(tracking) == before
    tracking.advance(61)
    assert tracking.salesforce.delete(f"/sobjects/Account/{account}").status_code == 204


def test_a_merge_and_a_conversion_whose_child_is_locked(tracking: Emulator) -> None:
    winner, loser = (tracking.create("Contact", LastName=name) for name in "WL")
    lead = tracking.create("Lead", LastName="L", Company="C")
    for person in (loser, lead):
        task = tracking.create("Task", WhoId=person)
        tracking.plain.put("/__admin/lock", json={"id": task, "seconds": 60})
    before = state(tracking)
    assert code_of(merge(tracking, "Contact", winner, loser)) == "UNABLE_TO_LOCK_ROW"
    assert code_of(convert(tracking, lead)) == "UNABLE_TO_LOCK_ROW"
    assert state(tracking) == before
