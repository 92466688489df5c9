"""Faults that are ordered for SOAP calls come in its own envelope."""

import httpx
import pytest

from tests.emulator.running import Emulator
from tests.emulator.salesforce.soap_test import PARTNER, fault_of, log_in, plain_text, post, session_header


def who(emulator: Emulator, token: str, **more: str) -> httpx.Response:
    return post(emulator, "<p:getUserInfo/>", session_header(token), **more)


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({"trouble": "quota_reached"}, "REQUEST_LIMIT_EXCEEDED"),
        ({"trouble": "rate_limited"}, "REQUEST_LIMIT_EXCEEDED"),
        ({"trouble": "server_error", "status": 500}, "UNKNOWN_EXCEPTION"),
        ({"code": "UNABLE_TO_LOCK_ROW"}, "UNABLE_TO_LOCK_ROW"),
    ],
)
@pytest.mark.parametrize("api", ["u", "c"])
def test_a_code_or_a_trouble_is_a_soap_fault(emulator: Emulator, rule: dict[str, object], code: str, api: str) -> None:
    emulator.fault(**rule, headers={"X-Why": "test"})
    token = emulator.environment["SF_ACCESS_TOKEN"]
    answer = who(emulator, token, path=f"/services/Soap/{api}/59.0")
    assert fault_of(answer)[0] == code and answer.headers["x-why"] == "test"
    assert who(emulator, token).status_code == 200


def test_an_expired_session_is_the_one_of_the_envelope(emulator: Emulator) -> None:
    token = plain_text(log_in(emulator), "sessionId")
    emulator.fault(trouble="expired_token")
    expired = fault_of(who(emulator, token))
    assert expired[0] == "INVALID_SESSION_ID"
    assert fault_of(who(emulator, token)) == expired
    assert who(emulator, plain_text(log_in(emulator), "sessionId")).status_code == 200


def test_a_written_answer_and_a_page_of_the_gateway_stay_as_they_are(emulator: Emulator) -> None:
    token = emulator.environment["SF_ACCESS_TOKEN"]
    emulator.fault(status=400, body=[{"errorCode": "X", "message": "x"}])
    assert who(emulator, token).json() == [{"errorCode": "X", "message": "x"}]
    emulator.fault(trouble="server_error", status=502)
    assert who(emulator, token).headers["content-type"] == "text/html"
    emulator.fault(code="SERVER_UNAVAILABLE", status=503)
    unavailable = who(emulator, token)
    assert unavailable.status_code == 503 and plain_text(unavailable, "faultcode") == "sf:SERVER_UNAVAILABLE"


def test_a_locked_row_undoes_a_merge(emulator: Emulator) -> None:
    one, two = (emulator.create("Lead", LastName=name, Company="C") for name in ("A", "B"))
    emulator.fault(trouble="row_lock", path="/Soap/")
    body = (
        f'<p:merge xmlns:p="{PARTNER}"><p:request><p:masterRecord><type>Lead</type><Id>{one}</Id></p:masterRecord>'
        f"<p:recordToMergeIds>{two}</p:recordToMergeIds></p:request></p:merge>"
    )
    answer = post(emulator, body, session_header(emulator.environment["SF_ACCESS_TOKEN"]))
    assert "UNABLE_TO_LOCK_ROW" in answer.text
    assert emulator.row("Lead", two)["IsDeleted"] is False
