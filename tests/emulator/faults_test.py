"""Faults on order."""

import httpx
import pytest

from tests.emulator.running import Emulator

URL = "/sobjects/Contact/0035e000000con1"


def phone(emulator: Emulator) -> object:
    return emulator.row("Contact", "0035e000000con1")["Phone"]


def test_an_answer_instead_of_the_effect(emulator: Emulator) -> None:
    body = [{"errorCode": "UNABLE_TO_LOCK_ROW", "message": "locked", "fields": []}]
    emulator.fault(method="PATCH", path="/sobjects/", status=400, body=body, headers={"X-Why": "test"})
    answer = emulator.salesforce.patch(URL, json={"Phone": "1"})
    assert answer.status_code == 400 and answer.json() == body and answer.headers["x-why"] == "test"
    assert phone(emulator) == "+1 1"
    assert emulator.salesforce.patch(URL, json={"Phone": "1"}).status_code == 204


def test_an_answer_after_the_effect(emulator: Emulator) -> None:
    emulator.fault(method="PATCH", status=503, effect=True)
    answer = emulator.salesforce.patch(URL, json={"Phone": "1"})
    assert answer.status_code == 503 and not answer.content
    assert phone(emulator) == "1"


@pytest.mark.parametrize(("drop", "expected"), [("before", "+1 1"), ("after", "1")])
def test_dropped_connections(emulator: Emulator, drop: str, expected: str) -> None:
    emulator.fault(method="PATCH", drop=drop)
    with pytest.raises(httpx.RemoteProtocolError):
        emulator.salesforce.patch(URL, json={"Phone": "1"})
    assert phone(emulator) == expected
    dropped = emulator.requests()[0]
    assert (dropped["method"], dropped["status"]) == ("PATCH", None)
    assert dropped["api_calls"] == (drop == "after")


def test_delay_and_number_of_times(emulator: Emulator) -> None:
    emulator.fault(path="/api/v5/", delay=0.3, times=2)
    seconds = [emulator.pardot.get("/objects/users", params={"fields": "id"}).elapsed.total_seconds() for _ in range(3)]
    assert [s >= 0.3 for s in seconds] == [True, True, False]


def test_skipping_first_and_choosing_by_query(emulator: Emulator) -> None:
    emulator.fault(query="email", status=500, skip=1)
    params = {"fields": "id,email"}
    statuses = [emulator.pardot.get("/objects/users", params=params).status_code for _ in range(3)]
    assert statuses == [200, 500, 200]
    assert emulator.pardot.get("/objects/users?fields=id").status_code == 200


def test_faults_can_be_listed_and_taken_back(emulator: Emulator) -> None:
    emulator.fault(path="/x", times=3, body="text", status=500)
    (listed,) = emulator.plain.get("/__admin/faults").json()["faults"]
    assert (listed["path"], listed["times"], listed["body"]) == ("/x", 3, "text")
    assert emulator.plain.delete("/__admin/faults").status_code == 204
    assert emulator.plain.get("/__admin/faults").json() == {"faults": []}


@pytest.mark.parametrize("spec", [{"drop": "now"}, {"path": "("}, {"times": "x"}, {"color": "red"}])
def test_faults_that_cannot_be_meant(shared: Emulator, spec: dict[str, object]) -> None:
    assert shared.plain.post("/__admin/faults", json=spec).status_code == 400
