"""The errors that bad input can cause: status, code, text and fields of each, and that the table knows all of them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from .running import DATA, Emulator
from .salesforce_error_cases import CASES, KEY, NO_CODES, OAUTH, OAUTH_REASONS, ORDERED, REASONS, Case

VARIABLE = "PARDOTFLOW_OUTSIDE_FACTS"
BESIDE = Path(__file__).parents[3] / "shared" / "facts"


@pytest.fixture(scope="module")
def prepared(shared: Emulator) -> Emulator:
    """An emulator with a lead whose key is taken, and two leads with one key, which only an edit by hand can make."""
    shared.create("Lead", LastName="Taken", Company="C", **{KEY: "taken"})
    for _ in range(2):
        record_id = shared.create("Lead", LastName="Twin", Company="C")
        shared.set(f"Lead/{record_id}", **{KEY: "twin"})
    return shared


def send(emulator: Emulator, case: Case) -> httpx.Response:
    given: dict[str, Any] = {"params": case.params, "headers": {**case.headers}}
    if isinstance(case.body, str):
        given |= {"content": case.body, "headers": {"Content-Type": "application/json", **case.headers}}
    elif case.body is not None:
        given["json"] = case.body
    return emulator.salesforce.request(case.method, case.path, **given)


def errors(answer: httpx.Response) -> Iterator[dict[str, Any]]:
    """All errors of an answer: its own, those of a collection's records, and those of the parts of a composite."""
    body = answer.json()
    parts: Any = body.get("compositeResponse", body.get("results", [])) if isinstance(body, dict) else [body]
    for part in parts:
        listed: Any = part if isinstance(part, list) else part.get("body", part.get("result"))
        for element in listed if isinstance(listed, list) else ():
            if "errorCode" in element:
                yield element
            for problem in element.get("errors", ()):
                yield {"errorCode": problem["statusCode"], **problem}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{case.method}{case.path}")
def test_bad_input(prepared: Emulator, case: Case) -> None:
    if case.needs is not None:
        answer = prepared.salesforce.request(*case.needs, json={})
        if answer.status_code in {404, 405}:
            pytest.skip(f"the emulator has no route {' '.join(case.needs)}")
    answer = send(prepared, case)
    assert answer.status_code == case.status, answer.text
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    found = [error for error in errors(answer) if error["errorCode"] == case.code]
    assert found and str(found[0]["message"]).startswith(case.text), answer.text
    if case.fields is not None:
        assert found[0]["fields"] == case.fields


@pytest.mark.parametrize("code", ORDERED)
def test_what_a_fault_orders(prepared: Emulator, code: str) -> None:
    status, text = ORDERED[code]
    trouble = {"UNABLE_TO_LOCK_ROW": "row_lock", "REQUEST_LIMIT_EXCEEDED": "quota_reached"}.get(code)
    known = {"trouble": trouble} if trouble else {"code": code, "status": status}
    prepared.fault(match={"system": "salesforce"}, **known)
    answer = prepared.salesforce.patch("/sobjects/Contact/0035e000000con1", json={"Phone": "1"})
    assert answer.status_code == status, answer.text
    (problem,) = answer.json()
    assert problem["errorCode"] == code and problem["message"].startswith(text)


@pytest.mark.parametrize("error", OAUTH)
def test_oauth(shared: Emulator, error: str) -> None:
    app = {"client_id": shared.environment["SF_CLIENT_ID"], "client_secret": shared.environment["SF_CLIENT_SECRET"]}
    answer = shared.plain.post("/services/oauth2/token", data=app | OAUTH[error])
    assert answer.status_code in {400, 401} and list(answer.json()) == ["error", "error_description"]
    assert answer.json()["error"] == error and answer.json()["error_description"]


def test_a_key_that_several_records_carry(prepared: Emulator) -> None:
    answer = prepared.salesforce.get(f"/sobjects/Lead/{KEY}/twin")
    assert answer.status_code == 300 and all(url.startswith(f"{DATA}/sobjects/Lead/") for url in answer.json())


@pytest.fixture(scope="module")
def facts() -> str:
    """The facts about Salesforce, where they stand beside the repository."""
    file = Path(os.environ.get(VARIABLE, BESIDE)) / "salesforce_api.md"
    if not file.is_file():
        pytest.skip(f"no facts beside the repository; {VARIABLE} names their folder")
    return file.read_text(encoding="utf-8")


def test_the_table_knows_every_code_of_the_facts(facts: str) -> None:
    words = set(re.findall(r"(?<![\w-])[A-Z]+(?:_[A-Z]+)+(?![\w-])", facts))
    codes = {word for word in words if not re.fullmatch(NO_CODES, word)}
    told = {case.code for case in CASES} | ORDERED.keys() | REASONS.keys()
    assert codes - told == set()
    assert told - codes == set()


def test_the_table_knows_every_error_of_the_token_endpoint(facts: str) -> None:
    section = facts.partition("### 1.4 ")[2].partition("### 1.5 ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("|")]
    named = {word for row in rows[2:] for word in re.findall(r"[a-z_]+", row)}
    assert named == OAUTH.keys() | OAUTH_REASONS.keys()


def test_a_code_has_either_a_request_or_a_reason() -> None:
    assert not REASONS.keys() & ({case.code for case in CASES} | ORDERED.keys())
