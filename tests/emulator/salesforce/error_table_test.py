"""The errors that bad input can cause: status, code, text, keys and headers, and that the tables know all of them."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import Any

import httpx
import pytest

from tests.emulator.running import DATA, Emulator
from tests.emulator.salesforce.error_cases import CASES
from tests.emulator.salesforce.error_form import ANN, KEY, Case
from tests.emulator.salesforce.error_reasons import (
    AUTHORIZE,
    NO_CODES,
    ORDERED_CODES,
    ORDERED_OAUTH,
    ORG_OAUTH,
    OTHER_WORDS,
    OVER_SOAP,
    TOKEN,
    TROUBLES,
)
from tests.emulator.salesforce.life import code_of, convert
from tests.emulator.salesforce.oauth_code_test import ask, sent_back
from tests.emulator.salesforce.state_cases import RULES, STATE_CASES, STATUS_REASONS, STATUSES

VARIABLE = "PARDOTFLOW_OUTSIDE_FACTS"
BESIDE = Path(__file__).parents[4] / "shared" / "facts"
ALL = (*CASES, *STATE_CASES)
JSON = "application/json;charset=UTF-8"
FRESH = "no-cache,must-revalidate,max-age=0,no-store,private"
TOKEN_PATH = "/services/oauth2/token"


class Prepared:
    """An emulator in which every case can be caused, and the ids of what was prepared for that."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.names = {"now": "2026-01-01T00:00:00Z"}
        emulator.create("Lead", LastName="Taken", Company="C", **{KEY: "taken"})
        for _ in range(2):
            twin = emulator.create("Lead", LastName="Twin", Company="C")
            emulator.set(f"Lead/{twin}", **{KEY: "twin"})
            emulator.create("Contact", LastName="Twin", Shared_Key__c="twin")
        self._keep("hidden", emulator.create("Account", Name="Hidden"))
        self._keep("campaign", emulator.create("Campaign", Name="C"))
        self._keep("held", emulator.create("Contact", LastName="Held"))
        user = {"Username": "former@x.test", "Email": "former@x.test", "LastName": "Former", "IsActive": False}
        self._keep("former", emulator.create("User", **user))
        emulator.create("CampaignMember", CampaignId=self.names["campaign"], ContactId=ANN)
        emulator.create("Account", Name="A", Site="Here")
        assert emulator.plain.put("/__admin/rules", json=RULES).status_code == 200
        emulator.plain.put("/__admin/lock", json={"id": self.names["held"], "seconds": 3600})
        emulator.switch(bulk_upload_bytes=4_000)
        query = {"operation": "query", "query": "SELECT Id FROM Account"}
        self._keep("done_job", self._job("query", query))
        emulator.advance(5)
        emulator.switch(bulk_delay=3600)
        self._keep("query_job", self._job("query", query))
        self._keep("open_job", self._job("ingest", {"operation": "insert", "object": "Contact"}))

    def _keep(self, name: str, made: str) -> None:
        self.names[name] = made

    def _job(self, kind: str, body: dict[str, str]) -> str:
        answer = self.emulator.salesforce.post(f"/jobs/{kind}", json=body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    def fill(self, text: str) -> str:
        """A text of a case with the names in it as ids."""
        return Template(text).safe_substitute(self.names)

    def send(self, case: Case) -> httpx.Response:
        params = {name: self.fill(value) for name, value in case.params.items()}
        given: dict[str, Any] = {"params": params, "headers": {**case.headers}}
        if case.body is not None:
            text = case.body if isinstance(case.body, str) else self.fill(json.dumps(case.body))
            given |= {"content": text, "headers": {"Content-Type": "application/json", **case.headers}}
        path = self.fill(case.path)
        url = self.emulator.environment["SF_INSTANCE_URL"] + path if path.startswith("/services/") else path
        return self.emulator.salesforce.request(case.method, url, **given)


@pytest.fixture(scope="module")
def prepared(shared: Emulator) -> Prepared:
    return Prepared(shared)


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
                assert list(problem) == ["statusCode", "message", "fields"]
                yield {"errorCode": problem["statusCode"], **problem}


def check_headers(answer: httpx.Response) -> None:
    """What every answer of the data API carries, but to an unknown session and to an address that nobody reads."""
    assert answer.headers["content-type"] == JSON
    if answer.status_code not in {401, 414, 431}:
        assert re.fullmatch(r"api-usage=\d+/100000", answer.headers["sforce-limit-info"])
        assert answer.headers["cache-control"] == FRESH


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.code}-{case.method}{case.path}")
def test_bad_input(prepared: Prepared, case: Case) -> None:
    answer = prepared.send(case)
    assert answer.status_code == case.status, answer.text
    check_headers(answer)
    found = [error for error in errors(answer) if error["errorCode"] == case.code]
    assert found and str(found[0]["message"]).startswith(case.text), answer.text
    assert found[0]["message"] and found[0].get("fields") == case.fields
    if answer.status_code != 200:
        assert {"message", "errorCode"} <= found[0].keys() <= {"message", "errorCode", "fields", "duplicateResut"}


@pytest.mark.parametrize("status", STATUSES)
def test_statuses(prepared: Prepared, status: int) -> None:
    case = STATUSES[status]
    answer = prepared.send(case)
    assert answer.status_code == status, answer.text
    if case.code:
        check_headers(answer)
        assert [error["errorCode"] for error in errors(answer)] == [case.code]
    elif status == 304:
        assert answer.content == b"" and "last-modified" in answer.headers
    else:
        assert all(url.startswith(f"{DATA}/sobjects/Contact/") for url in answer.json())


@pytest.mark.parametrize("code", ORDERED_CODES)
def test_what_a_fault_orders(prepared: Prepared, code: str) -> None:
    status, text = ORDERED_CODES[code]
    known = {"trouble": TROUBLES[code]} if code in TROUBLES else {"code": code}
    prepared.emulator.fault(match={"system": "salesforce"}, **known)
    answer = prepared.emulator.salesforce.patch("/sobjects/Contact/0035e000000con1", json={"Phone": "1"})
    assert answer.status_code == status and answer.headers["content-type"] == JSON, answer.text
    (problem,) = answer.json()
    assert problem["errorCode"] == code and problem["message"].startswith(text)


def test_an_owner_who_is_no_user(emulator: Emulator) -> None:
    queue = emulator.create("Group", Name="Q", Type="Queue")
    lead = emulator.create("Lead", LastName="L", Company="C", OwnerId=queue)
    assert list(OVER_SOAP) == [code_of(convert(emulator, lead))]


# -- OAuth


@pytest.mark.parametrize("error", TOKEN)
def test_the_token_endpoint(shared: Emulator, error: str) -> None:
    app = {"client_id": shared.environment["SF_CLIENT_ID"], "client_secret": shared.environment["SF_CLIENT_SECRET"]}
    answer = shared.plain.post(TOKEN_PATH, data=app | TOKEN[error])
    assert answer.status_code == 400 and answer.headers["content-type"] == JSON
    assert "no-store" in answer.headers["cache-control"]
    assert list(answer.json()) == ["error", "error_description"]
    assert answer.json()["error"] == error and answer.json()["error_description"]


@pytest.mark.parametrize("error", AUTHORIZE)
def test_the_authorization_endpoint(shared: Emulator, error: str) -> None:
    answer = ask(shared, **AUTHORIZE[error])
    if error == "redirect_uri_mismatch":
        assert answer.status_code == 400 and error in answer.text and "location" not in answer.headers
        return
    back = sent_back(answer)
    assert back["error"] == error and back["error_description"] and back["state"]


@pytest.mark.parametrize("error", ORDERED_OAUTH)
def test_what_a_fault_orders_of_oauth(shared: Emulator, error: str) -> None:
    shared.fault(match={"system": "oauth"}, code=error)
    answer = shared.plain.post(TOKEN_PATH, data={"grant_type": "refresh_token"})
    assert answer.status_code == 400 and answer.json()["error"] == error


def test_a_user_who_is_not_active_any_more(emulator: Emulator) -> None:
    known = emulator.environment
    user = emulator.column(f"SELECT Id FROM User WHERE Username = '{known['SF_USERNAME']}'")[0]
    emulator.salesforce.patch(f"/sobjects/User/{user}", json={"IsActive": False})
    form = {"grant_type": "refresh_token", "client_id": known["SF_CLIENT_ID"]}
    answer = emulator.plain.post(TOKEN_PATH, data=form | {"refresh_token": known["SF_REFRESH_TOKEN"]})
    assert (answer.status_code, answer.json()["error"]) == (400, ORG_OAUTH[0])


# -- the tables and the facts


@pytest.fixture(scope="module")
def facts() -> str:
    """The facts about Salesforce, where they stand beside the repository."""
    file = Path(os.environ.get(VARIABLE, BESIDE)) / "salesforce_api.md"
    if not file.is_file():
        pytest.skip(f"no facts beside the repository; {VARIABLE} names their folder")
    return file.read_text(encoding="utf-8")


def test_the_tables_know_every_code_of_the_facts(facts: str) -> None:
    words = set(re.findall(r"(?<![\w-])(?:[A-Z]+(?:_[A-Z]+)+|INVALIDJOB\w*|EXCEEDEDQUOTA)(?![\w-])", facts))
    codes = {word for word in words if not re.fullmatch(OTHER_WORDS, word)}
    told = {case.code for case in ALL} | ORDERED_CODES.keys() | NO_CODES.keys() | OVER_SOAP.keys()
    assert codes - told == set()
    assert told - codes == set()


def test_the_tables_know_every_status_of_the_facts(facts: str) -> None:
    section = facts.partition("### 0.3 ")[2].partition("\n---")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("|")]
    named = {int(word) for row in rows[2:] for word in re.findall(r"\d+", row)}
    assert named == STATUSES.keys() | STATUS_REASONS.keys()


def test_the_tables_know_every_error_of_oauth(facts: str) -> None:
    section = facts.partition("### 1.4 ")[2].partition("### 1.5 ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("|")]
    named = {word for row in rows[2:] for word in re.findall(r"[a-z_]+", row)}
    assert named == {*TOKEN, *AUTHORIZE, *ORDERED_OAUTH, *ORG_OAUTH}


def test_a_code_that_bad_input_causes_needs_no_fault() -> None:
    assert not {case.code for case in ALL} & {*ORDERED_CODES, *NO_CODES, *OVER_SOAP}
