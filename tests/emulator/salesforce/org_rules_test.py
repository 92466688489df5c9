"""Rules that an admin sets up: validation, duplicates, field-level security, sharing; and records that others hold."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from pardotflow.emulator import EmulatorError
from pardotflow.emulator.seeding import seed
from tests.emulator.running import DATA, Emulator, running
from tests.emulator.salesforce.life import ANN, code_of, convert, merge

BOB = "0035e000000con2AAA"


def put_rules(emulator: Emulator, **document: list[dict[str, Any]]) -> None:
    answer = emulator.plain.put("/__admin/rules", json=document)
    assert answer.status_code == 200, answer.text
    assert emulator.plain.get("/__admin/rules").json() == document


def send(emulator: Emulator, method: str, path: str, headers: dict[str, str] | None = None, **body: object) -> Any:
    return emulator.salesforce.request(method, "/sobjects" + path, json=body, headers=headers)


# -- validation rules


def test_a_validation_rule_refuses_with_its_own_words(emulator: Emulator) -> None:
    rules = [
        {"object": "Lead", "when": "AnnualRevenue < 0", "message": "No debts, please", "field": "AnnualRevenue"},
        {"object": "Lead", "when": "Email = null AND Phone = null", "message": "How do we reach them?"},
    ]
    put_rules(emulator, validation=rules)
    answer = send(emulator, "POST", "/Lead", LastName="L", Company="C", AnnualRevenue=-1)
    assert answer.status_code == 400
    assert answer.json() == [
        {
            "message": "No debts, please",
            "errorCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION",
            "fields": ["AnnualRevenue"],
        },
        {"message": "How do we reach them?", "errorCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "fields": []},
    ]
    assert emulator.soql("SELECT Id FROM Lead WHERE LastName = 'L'", "queryAll")["totalSize"] == 0
    made = emulator.create("Lead", LastName="L", Company="C", Phone="1")
    assert send(emulator, "PATCH", f"/Lead/{made}", Phone=None).status_code == 400
    assert emulator.row("Lead", made)["Phone"] == "1"


def test_each_record_of_a_collection_is_validated_alone(emulator: Emulator) -> None:
    put_rules(emulator, validation=[{"object": "Contact", "when": "LastName LIKE 'X%'", "message": "No X"}])
    records = [{"attributes": {"type": "Contact"}, "LastName": name} for name in ("Xa", "Ya")]
    first, second = emulator.salesforce.post("/composite/sobjects", json={"records": records}).json()
    assert first["errors"][0]["statusCode"] == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    assert second["success"] is True and emulator.column("SELECT LastName FROM Contact WHERE LastName LIKE 'X%'") == []


def test_a_conversion_is_validated_whole(emulator: Emulator) -> None:
    put_rules(emulator, validation=[{"object": "Contact", "when": "Title = null", "message": "Title?"}])
    made = emulator.create("Lead", LastName="L", Company="Convert AG")
    assert code_of(convert(emulator, made)) == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    assert emulator.column("SELECT Name FROM Account WHERE Name = 'Convert AG'") == []


# -- duplicate rules

BY_EMAIL = {"object": "Contact", "name": "By_Email", "match": ["Email"], "against": ["Contact", "Lead"]}


def test_an_alert_shows_the_duplicates_and_can_be_passed(emulator: Emulator) -> None:
    put_rules(emulator, duplicate=[BY_EMAIL])
    wanted: dict[str, Any] = {"LastName": "N", "Email": "ANN@x.test"}
    answer = send(emulator, "POST", "/Contact", **wanted)
    (error,) = answer.json()
    assert answer.status_code == 400
    assert (error["errorCode"], error["message"]) == ("DUPLICATES_DETECTED", "Use one of these records?")
    result = error["duplicateResut"]
    assert (result["allowSave"], result["duplicateRule"], result["duplicateRuleEntityType"]) == (
        True,
        "By_Email",
        "Contact",
    )
    (match,) = result["matchResults"]
    assert (match["entityType"], match["matchEngine"], match["size"]) == ("Contact", "FuzzyMatchEngine", 1)
    record = match["matchRecords"][0]["record"]
    assert sorted(record) == ["Id", "attributes"] and record["Id"] == ANN
    header = {"Sforce-Duplicate-Rule-Header": "includeRecordDetails=true"}
    (error,) = send(emulator, "POST", "/Contact", headers=header, **wanted).json()
    assert error["duplicateResut"]["matchResults"][0]["matchRecords"][0]["record"]["LastName"] == "Alpha"
    header = {"Sforce-Duplicate-Rule-Header": "allowSave=true; runAsCurrentUser=true"}
    assert send(emulator, "POST", "/Contact", headers=header, **wanted).status_code == 201


def test_a_part_of_a_composite_has_its_own_header(emulator: Emulator) -> None:
    put_rules(emulator, duplicate=[BY_EMAIL])
    part = {
        "method": "POST",
        "url": DATA + "/sobjects/Contact",
        "referenceId": "a",
        "body": {"LastName": "N", "Email": "ann@x.test"},
    }
    header = {"httpHeaders": {"Sforce-Duplicate-Rule-Header": "allowSave=true"}}
    body = {"compositeRequest": [part, {**part, **header, "referenceId": "b"}]}
    results = emulator.salesforce.post("/composite", json=body).json()["compositeResponse"]
    assert [result["httpStatusCode"] for result in results] == [400, 201]


def test_a_block_cannot_be_passed_and_other_objects_count(emulator: Emulator) -> None:
    put_rules(emulator, duplicate=[{**BY_EMAIL, "on_create": "block", "on_update": "block"}])
    header = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}
    answer = send(emulator, "POST", "/Contact", headers=header, LastName="N", Email="lima@x.test")
    (error,) = answer.json()
    assert error["duplicateResut"]["allowSave"] is False
    assert error["duplicateResut"]["matchResults"][0]["entityType"] == "Lead"
    assert send(emulator, "PATCH", f"/Contact/{ANN}", Email="bob@x.test").status_code == 400
    assert send(emulator, "PATCH", f"/Contact/{ANN}", Email="ann@x.test", Phone="2").status_code == 204
    emulator.create("Contact", LastName="No address")
    emulator.create("Contact", LastName="No address")


@pytest.mark.parametrize(("choice", "keys"), [("duplicateResult", {"duplicateResult"}), ("none", set())])
def test_the_key_of_the_duplicates_is_a_switch(emulator: Emulator, choice: str, keys: set[str]) -> None:
    put_rules(emulator, duplicate=[BY_EMAIL])
    emulator.switch(duplicate_result_key=choice)
    (error,) = send(emulator, "POST", "/Contact", LastName="N", Email="ann@x.test").json()
    assert set(error) == {"message", "errorCode", "fields"} | keys
    records = [{"attributes": {"type": "Contact"}, "LastName": "N", "Email": "ann@x.test"}]
    (row,) = emulator.salesforce.post("/composite/sobjects", json={"records": records}).json()
    assert row["errors"] == [
        {"statusCode": "DUPLICATES_DETECTED", "message": "Use one of these records?", "fields": []}
    ]
    emulator.switch(duplicate_result_in_collections=True)
    (row,) = emulator.salesforce.post("/composite/sobjects", json={"records": records}).json()
    assert set(row["errors"][0]) == {"statusCode", "message", "fields"} | keys


def test_values_are_checked_for_duplicates_and_nothing_is_saved(emulator: Emulator) -> None:
    put_rules(emulator, duplicate=[{**BY_EMAIL, "on_create": "block"}])
    asked = {"apiName": "Contact", "fields": {"LastName": "N", "Email": "ann@x.test"}}
    made = emulator.column("SELECT Id FROM Contact")
    answer = emulator.salesforce.post("/ui-api/predupe", json=asked).json()
    found = {"allowSave": False, "rule": "By_Email", "matchResultInfo": {"recordIds": [ANN], "rule": "By_Email"}}
    match = {"objectApiName": "Contact", "recordIds": [ANN], "duplicateResultInfos": {"By_Email": found}}
    assert answer == {
        "allowSave": False,
        "duplicateError": True,
        "duplicateRules": ["By_Email"],
        "matches": [match],
    }
    asked["fields"] = {"LastName": "N", "Email": "nobody@x.test"}
    answer = emulator.salesforce.post("/ui-api/predupe", json=asked).json()
    assert answer == {"allowSave": True, "duplicateError": False, "duplicateRules": [], "matches": []}
    assert emulator.salesforce.post("/ui-api/predupe", json={"fields": {}}).status_code == 400
    assert emulator.column("SELECT Id FROM Contact") == made


# -- field-level security


def test_a_hidden_field_is_not_there(emulator: Emulator) -> None:
    put_rules(emulator, field_security=[{"object": "Contact", "hidden": ["Phone", "DoNotCall"]}])
    described = emulator.salesforce.get("/sobjects/Contact/describe").json()["fields"]
    assert not {"Phone", "DoNotCall"} & {field["name"] for field in described}
    assert "Phone" not in emulator.row("Contact", ANN)
    asked = emulator.salesforce.get("/query", params={"q": "SELECT Phone FROM Contact"})
    assert emulator.salesforce_error(asked) == (400, "INVALID_FIELD")
    assert emulator.salesforce_error(send(emulator, "PATCH", f"/Contact/{ANN}", Phone="2")) == (400, "INVALID_FIELD")
    made = emulator.create("Contact", LastName="New")
    emulator.set(f"Contact/{made}", Phone="3")
    put_rules(emulator)
    row = emulator.row("Contact", made)
    assert (row["Phone"], row["DoNotCall"]) == ("3", False)
    assert emulator.column(f"SELECT Id FROM Contact WHERE DoNotCall = false AND Id = '{made}'") == [made]
    assert emulator.row("Contact", ANN)["Phone"] == "+1 1"


def test_a_read_only_field_can_be_read(emulator: Emulator) -> None:
    put_rules(emulator, field_security=[{"object": "Contact", "read_only": ["Phone"]}])
    refused = send(emulator, "PATCH", f"/Contact/{ANN}", Phone="2")
    assert emulator.salesforce_error(refused) == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")
    assert refused.json()[0]["fields"] == ["Phone"] and emulator.row("Contact", ANN)["Phone"] == "+1 1"


# -- sharing


def test_hidden_records_are_not_seen(emulator: Emulator) -> None:
    task = emulator.create("Task", WhoId=ANN)
    put_rules(emulator, sharing=[{"object": "Contact", "hidden": "LastName = 'Alpha'"}])
    assert ANN not in emulator.column("SELECT Id FROM Contact") + emulator.column("SELECT Id FROM Contact", "queryAll")
    assert emulator.column("SELECT Id FROM Contact WHERE LastName IN ('Alpha', 'Beta')") == [BOB]
    assert send(emulator, "GET", f"/Contact/{ANN}").status_code == 404
    several = emulator.salesforce.get("/composite/sobjects/Contact", params={"ids": f"{ANN},{BOB}", "fields": "Id"})
    assert [row and row["Id"] for row in several.json()] == [None, BOB]
    assert emulator.row("Task", task)["WhoId"] == ANN


@pytest.mark.parametrize("status", [403, 400])
def test_hidden_records_are_not_written(emulator: Emulator, status: int) -> None:
    emulator.switch(status_for_access=status)
    put_rules(emulator, sharing=[{"object": "Contact", "hidden": "LastName = 'Alpha'"}])
    refusal = (status, "INSUFFICIENT_ACCESS_OR_READONLY")
    assert emulator.salesforce_error(send(emulator, "PATCH", f"/Contact/{ANN}", Phone="2")) == refusal
    assert emulator.salesforce_error(send(emulator, "DELETE", f"/Contact/{ANN}")) == refusal
    assert code_of(merge(emulator, "Contact", BOB, ANN)) == refusal[1]
    linked = send(emulator, "POST", "/Task", WhoId=ANN)
    assert emulator.salesforce_error(linked) == (400, "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY")


# -- locks and late commits


def test_a_record_that_another_transaction_holds(emulator: Emulator) -> None:
    lock = {"id": ANN[:15], "seconds": 30}
    assert emulator.plain.put("/__admin/lock", json=lock).json() == {"id": ANN}
    refused = send(emulator, "PATCH", f"/Contact/{ANN}", Phone="2")
    assert emulator.salesforce_error(refused) == (400, "UNABLE_TO_LOCK_ROW")
    assert ANN in refused.json()[0]["message"]
    assert code_of(merge(emulator, "Contact", BOB, ANN)) == "UNABLE_TO_LOCK_ROW"
    assert send(emulator, "PATCH", f"/Contact/{BOB}", Phone="2").status_code == 204
    emulator.advance(31)
    assert send(emulator, "PATCH", f"/Contact/{ANN}", Phone="2").status_code == 204
    for wrong in ({"id": "x", "seconds": 1}, {"id": ANN}, {"id": ANN, "seconds": -1}):
        assert emulator.plain.put("/__admin/lock", json=wrong).status_code == 400


def test_a_late_commit_has_an_older_stamp_than_what_was_read_before_it(emulator: Emulator) -> None:
    (newest,) = emulator.column("SELECT max(SystemModstamp) FROM Contact")[:1]
    first = emulator.row("Contact", emulator.create("Contact", LastName="First"))["SystemModstamp"]
    emulator.switch(late_commit_seconds=300)
    late = emulator.row("Contact", emulator.create("Contact", LastName="Late"))["SystemModstamp"]
    emulator.set(f"Contact/{BOB}", Phone="9")
    assert newest < late < first and emulator.row("Contact", BOB)["SystemModstamp"] < first


# -- the document


@pytest.mark.parametrize(
    "document",
    [
        {"nonsense": []},
        {"validation": {}},
        {"validation": [{"when": "Name = null", "message": "x"}]},
        {"validation": [{"object": "Nothing", "when": "Name = null", "message": "x"}]},
        {"validation": [{"object": "Lead", "when": "Nothing = null", "message": "x"}]},
        {"validation": [{"object": "Lead", "when": "Name =", "message": "x"}]},
        {"validation": [{"object": "Lead", "when": "Name = null"}]},
        {"validation": [{"object": "Lead", "when": "Name = null", "message": "x", "field": "Nothing"}]},
        {"duplicate": [{"object": "Lead", "name": "x"}]},
        {"duplicate": [{"object": "Lead", "name": "x", "match": "email"}]},
        {"duplicate": [{"object": "Lead", "name": "x", "match": ["Company"], "against": "Contact"}]},
        {"duplicate": [{"object": "Lead", "name": "x", "match": ["Email"], "on_create": "shout"}]},
        {"field_security": [{"object": "Lead", "hidden": ["LastName"]}]},
        {"field_security": [{"object": "Lead", "hidden": [1]}]},
        {
            "field_security": [{"object": "Lead", "hidden": ["Phone"]}],
            "validation": [{"object": "Lead", "when": "Phone = null", "message": "x"}],
        },
        {"sharing": [{"object": "Lead"}]},
        {"sharing": [{"object": "Lead", "hidden": "x", "other": 1}]},
    ],
)
def test_documents_that_cannot_be_meant(shared: Emulator, document: dict[str, object]) -> None:
    answer: httpx.Response = shared.plain.put("/__admin/rules", json=document)
    assert answer.status_code == 400 and answer.json()["error"].startswith("rules: ")
    assert shared.plain.get("/__admin/rules").json() == {}


def test_a_seed_declares_rules(tmp_path: Path) -> None:
    (tmp_path / "schema.yml").write_text("rules:\n  sharing:\n    - {object: Account, hidden: \"Name = 'Secret'\"}\n")
    (tmp_path / "Account.csv").write_text("Name\nSecret\nOpen\n")
    seed(tmp_path / "people.db", tmp_path)
    with running(tmp_path / "people.db") as emulator:
        assert emulator.column("SELECT Name FROM Account") == ["Open"]
    (tmp_path / "schema.yml").write_text("rules: {sharing: [{object: Account, hidden: Nothing = 1}]}\n")
    with pytest.raises(EmulatorError, match="Nothing"):
        seed(tmp_path / "other.db", tmp_path)


def test_sharing_rules_may_ask_for_each_others_objects(emulator: Emulator) -> None:
    hidden = [
        {"object": "Account", "hidden": "Id IN (SELECT AccountId FROM Contact WHERE LastName = 'Alpha')"},
        {"object": "Contact", "hidden": "AccountId IN (SELECT Id FROM Account WHERE Name LIKE 'Beta%')"},
    ]
    assert emulator.plain.put("/__admin/rules", json={"sharing": hidden}).status_code == 200
    assert emulator.column("SELECT Name FROM Account") == ["Beta Ltd"]
    assert emulator.column("SELECT LastName FROM Contact ORDER BY LastName") == ["Alpha", "O'Neil"]
