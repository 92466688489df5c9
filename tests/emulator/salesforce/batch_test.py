"""/composite/batch: independent subrequests in one call."""

from typing import Any

from tests.emulator.running import Emulator

ANN = "0035e000000con1AAA"
CONTACT = f"v60.0/sobjects/Contact/{ANN}"


def send(emulator: Emulator, *requests: dict[str, Any], **options: object) -> dict[str, Any]:
    answer = emulator.salesforce.post("/composite/batch", json={"batchRequests": list(requests), **options})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_subrequests_know_nothing_of_each_other(emulator: Emulator) -> None:
    body = send(
        emulator,
        {"method": "PATCH", "url": CONTACT, "richInput": {"Phone": "5"}},
        {"method": "POST", "url": "v60.0/sobjects/Contact", "richInput": {}},
        {"method": "GET", "url": f"/services/data/{CONTACT}?fields=Phone"},
        {"method": "GET", "url": "v60.0/query?q=SELECT+Id+FROM+Contact+WHERE+Phone='5'"},
    )
    changed, refused, read, found = body["results"]
    assert body["hasErrors"] is True
    assert changed == {"statusCode": 204, "result": None}
    assert refused["statusCode"] == 400 and refused["result"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    assert (read["statusCode"], read["result"]["Phone"]) == (200, "5")
    assert found["result"]["totalSize"] == 1


def test_a_halt(emulator: Emulator) -> None:
    requests: list[dict[str, Any]] = [
        {"method": "GET", "url": "v60.0/sobjects/Contact/0035e000000none"},
        {"method": "PATCH", "url": CONTACT, "richInput": {"Phone": "5"}},
        {"method": "PATCH", "url": CONTACT, "richInput": {"Phone": "6"}},
    ]
    halted = {
        "statusCode": 412,
        "result": [{"errorCode": "BATCH_PROCESSING_HALTED", "message": "Batch processing halted per request"}],
    }
    body = send(emulator, *requests, haltOnError=True)
    assert [r["statusCode"] for r in body["results"]] == [404, 412, 412] and body["results"][1:] == [halted] * 2
    assert emulator.row("Contact", ANN)["Phone"] == "+1 1"
    assert [r["statusCode"] for r in send(emulator, *requests)["results"]] == [404, 204, 204]


def test_every_subrequest_is_counted(emulator: Emulator) -> None:
    body = send(emulator, *[{"method": "GET", "url": CONTACT}] * 5)
    assert body["hasErrors"] is False
    assert emulator.salesforce.get("/limits").headers["sforce-limit-info"].startswith("api-usage=6/")


def test_the_whole_request_can_be_wrong(shared: Emulator) -> None:
    for requests in ([], "x", [1], [{"method": "GET", "url": CONTACT}] * 26, [{"url": CONTACT, "httpHeaders": 1}]):
        answer = shared.salesforce.post("/composite/batch", json={"batchRequests": requests})
        assert answer.status_code == 400
