"""The web server flow: the page that asks, the code, the exchange with PKCE."""

import base64
import hashlib
import re
import threading
from html import unescape
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest

from tests.emulator.running import DATA, Emulator

AUTHORIZE, TOKEN = "/services/oauth2/authorize", "/services/oauth2/token"
CALLBACK = "http://localhost:8765/oauth/callback"
VERIFIER = "a-verifier-of-at-least-forty-three-characters-0123456789"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


def wish(emulator: Emulator, **more: str | None) -> dict[str, str]:
    full: dict[str, str | None] = {
        "response_type": "code",
        "client_id": emulator.environment["SF_CLIENT_ID"],
        "redirect_uri": CALLBACK,
        "state": 'a "state" & more',
        "code_challenge": CHALLENGE,
        **more,
    }
    return {name: value for name, value in full.items() if value is not None}


def ask(emulator: Emulator, **more: str | None) -> httpx.Response:
    return emulator.plain.get(AUTHORIZE, params=wish(emulator, **more))


def press(emulator: Emulator, page: httpx.Response, decision: str) -> httpx.Response:
    """What a browser without JavaScript does with the form."""
    assert page.status_code == 200, page.text
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text)
    action = re.search(r'<form method="post" action="([^"]+)">', page.text)
    assert action
    return emulator.plain.post(
        action[1], data={name: unescape(value) for name, value in found} | {"decision": decision}
    )


def sent_back(answer: httpx.Response, callback: str = CALLBACK) -> dict[str, str]:
    assert answer.status_code == 302
    location = answer.headers["location"]
    assert location.startswith(callback)
    return dict(parse_qsl(urlsplit(location).query))


def code(emulator: Emulator, **more: str | None) -> str:
    return sent_back(press(emulator, ask(emulator, **more), "allow"))["code"]


def exchange(emulator: Emulator, given: str, **more: str | None) -> httpx.Response:
    full: dict[str, str | None] = {
        "grant_type": "authorization_code",
        "code": given,
        "client_id": emulator.environment["SF_CLIENT_ID"],
        "client_secret": emulator.environment["SF_CLIENT_SECRET"],
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
        **more,
    }
    return emulator.plain.post(TOKEN, data={name: value for name, value in full.items() if value is not None})


def error_of(answer: httpx.Response) -> tuple[str, str]:
    assert answer.status_code == 400
    assert list(answer.json()) == ["error", "error_description"]
    return answer.json()["error"], answer.json()["error_description"]


def test_the_page_asks_in_the_name_of_the_user_and_runs_no_script(shared: Emulator) -> None:
    page = ask(shared, scope="api refresh_token")
    assert page.headers["content-type"] == "text/html;charset=UTF-8"
    assert shared.environment["SF_USERNAME"] in page.text
    assert "<li>api</li>\n<li>refresh_token</li>" in page.text
    assert "<script" not in page.text and "default-src 'none'" in page.headers["content-security-policy"]


def test_what_the_client_sent_cannot_break_the_page(shared: Emulator) -> None:
    page = ask(shared, state='"><script>alert(1)</script>')
    assert "<script" not in page.text
    assert sent_back(press(shared, page, "deny"))["state"] == '"><script>alert(1)</script>'


def test_allow_leads_to_a_session_that_can_be_renewed(shared: Emulator) -> None:
    back = sent_back(press(shared, ask(shared), "allow"))
    assert set(back) == {"code", "state"} and back["state"] == 'a "state" & more'
    body = exchange(shared, back["code"]).json()
    assert set(body) == {
        "access_token",
        "refresh_token",
        "signature",
        "scope",
        "instance_url",
        "id",
        "token_type",
        "issued_at",
    }
    bearer = {"Authorization": f"Bearer {body['access_token']}"}
    assert shared.plain.get(DATA + "/limits", headers=bearer).status_code == 200
    e = shared.environment
    renewed = {"grant_type": "refresh_token", "refresh_token": body["refresh_token"], "client_id": e["SF_CLIENT_ID"]}
    assert shared.plain.post(TOKEN, data=renewed).json()["scope"] == body["scope"]


def test_deny_leads_back_with_an_error(shared: Emulator) -> None:
    back = sent_back(press(shared, ask(shared), "deny"))
    assert back == {
        "error": "access_denied",
        "error_description": "end-user denied authorization",
        "state": 'a "state" & more',
    }


def test_without_the_scope_there_is_no_refresh_token(shared: Emulator) -> None:
    body = exchange(shared, code(shared, scope="api id")).json()
    assert body["scope"] == "api id" and "refresh_token" not in body
    assert "refresh_token" in exchange(shared, code(shared, scope="api offline_access")).json()


@pytest.mark.parametrize(
    "callback",
    ["http://127.0.0.1:1/", "http://localhost/any/path?with=query", "https://localhost:8443/cb", "http://[::1]:99/x"],
)
def test_loopback_callbacks_may_have_any_port_and_path(shared: Emulator, callback: str) -> None:
    back = sent_back(press(shared, ask(shared, redirect_uri=callback), "allow"), callback)
    assert exchange(shared, back["code"], redirect_uri=callback).status_code == 200


@pytest.mark.parametrize(
    "callback",
    [
        "",
        "https://app.example/cb",
        "http://localhost.example/",
        "ftp://localhost/",
        "http://localhost:99999/",
        "http://[",
        "javascript:alert(1)//localhost",
        "http://localhost/\r\nSet-Cookie: a=b",
        "http://localhost/#x",
        "http://localhost/é",
    ],
)
def test_other_callbacks_hear_nothing(shared: Emulator, callback: str) -> None:
    page = ask(shared, redirect_uri=callback)
    assert page.status_code == 400 and "location" not in page.headers
    assert "redirect_uri_mismatch" in page.text and "redirect_uri must match configuration" in page.text


def test_a_callback_can_be_registered(emulator: Emulator) -> None:
    emulator.switch(redirect_uris="https://one.example/cb https://two.example/cb")
    callback = "https://two.example/cb"
    assert "code" in sent_back(press(emulator, ask(emulator, redirect_uri=callback), "allow"), callback)


def test_an_unknown_app_is_told_to_the_person(shared: Emulator) -> None:
    page = ask(shared, client_id="<nobody>")
    assert page.status_code == 400 and "invalid_client_id" in page.text


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"response_type": "magic"}, "unsupported_response_type"),
        ({"response_type": None}, "unsupported_response_type"),
        ({"scope": "api everything"}, "invalid_scope"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"immediate": "true"}, "immediate_unsuccessful"),
    ],
)
def test_wishes_that_are_refused(shared: Emulator, more: dict[str, str | None], error: str) -> None:
    back = sent_back(ask(shared, **more))
    assert back["error"] == error and back["error_description"] and back["state"] == 'a "state" & more'


def test_a_code_works_once(shared: Emulator) -> None:
    given = code(shared)
    assert exchange(shared, given).status_code == 200
    assert error_of(exchange(shared, given)) == ("invalid_grant", "expired authorization code")


def test_a_code_works_once_at_the_same_time_too(emulator: Emulator) -> None:
    given, found = code(emulator), list[int]()
    threads = [threading.Thread(target=lambda: found.append(exchange(emulator, given).status_code)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [200, 400, 400, 400, 400, 400]


def test_a_code_ends_after_a_quarter_of_an_hour(emulator: Emulator) -> None:
    early, late = code(emulator), code(emulator)
    emulator.advance(890)
    assert exchange(emulator, early).status_code == 200
    emulator.advance(20)
    assert error_of(exchange(emulator, late)) == ("invalid_grant", "expired authorization code")
    emulator.switch(authorization_code_seconds=60)
    soon = code(emulator)
    emulator.advance(61)
    assert error_of(exchange(emulator, soon)) == ("invalid_grant", "expired authorization code")


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"code_verifier": "another"}, ("invalid_grant", "invalid code verifier")),
        ({"code_verifier": None}, ("invalid_grant", "missing required code verifier")),
        ({"redirect_uri": CALLBACK + "/"}, ("redirect_uri_mismatch", "redirect_uri must match configuration")),
        ({"redirect_uri": None}, ("invalid_request", "missing required parameters: redirect_uri")),
        ({"code": None}, ("invalid_request", "missing required parameters: code")),
        ({"code": "nonsense"}, ("invalid_grant", "invalid authorization code")),
        ({"client_id": "nobody"}, ("invalid_client_id", "client identifier invalid")),
        ({"client_secret": "wrong"}, ("invalid_client", "invalid client credentials")),
    ],
)
def test_a_refused_exchange_leaves_the_code_usable(
    shared: Emulator, more: dict[str, str | None], error: tuple[str, str]
) -> None:
    given = code(shared)
    assert error_of(exchange(shared, given, **more)) == error
    assert exchange(shared, given).status_code == 200


def test_the_secret_or_the_verifier_is_needed(emulator: Emulator) -> None:
    assert exchange(emulator, code(emulator), client_secret=None).status_code == 200
    plain = code(emulator, code_challenge=None)
    assert error_of(exchange(emulator, plain)) == ("invalid_grant", "unexpected code verifier")
    refusal = ("invalid_client", "invalid client credentials")
    assert error_of(exchange(emulator, plain, code_verifier=None, client_secret=None)) == refusal
    assert exchange(emulator, plain, code_verifier=None).status_code == 200
    emulator.switch(client_secret_required=True)
    assert error_of(exchange(emulator, code(emulator), client_secret=None)) == refusal


def test_no_secret_of_the_flow_is_in_the_log(emulator: Emulator) -> None:
    given = code(emulator)
    body = exchange(emulator, given, format="xml").text
    recorded = str(emulator.requests())
    token = re.search("<access_token>([^<]+)<", body)
    assert token and token[1] not in recorded
    assert VERIFIER not in recorded and given not in recorded and urlencode({"code": given}) not in recorded
