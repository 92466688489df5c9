"""Conditional requests on single records: by ETag on accounts, by date on all (facts: salesforce_api.md §4.1)."""

import re

import httpx
import pytest

from tests.emulator.running import DATA, Emulator

ACME = "/sobjects/Account/0015e000001acmeAAA"
ANN = "/sobjects/Contact/0035e000000con1AAA"
OLD = "Tue, 10 Aug 2015 00:00:00 GMT"
WRONG = '"00000000"'


def send(emulator: Emulator, method: str, path: str, **headers: str) -> httpx.Response:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    body = {"Phone": "1"} if method == "PATCH" else None
    return emulator.salesforce.request(method, path, headers=given, json=body)


def etag(emulator: Emulator, path: str = ACME) -> str:
    return emulator.salesforce.get(path).headers["etag"]


def test_an_account_has_an_etag_that_changes_with_it_even_within_a_second(emulator: Emulator) -> None:
    with emulator.standing_still():
        first = etag(emulator)
        assert re.fullmatch(r'"[0-9a-f]{8}"', first) and etag(emulator) == first
        assert send(emulator, "PATCH", ACME, If_Match=first).status_code == 204
        late = send(emulator, "PATCH", ACME, If_Match=first)
        assert emulator.salesforce_error(late) == (412, "PRECONDITION_FAILED")
        assert send(emulator, "PATCH", ACME, If_Match=f"{WRONG}, {etag(emulator)}").status_code == 204
    assert "etag" not in emulator.salesforce.get(ANN).headers


def test_reads_by_etag(shared: Emulator) -> None:
    held = etag(shared)
    for path in (ACME, "/sobjects/Account/Id/0015e000001acme"):
        answer = send(shared, "GET", path, If_None_Match=f"W/{held}")
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", held)
        assert send(shared, "GET", path, If_None_Match=WRONG).status_code == 200
        assert send(shared, "GET", path, If_Match=WRONG).status_code == 412
        assert send(shared, "GET", path, If_Match=held).status_code == 200
    assert send(shared, "PATCH", ACME, If_None_Match="*").status_code == 412
    assert send(shared, "GET", ANN, If_Match=WRONG, If_None_Match="*").status_code == 200


def test_an_upsert_and_a_part_of_a_composite_are_conditional(emulator: Emulator) -> None:
    assert send(emulator, "PATCH", "/sobjects/Account/Id/0015e000001acme", If_Match=WRONG).status_code == 412
    part = {"method": "PATCH", "url": DATA + ACME, "referenceId": "a", "body": {"Phone": "2"}}
    parts = [{**part, "httpHeaders": {"If-Match": tag}, "referenceId": f"r{n}"} for n, tag in enumerate([WRONG, "*"])]
    results = emulator.salesforce.post("/composite", json={"compositeRequest": parts}).json()["compositeResponse"]
    assert [result["httpStatusCode"] for result in results] == [412, 204]


@pytest.mark.parametrize(("method", "path"), [("POST", "/sobjects/Account"), ("PATCH", ACME)])
def test_a_date_that_cannot_be_read(emulator: Emulator, method: str, path: str) -> None:
    headers = {"If-Unmodified-Since": "yesterday"}
    answer = emulator.salesforce.request(method, path, headers=headers, json={"Name": "New"})
    assert emulator.salesforce_error(answer) == (400, "INVALID_HTTP_HEADER")
    assert emulator.column("SELECT Name FROM Account WHERE Name = 'New'") == []


def test_a_deletion_takes_no_condition(emulator: Emulator) -> None:
    assert send(emulator, "DELETE", ACME, If_Unmodified_Since=OLD, If_Match=WRONG).status_code == 204


def test_what_is_gone_is_gone_under_any_condition(shared: Emulator) -> None:
    gone = send(shared, "PATCH", "/sobjects/Contact/0035e000000con4AAA", If_Unmodified_Since=OLD)
    assert shared.salesforce_error(gone) == (404, "ENTITY_IS_DELETED")
