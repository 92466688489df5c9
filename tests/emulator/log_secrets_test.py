"""No secret gets into the log, in whatever form and spelling it is sent; binary and huge bodies do no harm there."""

import base64
import json
import re

import pytest

from tests.emulator.running import DATA, Emulator

TOKEN = "/services/oauth2/token"
SOAP = "/services/Soap/u/59.0"
LOGIN = (
    '<?xml version="1.0" encoding="{encoding}"?><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/">'
    '<e:Body><p:login xmlns:p="urn:partner.soap.sforce.com"><p:username>{user}</p:username>'
    "{password}</p:login></e:Body></e:Envelope>"
)


def secrets(emulator: Emulator) -> list[str]:
    e = emulator.environment
    session = e["SF_ACCESS_TOKEN"].partition("!")[2]  # whose first part is no secret, and whose ! is encoded in URLs
    return [session, *(e[f"SF_{name}"] for name in ("CLIENT_SECRET", "REFRESH_TOKEN", "PASSWORD"))]


def recorded(emulator: Emulator) -> str:
    """The log and what the page shows of it."""
    entries = emulator.requests()
    pages = [emulator.plain.get(f"/__pages/requests/{entry['n']}").text for entry in entries]
    return json.dumps(entries) + "".join([*pages, emulator.plain.get("/").text])


def check(emulator: Emulator, *more: str) -> None:
    text = recorded(emulator)
    assert [secret for secret in (*secrets(emulator), *more) if secret in text] == []


def password_form(emulator: Emulator) -> dict[str, str]:
    e = emulator.environment
    client = {"client_id": e["SF_CLIENT_ID"], "client_secret": e["SF_CLIENT_SECRET"]}
    return {"grant_type": "password", "username": e["SF_USERNAME"], "password": e["SF_PASSWORD"], **client}


@pytest.mark.parametrize("path", [TOKEN, "/Services/OAuth2/Token", "/services/oauth2/TOKEN/"])
def test_a_token_request_in_any_spelling_of_the_path(emulator: Emulator, path: str) -> None:
    answer = emulator.plain.post(path, data=password_form(emulator))
    check(emulator, answer.json()["access_token"])
    assert emulator.requests()[0]["system"] == "oauth"


def test_a_token_request_whose_names_are_encoded(emulator: Emulator) -> None:
    coded = "&".join(f"%{ord(name[0]):x}{name[1:]}={value}" for name, value in password_form(emulator).items())
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = emulator.plain.post(TOKEN, content=coded, headers=form)
    assert answer.status_code == 200
    check(emulator, answer.json()["access_token"])
    assert "grant_type" not in (body := emulator.requests()[0]["body"]) and "%67rant_type=password" in body


def test_a_token_request_that_is_no_form(emulator: Emulator) -> None:
    form = password_form(emulator)
    emulator.plain.post(TOKEN, json=form)
    emulator.plain.post(TOKEN, content=json.dumps(form), headers={"Content-Type": "application/x-www-form-urlencoded"})
    emulator.plain.post(TOKEN, data=form, files={"file": b"x"})
    check(emulator)


def test_secrets_in_a_query(emulator: Emulator) -> None:
    e = emulator.environment
    emulator.plain.post(TOKEN, params=password_form(emulator))
    emulator.plain.get(DATA + "/limits", params={"access_token": e["SF_ACCESS_TOKEN"], "q": "kept"})
    emulator.plain.get(DATA + "/limits", params={"oauth_token": e["SF_ACCESS_TOKEN"]})
    identity = emulator.salesforce.get("").json()["identity"]
    emulator.plain.get(identity, params={"format": "json", "oauth_token": e["SF_ACCESS_TOKEN"]})
    check(emulator)
    assert "access_token=***&q=kept" in recorded(emulator)


def test_secrets_in_headers(emulator: Emulator) -> None:
    e = emulator.environment
    pair = f"{e['SF_CLIENT_ID']}:{e['SF_CLIENT_SECRET']}".encode()
    coded = base64.b64encode(pair).decode()
    for name in ("Authorization", "Proxy-Authorization"):
        emulator.plain.post(TOKEN, data={"grant_type": "client_credentials"}, headers={name: f"Basic {coded}"})
    emulator.plain.get(DATA, headers={"Cookie": f"sid={e['SF_ACCESS_TOKEN']}", "X-SFDC-Session": e["SF_ACCESS_TOKEN"]})
    check(emulator, coded)


def test_secrets_in_the_headers_of_a_subrequest(emulator: Emulator) -> None:
    bearer = {"authorization": f"Bearer {emulator.environment['SF_ACCESS_TOKEN']}"}
    part = {"method": "GET", "url": DATA + "/limits", "referenceId": "a", "httpHeaders": bearer}
    assert emulator.salesforce.post("/composite", json={"compositeRequest": [part]}).status_code == 200
    check(emulator)
    assert "referenceId" in emulator.requests()[0]["body"]


@pytest.mark.parametrize(
    ("shape", "encoding"),
    [
        ("<p:password>{0}</p:password>", "UTF-8"),
        ("<password a='>'><![CDATA[{0}]]></password>", "UTF-8"),
        ("<p:password ><!-- x -->{0}</p:password >", "UTF-8"),
        ("<p:password>{0}</p:password>", "UTF-16"),
        ("<p:password>{0}</p:password>", "cp037"),
    ],
)
def test_a_password_in_an_envelope(emulator: Emulator, shape: str, encoding: str) -> None:
    user, password = emulator.environment["SF_USERNAME"], emulator.environment["SF_PASSWORD"]
    body = LOGIN.format(encoding=encoding, user=user, password=shape.format(password)).encode(encoding)
    answer = emulator.plain.post(SOAP, content=body, headers={"Content-Type": "text/xml"})
    tokens = re.findall("<sessionId>(.*?)<", answer.text)
    assert len(tokens) == (encoding != "cp037")
    check(emulator, *tokens)
    kept = emulator.requests()[0]["body"]
    assert user in kept if encoding == "UTF-8" else kept == "***"


def test_binary_and_huge_bodies(emulator: Emulator) -> None:
    emulator.switch(log_request_bytes=1000, log_answer_bytes=10)
    emulator.salesforce.post("/sobjects/Lead", content=bytes(range(256)) * 40_000)
    entry = emulator.requests()[0]
    assert entry["status"] == 400 and len(entry["body"]) <= 1000 and len(entry["answer"]) == 10
    assert emulator.plain.get(f"/__pages/requests/{entry['n']}").status_code == 200
