"""The errors that bad input can cause: status, code, text and headers of each (facts pardot_api section 8)."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest

from pardotflow.emulator.pardot.errors import ERRORS
from pardotflow.emulator.switches import TABLE
from tests.emulator.pardot.error_cases import CASES, NO_MEMBER, RECORDS, Case, forged_token
from tests.emulator.running import Emulator, pardot_error

DEFAULTS = {info.name: info.default for info in TABLE}
ELSEWHERE = {
    46: "pardot_abilities_test",
    85: "nothing here causes it",
    108: "pardot_assets_test",
    134: "more than two directions need more than two sort fields, which is 133",
    181: "test_without_the_header_of_the_unit",
}
# Nothing that a client sends causes these: a fault plan may order them.
ORDERED = {62, 71, 79, 183, 202, 214}


def send(emulator: Emulator, case: Case) -> httpx.Response:
    path = case.path.replace("{id}", str(case.prepare(emulator))) if case.prepare else case.path
    options: dict[str, Any] = {"headers": dict(case.headers)}
    if case.tables:
        options["files"] = [("file", ("a.csv", table)) for table in case.tables]
        options["data"] = {"input": json.dumps(case.body)} if case.body else None
    elif isinstance(case.body, bytes):
        options["content"] = case.body
        options["headers"] = {"Content-Type": "application/json", **case.headers}
    elif case.body is not None:
        options["json"] = case.body
    return emulator.pardot.request(case.method, path, **options)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{case.path[:40]}")
def test_error(shared: Emulator, case: Case) -> None:
    shared.switch(import_delay=1000, export_delay=1000, **case.switches)
    try:
        answer = send(shared, case)
    finally:
        shared.switch(**{name: DEFAULTS[name] for name in case.switches})
    assert answer.headers["content-type"].startswith("application/json")
    assert pardot_error(answer) == (case.status, case.code)
    assert re.fullmatch(re.escape(case.text) + "(: .*)?", answer.json()["message"])
    assert answer.headers.get("pardot-warning") == case.warning
    assert not {"x-api-usage", "retry-after", "location"} & set(answer.headers)


def test_every_code_has_a_case() -> None:
    assert {case.code for case in CASES} | set(ELSEWHERE) | ORDERED == set(ERRORS)


def test_without_the_header_of_the_unit(shared: Emulator) -> None:
    bearer = {"Authorization": shared.pardot.headers["Authorization"]}
    answer = shared.plain.get(f"/api/v5{RECORDS}?fields=id", headers=bearer)
    assert (answer.status_code, answer.json()) == (
        400,
        {
            "code": 181,
            "message": "A required header is missing: Pardot-Business-Unit-Id header not found on request.",
        },
    )


@pytest.mark.parametrize("case", [case for case in CASES if case.code in {182, 184, 201}], ids=lambda case: case.code)
def test_refusals_of_the_layer_before_version_5_as_xml(emulator: Emulator, case: Case) -> None:
    emulator.switch(auth_error_form="xml")
    answer = send(emulator, case)
    assert answer.status_code == case.status and answer.headers["content-type"] == "text/xml; charset=utf-8"
    head, body, rest = answer.text.split("\n")
    assert (head, rest) == ('<?xml version="1.0" encoding="UTF-8"?>', "")
    assert re.fullmatch(rf'<rsp stat="fail" version="1.0"><err code="{case.code}">{case.text}.*</err></rsp>', body)


def test_what_stays_json_when_refusals_before_version_5_are_xml(emulator: Emulator) -> None:
    emulator.switch(auth_error_form="xml")
    assert pardot_error(emulator.plain.get(f"/api/v5{RECORDS}?fields=id")) == (401, 49)
    emulator.switch(pardot_daily_limit=0)
    assert pardot_error(emulator.pardot.get(f"{RECORDS}?fields=id")) == (429, 122)


@pytest.mark.parametrize(
    ("switch", "value", "path", "headers", "code"),
    [
        ("status_for_concurrency", 503, f"{RECORDS}?fields=id", {}, 66),
        ("status_for_daily_limit", 403, f"{RECORDS}?fields=id", {}, 122),
        ("status_for_unit", 403, f"{RECORDS}?fields=id", NO_MEMBER, 201),
    ],
)
def test_statuses_that_nobody_has_recorded(
    emulator: Emulator, switch: str, value: int, path: str, headers: dict[str, str], code: int
) -> None:
    limits = {66: {"pardot_concurrency": 0}, 122: {"pardot_daily_limit": 0}}.get(code, {})
    emulator.switch(**{switch: value, **limits})
    assert pardot_error(emulator.pardot.get(path, headers=headers)) == (value, code)


@pytest.mark.parametrize(
    "changes",
    [
        {"filters": 5},
        {"filters": [{"field": "x; DROP", "operator": "=", "value": 1}]},
        {"filters": [{"field": ["id"], "operator": "=", "value": 1}]},
        {"filters": [{"field": "id", "operator": "=", "value": [1]}]},
        {"filters": [{"field": "id", "operator": "in", "value": 5}]},
        {"filters": [{"field": "id", "operator": "in", "value": [[1]]}]},
        {"limit": 0},
        {"limit": 1001},
        {"limit": 10**30},
        {"page": "x"},
        {"resumeValue": {"id": [1]}},
        {"resumeValue": {"id": 10**30}},
        {"resumeValue": {}},
        {"orderBy": 5},
        {"orderBy": "email"},
        {"deleted": "maybe"},
        {"expireTime": 5},
        {"expireTime": "9999-12-31T23:59:59-12:00"},
    ],
    ids=str,
)
def test_tokens_of_somebodys_own_making(shared: Emulator, changes: dict[str, object]) -> None:
    assert shared.pardot.get(f"{RECORDS}?fields=id", params={"nextPageToken": forged_token(), "fields": "id"}).json()
    params = {"fields": "id", "nextPageToken": forged_token(**changes)}
    assert pardot_error(shared.pardot.get(RECORDS, params=params)) == (400, 211)


def test_a_fault_plan_may_order_what_nothing_causes(emulator: Emulator) -> None:
    emulator.fault(code=183)
    answer = emulator.pardot.get(f"{RECORDS}?fields=id")
    assert answer.status_code == 500
    assert answer.json() == {"code": 183, "message": "An internal error occurred, please try your request again"}
