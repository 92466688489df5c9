"""SOAP: login, what a session can ask for, and faults."""

import re
from xml.etree import ElementTree

import httpx
import pytest

from tests.emulator.running import DATA, Emulator

PARTNER = "urn:partner.soap.sforce.com"


def post(emulator: Emulator, body: str, header: str = "", path: str = "/services/Soap/u/59.0") -> httpx.Response:
    envelope = (
        '<?xml version="1.0" encoding="utf-8"?><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"'
        f' xmlns:p="{PARTNER}"><e:Header>{header}</e:Header><e:Body>{body}</e:Body></e:Envelope>'
    )
    headers = {"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": '""'}
    return emulator.plain.post(path, content=envelope.encode(), headers=headers)


def log_in(emulator: Emulator, password: str | None = None, **more: str) -> httpx.Response:
    given = emulator.environment["SF_PASSWORD"] if password is None else password
    username = more.pop("username", emulator.environment["SF_USERNAME"])
    body = f"<p:login><p:username>{username}</p:username><p:password>{given}</p:password></p:login>"
    return post(emulator, body, **more)


def session_header(token: str) -> str:
    return f"<p:SessionHeader><p:sessionId>{token}</p:sessionId></p:SessionHeader>"


def plain_text(answer: httpx.Response, name: str) -> str:
    """What clients do: the text of a tag without prefix."""
    found = re.search(f"<{name}>([^<]+)</{name}>", answer.text)
    assert found, answer.text
    return found[1]


def fault_of(answer: httpx.Response) -> tuple[str, str]:
    """Code and text, which stand twice in a fault."""
    assert answer.status_code == 500 and answer.headers["content-type"] == "text/xml;charset=UTF-8"
    code, text = plain_text(answer, "faultcode"), plain_text(answer, "faultstring")
    kind, _, name = code.partition(":")
    if kind == "sf":
        assert plain_text(answer, "sf:exceptionCode") == name
        assert text == f"{name}: {plain_text(answer, 'sf:exceptionMessage')}"
    return name, text


@pytest.mark.parametrize("api", ["u", "c"])
def test_a_login_gives_a_session_that_works_as_a_bearer_token(shared: Emulator, api: str) -> None:
    answer = log_in(shared, path=f"/services/Soap/{api}/59.0")
    assert answer.status_code == 200
    token = plain_text(answer, "sessionId")
    limits = shared.plain.get(DATA + "/limits", headers={"Authorization": f"Bearer {token}"})
    assert limits.status_code == 200
    assert plain_text(answer, "serverUrl").startswith(
        f"{shared.environment['SF_INSTANCE_URL']}/services/Soap/{api}/59.0/"
    )
    assert plain_text(answer, "organizationId").startswith("00D")
    assert plain_text(answer, "userId").startswith("005")
    assert plain_text(answer, "sessionSecondsValid") == "7200"
    assert "<soapenv:Envelope " in answer.text and "<loginResponse>" in answer.text


def test_the_security_token_may_stand_behind_the_password_and_can_be_demanded(emulator: Emulator) -> None:
    e = emulator.environment
    assert log_in(emulator, e["SF_PASSWORD"] + e["SF_SECURITY_TOKEN"]).status_code == 200
    emulator.switch(security_token_required=True)
    assert log_in(emulator, e["SF_PASSWORD"] + e["SF_SECURITY_TOKEN"]).status_code == 200
    assert fault_of(log_in(emulator))[0] == "INVALID_LOGIN"


def test_a_login_is_refused_for_wrong_names_and_words(shared: Emulator) -> None:
    refusal = ("INVALID_LOGIN", "INVALID_LOGIN: Invalid username, password, security token; or user locked out.")
    assert fault_of(log_in(shared, "wrong")) == refusal
    assert fault_of(log_in(shared, "")) == refusal
    assert fault_of(log_in(shared, username="nobody@example.com")) == refusal
    assert fault_of(post(shared, "<p:login/>")) == refusal
    assert "<sf:LoginFault" in log_in(shared, "wrong").text


def test_a_login_may_name_its_organization(shared: Emulator) -> None:
    org = plain_text(log_in(shared), "organizationId")
    scope = "<p:LoginScopeHeader><p:organizationId>{}</p:organizationId></p:LoginScopeHeader>"
    assert log_in(shared, header=scope.format(org[:15])).status_code == 200
    assert fault_of(log_in(shared, header=scope.format("00D000000000001"))) == fault_of(log_in(shared, "wrong"))


def test_login_ends_with_version_64_or_another(emulator: Emulator) -> None:
    assert log_in(emulator, path="/services/Soap/u/64.0").status_code == 200
    assert fault_of(log_in(emulator, path="/services/Soap/u/65.0"))[0] == "INVALID_OPERATION"
    emulator.switch(soap_login_last_version=65)
    assert log_in(emulator, path="/services/Soap/u/65.0").status_code == 200


def test_who_and_when(shared: Emulator) -> None:
    header = session_header(shared.environment["SF_ACCESS_TOKEN"])
    user = post(shared, "<p:getUserInfo/>", header)
    assert plain_text(user, "userName") == shared.environment["SF_USERNAME"]
    assert '<roleId xsi:nil="true"' in user.text
    assert plain_text(user, "type") == "API REQUESTS" and int(plain_text(user, "current")) > 0
    assert ElementTree.fromstring(user.content).find(f".//{{{PARTNER}}}getUserInfoResponse") is not None
    when = post(shared, "<p:getServerTimestamp/>", header)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", plain_text(when, "timestamp"))


def test_a_logout_ends_the_session(emulator: Emulator) -> None:
    token = plain_text(log_in(emulator), "sessionId")
    assert post(emulator, "<p:logout/>", session_header(token)).status_code == 200
    assert fault_of(post(emulator, "<p:logout/>", session_header(token)))[0] == "INVALID_SESSION_ID"
    assert emulator.salesforce.get("/limits").status_code == 200


def test_a_call_without_session_is_refused(shared: Emulator) -> None:
    assert fault_of(post(shared, "<p:getUserInfo/>"))[0] == "INVALID_SESSION_ID"
    assert fault_of(post(shared, "<p:getUserInfo/>", session_header("nonsense")))[0] == "INVALID_SESSION_ID"


def test_calls_are_counted_and_end_with_the_day(emulator: Emulator) -> None:
    header = session_header(emulator.environment["SF_ACCESS_TOKEN"])
    emulator.switch(salesforce_daily_limit=1)
    assert plain_text(post(emulator, "<p:getUserInfo/>", header), "current") == "1"
    assert fault_of(post(emulator, "<p:getUserInfo/>", header))[0] == "REQUEST_LIMIT_EXCEEDED"
    assert log_in(emulator).status_code == 200


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'


@pytest.mark.parametrize(
    "body", ["", "no xml", "<x/>", BOMB, '<?xml version="1.0" encoding="none"?><x/>', "<a><b></a>"]
)
def test_what_is_no_envelope_is_a_fault_of_the_client(shared: Emulator, body: str) -> None:
    answer = shared.plain.post("/services/Soap/u/59.0", content=body.encode())
    assert fault_of(answer)[0] == "Client"
    assert ("DOCTYPE is disallowed" in answer.text) == (body is BOMB)


def test_an_operation_that_is_not_there(shared: Emulator) -> None:
    header = session_header(shared.environment["SF_ACCESS_TOKEN"])
    name, text = fault_of(post(shared, "<p:describeLayout/>", header))
    assert (name, text.split(",")[0]) == (
        "Client",
        "No operation available for request {urn:partner.soap.sforce.com}describeLayout",
    )
    assert fault_of(post(shared, ""))[0] == "Client"
    assert shared.plain.get("/services/Soap/u/59.0").status_code == 405


def test_no_secret_is_in_the_log(emulator: Emulator) -> None:
    token = plain_text(log_in(emulator), "sessionId")
    post(emulator, "<p:logout/>", session_header(token))
    recorded = str(emulator.requests())
    assert "getUserInfo" not in recorded and "logout" in recorded
    assert token not in recorded and emulator.environment["SF_PASSWORD"] not in recorded
