"""Who is let in to Pardot, and how the others are told."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.emulator.running import Emulator, pardot_error

URL = "/objects/prospects?fields=id"


def knock(emulator: Emulator, **headers: str) -> httpx.Response:
    return emulator.plain.get(
        "/api/v5" + URL, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


def test_errors_of_the_gate_are_the_recorded_ones(shared: Emulator) -> None:
    bearer = f"Bearer {shared.environment['SF_ACCESS_TOKEN']}"
    unit = shared.environment["PARDOT_BUSINESS_UNIT_ID"]
    nobody = knock(shared)
    assert nobody.status_code == 401 and nobody.json() == {"code": 49, "message": "Access Denied"}
    assert nobody.headers["content-type"].startswith("application/json")
    no_unit = knock(shared, Authorization=bearer)
    assert no_unit.status_code == 400 and no_unit.json() == {
        "code": 181,
        "message": "A required header is missing: Pardot-Business-Unit-Id header not found on request.",
    }
    bad_token = knock(shared, Authorization="Bearer x", Pardot_Business_Unit_Id=unit)
    assert bad_token.status_code == 401 and bad_token.json() == {
        "code": 184,
        "message": "access_token is invalid, unknown, or malformed",
    }
    malformed = knock(shared, Authorization=bearer, Pardot_Business_Unit_Id="0Uv1")
    assert pardot_error(malformed) == (400, 182)
    unknown = knock(shared, Authorization=bearer, Pardot_Business_Unit_Id="0Uv000000000000AAA")
    assert unknown.status_code == 400 and unknown.json() == {
        "code": 201,
        "message": "Business Unit specified in Pardot-Business-Unit-Id header not found or inactive.",
    }


def test_the_status_of_an_unknown_unit_is_a_switch(emulator: Emulator) -> None:
    emulator.switch(status_for_unit=403)
    answer = emulator.pardot.get(URL, headers={"Pardot-Business-Unit-Id": "0Uv000000000000AAA"})
    assert pardot_error(answer) == (403, 201)


@pytest.mark.parametrize(
    ("method", "path", "error"),
    [
        ("GET", "/nonsense", (404, 198)),
        ("GET", "/objects/unicorns?fields=id", (404, 192)),
        ("DELETE", "/objects/prospects", (405, 60)),
        ("POST", "/objects/users", (405, 60)),
        ("PATCH", "/objects/campaigns/1201", (405, 60)),
        ("POST", "/objects/prospects/do/fly", (400, 205)),
        ("GET", "/objects/prospects", (400, 13)),
        ("GET", "/objects/prospects/1", (400, 13)),
        ("GET", "/objects/prospects/x?fields=id", (400, 16)),
        ("GET", "/objects/prospects/99?fields=id", (404, 109)),
        ("DELETE", "/objects/prospects/99", (404, 109)),
    ],
)
def test_wrong_turns(shared: Emulator, method: str, path: str, error: tuple[int, int]) -> None:
    assert pardot_error(shared.pardot.request(method, path)) == error


def test_recorded_messages(shared: Emulator) -> None:
    missing = shared.pardot.get("/objects/prospects").json()
    assert missing == {"code": 13, "message": "One or more required parameters are missing: fields"}
    gone = shared.pardot.delete("/objects/prospects/99").json()
    assert gone == {"code": 109, "message": "The requested record was not found."}


def test_the_sixth_request_in_flight_is_refused(emulator: Emulator) -> None:
    emulator.switch(latency=1.0)
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda _: emulator.pardot.get(URL), range(6)))
    assert sorted(a.status_code for a in answers) == [200, 200, 200, 200, 200, 429]
    refused = next(a for a in answers if a.status_code == 429)
    assert refused.elapsed.total_seconds() < 0.9
    assert refused.json() == {
        "code": 66,
        "message": "You have exceeded your concurrent request limit. Please wait, before trying again",
    }
    assert emulator.pardot.get(URL).status_code == 200


def test_concurrency_and_its_status_are_switches(emulator: Emulator) -> None:
    emulator.switch(pardot_concurrency=0, status_for_concurrency=400)
    assert pardot_error(emulator.pardot.get(URL)) == (400, 66)


def test_the_daily_limit(emulator: Emulator) -> None:
    emulator.switch(pardot_daily_limit=2)
    account = {"fields": "apiCallsUsed,maximumDailyApiCalls"}
    assert emulator.pardot.get("/objects/account", params=account).json() == {
        "apiCallsUsed": 0,
        "maximumDailyApiCalls": 2,
    }
    assert emulator.pardot.get(URL).status_code == 200
    answer = emulator.pardot.get(URL)
    assert answer.status_code == 429 and answer.json() == {"code": 122, "message": "Daily API rate limit met"}
    emulator.advance(86_400)
    assert emulator.pardot.get(URL).status_code == 200


def test_usage_is_told_only_on_request(emulator: Emulator) -> None:
    assert "x-api-usage" not in emulator.pardot.get(URL).headers
    answer = emulator.pardot.get(URL, headers={"X-Return-Api-Usage": "1"})
    assert answer.headers["x-api-usage"] == "2/100000"


def test_account(shared: Emulator) -> None:
    body = shared.pardot.get("/objects/account", params={"fields": "company,id,level"}).json()
    assert list(body) == ["id", "company", "level"]
    assert pardot_error(shared.pardot.get("/objects/account")) == (400, 13)
    assert pardot_error(shared.pardot.get("/objects/account?fields=nope")) == (400, 51)


def test_what_the_account_leads_to(shared: Emulator) -> None:
    fields = "admin.email,admin.createdBy.id,createdBy.id,id,pluginCampaign.name,pluginCampaignId,updatedBy.id"
    assert shared.pardot.get("/objects/account", params={"fields": fields}).json() == {
        "id": 700001,
        "admin": {"createdBy": {"id": 9000002}, "email": "ada.admin@emulator.test"},
        "createdBy": {"id": 9000002},
        "pluginCampaign": {"name": "Webinar"},
        "pluginCampaignId": 1201,
        "updatedBy": {"id": 9000002},
    }
    too_far = {"fields": "admin.createdBy.createdBy.createdBy.id"}
    assert pardot_error(shared.pardot.get("/objects/account", params=too_far)) == (400, 51)


def test_refusals_before_version_5_may_be_xml(emulator: Emulator) -> None:
    emulator.switch(auth_error_form="xml", status_for_unit=403)
    answer = emulator.pardot.get(URL, headers={"Authorization": "Bearer nonsense"})
    assert answer.status_code == 401 and answer.headers["content-type"].startswith("text/xml")
    assert '<rsp stat="fail" version="1.0"><err code="184">access_token is invalid' in answer.text
    unit = emulator.pardot.get(URL, headers={"Pardot-Business-Unit-Id": "0Uv000000000000AAA"})
    assert unit.status_code == 403 and '<err code="201">' in unit.text
    assert pardot_error(emulator.plain.get(f"/api/v5{URL}")) == (401, 49)
    assert pardot_error(emulator.pardot.get("/objects/prospects")) == (400, 13)
