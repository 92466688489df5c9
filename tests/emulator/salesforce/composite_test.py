"""/composite: dependent subrequests in one call."""

from typing import Any

import httpx

from tests.emulator.running import DATA, Emulator

ANN = "0035e000000con1AAA"


def sub(reference: str, method: str, path: str, body: object = None, **headers: str) -> dict[str, Any]:
    made: dict[str, Any] = {"method": method, "url": DATA + path, "referenceId": reference}
    if body is not None:
        made["body"] = body
    if headers:
        made["httpHeaders"] = headers
    return made


def send(emulator: Emulator, *requests: dict[str, Any], **options: object) -> httpx.Response:
    return emulator.salesforce.post("/composite", json={"compositeRequest": list(requests), **options})


def results(answer: httpx.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["compositeResponse"]
    return found


def test_references_lead_from_one_subrequest_to_the_next(emulator: Emulator) -> None:
    account, contact, query = results(
        send(
            emulator,
            sub("refA", "POST", "/sobjects/Account", {"Name": "Made"}),
            sub("refC", "POST", "/sobjects/Contact", {"LastName": "In", "AccountId": "@{refA.id}"}),
            sub("q", "GET", "/query?q=SELECT+Account.Name+FROM+Contact+WHERE+Id='@{refC.id}'"),
        )
    )
    assert list(account) == ["body", "httpHeaders", "httpStatusCode", "referenceId"]
    assert account["httpStatusCode"] == 201 and account["httpHeaders"]["Location"].startswith(DATA)
    assert contact["body"]["success"] is True
    assert query["body"]["records"][0]["Account"]["Name"] == "Made"


def test_a_path_into_records(emulator: Emulator) -> None:
    found, changed = results(
        send(
            emulator,
            sub("q", "GET", "/query?q=SELECT Id FROM Contact WHERE Email = 'ann@x.test'"),
            sub("p", "PATCH", "/sobjects/Contact/@{q.records[0].Id}", {"Phone": "5"}),
        )
    )
    assert found["httpStatusCode"] == 200
    assert (changed["httpStatusCode"], changed["body"]) == (204, None)
    assert emulator.row("Contact", ANN)["Phone"] == "5"


def test_subrequests_fail_alone(emulator: Emulator) -> None:
    bad, good, lost = results(
        send(
            emulator,
            sub("bad", "POST", "/sobjects/Contact", {}),
            sub("good", "PATCH", f"/sobjects/Contact/{ANN}", {"Phone": "6"}),
            sub("lost", "GET", "/sobjects/Contact/@{bad.id}"),
        )
    )
    assert bad["httpStatusCode"] == 400 and bad["body"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    assert good["httpStatusCode"] == 204
    assert lost["httpStatusCode"] == 400 and lost["body"][0]["errorCode"] == "PROCESSING_HALTED"
    assert emulator.row("Contact", ANN)["Phone"] == "6"


def test_all_or_none(emulator: Emulator) -> None:
    good, bad, later = results(
        send(
            emulator,
            sub("good", "PATCH", f"/sobjects/Contact/{ANN}", {"Phone": "6"}),
            sub("bad", "POST", "/sobjects/Contact", {}),
            sub("later", "GET", f"/sobjects/Contact/{ANN}"),
            allOrNone=True,
        )
    )
    assert bad["body"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    for halted in (good, later):
        assert halted["httpStatusCode"] == 400
        assert halted["body"] == [
            {
                "errorCode": "PROCESSING_HALTED",
                "message": "The transaction was rolled back since another operation in the same transaction failed.",
            }
        ]
    assert emulator.row("Contact", ANN)["Phone"] == "+1 1"


def test_headers_belong_to_a_subrequest(emulator: Emulator) -> None:
    old = {"If-Unmodified-Since": "Wed, 01 Dec 2021 00:00:00 GMT"}
    refused, saved = results(
        send(
            emulator,
            sub("a", "PATCH", f"/sobjects/Contact/{ANN}", {"Phone": "6"}, **old),
            sub("b", "PATCH", f"/sobjects/Contact/{ANN}", {"Fax": "7"}),
        )
    )
    assert (refused["httpStatusCode"], saved["httpStatusCode"]) == (412, 204)
    assert emulator.row("Contact", ANN)["Phone"] == "+1 1"


def test_collections_inside(emulator: Emulator) -> None:
    body = {"records": [{"attributes": {"type": "Contact"}, "id": ANN, "Phone": "8"}]}
    (inner,) = results(send(emulator, sub("c", "PATCH", "/composite/sobjects", body)))
    assert inner["body"] == [{"id": ANN, "success": True, "errors": []}]


def test_a_query_with_a_cursor_inside(emulator: Emulator) -> None:
    emulator.switch(query_batch_min=1)
    options = {"Sforce-Query-Options": "batchSize=2"}
    (inner,) = results(send(emulator, sub("q", "GET", "/query?q=SELECT Id FROM Contact", **options)))
    locator = inner["body"]["nextRecordsUrl"].removeprefix(DATA)
    (rest,) = results(send(emulator, sub("r", "GET", locator)))
    assert rest["body"]["done"] is True and len(rest["body"]["records"]) == 1


def test_the_whole_request_can_be_wrong(shared: Emulator) -> None:
    get = sub("a", "GET", f"/sobjects/Contact/{ANN}")
    assert send(shared).status_code == 400
    assert send(shared, get, get).status_code == 400
    assert send(shared, {**get, "referenceId": "no-dash"}).status_code == 400
    assert send(shared, *({**get, "referenceId": f"r{k}"} for k in range(26))).status_code == 400
    query = sub("q", "GET", "/query?q=SELECT Id FROM Contact")
    assert send(shared, *({**query, "referenceId": f"r{k}"} for k in range(6))).status_code == 400


def test_a_composite_counts_once(emulator: Emulator) -> None:
    send(emulator, *(sub(f"r{k}", "GET", f"/sobjects/Contact/{ANN}") for k in range(5)))
    assert emulator.salesforce.get("/limits").headers["sforce-limit-info"].startswith("api-usage=2/")


def test_a_collection_that_fails_undoes_an_all_or_none_composite(emulator: Emulator) -> None:
    records = [{"attributes": {"type": "Contact"}, "id": ANN, "Phone": "8"}, {"attributes": {"type": "Contact"}}]
    good, bad = results(
        send(
            emulator,
            sub("good", "PATCH", f"/sobjects/Contact/{ANN}", {"Fax": "6"}),
            sub("bad", "PATCH", "/composite/sobjects", {"allOrNone": False, "records": records}),
            allOrNone=True,
        )
    )
    assert good["body"][0]["errorCode"] == "PROCESSING_HALTED"
    codes = [row["errors"][0]["statusCode"] for row in bad["body"]]
    assert codes == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "MISSING_ARGUMENT"]
    row = emulator.row("Contact", ANN)
    assert (row["Phone"], row["Fax"]) == ("+1 1", None)


def test_every_form_of_reference(emulator: Emulator) -> None:
    records = [{"attributes": {"type": "Contact"}, "LastName": name} for name in "AB"]
    made, changed, wrong, none = results(
        send(
            emulator,
            sub("made", "POST", "/composite/sobjects", {"records": records}),
            sub("p", "PATCH", "/sobjects/Contact/@{made[1].id}", {"FirstName": "@{made[0].success} @{made[0].id}"}),
            sub("wrong", "GET", "/sobjects/Contact/@{made[2].id}"),
            sub("none", "GET", "/sobjects/Contact/@{made[0].errors}"),
        )
    )
    ids = [row["id"] for row in made["body"]]
    assert changed["httpStatusCode"] == 204
    assert emulator.row("Contact", ids[1])["FirstName"] == f"true {ids[0]}"
    assert [r["body"][0]["errorCode"] for r in (wrong, none)] == ["PROCESSING_HALTED"] * 2


def test_what_cannot_stand_inside(shared: Emulator) -> None:
    for path in ("/jobs/ingest", "/composite", "/composite/batch", "/composite/graph"):
        (inner,) = results(send(shared, sub("a", "POST", path, {})))
        assert inner["httpStatusCode"] == 404
    (inner,) = results(send(shared, {"method": "GET", "url": "http://[", "referenceId": "a"}))
    assert inner["httpStatusCode"] == 404
    headers = {**sub("a", "GET", f"/sobjects/Contact/{ANN}"), "httpHeaders": ["x"]}
    assert shared.salesforce_error(send(shared, headers)) == (400, "JSON_PARSER_ERROR")


def test_a_body_that_is_nested_very_deep(shared: Emulator) -> None:
    answer = shared.salesforce.post(
        "/composite", content=b'{"a":' + b"[" * 100_000, headers={"Content-Type": "application/json"}
    )
    assert shared.salesforce_error(answer) == (400, "JSON_PARSER_ERROR")


def test_the_version_is_that_of_the_subrequest(shared: Emulator) -> None:
    request = {"method": "GET", "url": f"/services/data/v42.0/sobjects/Contact/{ANN}", "referenceId": "a"}
    (inner,) = results(send(shared, request))
    assert inner["body"]["attributes"]["url"] == request["url"]


def test_a_key_of_several_records_undoes_an_all_or_none_composite(emulator: Emulator) -> None:
    for name in "AB":
        emulator.create("Contact", LastName=name, Shared_Key__c="k")
    good, several = results(
        send(
            emulator,
            sub("good", "PATCH", f"/sobjects/Contact/{ANN}", {"Phone": "6"}),
            sub("several", "PATCH", "/sobjects/Contact/Shared_Key__c/k", {"Phone": "6"}),
            allOrNone=True,
        )
    )
    assert (several["httpStatusCode"], len(several["body"])) == (300, 2)
    assert good["body"][0]["errorCode"] == "PROCESSING_HALTED"
    assert emulator.row("Contact", ANN)["Phone"] == "+1 1"
