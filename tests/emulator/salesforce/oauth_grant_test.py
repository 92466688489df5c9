"""The other grants, and what can be asked about a token."""

import re
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from tests.emulator.running import DATA, Emulator

TOKEN = "/services/oauth2/token"


def ask(emulator: Emulator, headers: Any = None, **form: str) -> httpx.Response:
    e = emulator.environment
    full = {"client_id": e["SF_CLIENT_ID"], "client_secret": e["SF_CLIENT_SECRET"], **form}
    return emulator.plain.post(TOKEN, data=full, headers=headers)


def refresh(emulator: Emulator, token: str | None = None, **form: str) -> httpx.Response:
    given = token or emulator.environment["SF_REFRESH_TOKEN"]
    return ask(emulator, grant_type="refresh_token", refresh_token=given, **form)


def password(emulator: Emulator, **form: str) -> httpx.Response:
    e = emulator.environment
    return ask(
        emulator, **{"grant_type": "password", "username": e["SF_USERNAME"], "password": e["SF_PASSWORD"], **form}
    )


def error_of(answer: httpx.Response) -> tuple[str, str]:
    assert answer.status_code == 400
    return answer.json()["error"], answer.json()["error_description"]


def is_valid(emulator: Emulator, token: str) -> bool:
    answer = emulator.plain.get(DATA + "/limits", headers={"Authorization": f"Bearer {token}"})
    return answer.status_code == 200


def test_password(shared: Emulator) -> None:
    body = password(shared).json()
    assert is_valid(shared, body["access_token"]) and "refresh_token" not in body
    e = shared.environment
    assert password(shared, password=e["SF_PASSWORD"] + e["SF_SECURITY_TOKEN"]).status_code == 200
    for wrong in ({"password": "wrong"}, {"password": ""}, {"username": "nobody@example.com"}):
        assert error_of(password(shared, **wrong)) == ("invalid_grant", "authentication failure")


def test_a_refresh_token_can_rotate(emulator: Emulator) -> None:
    session = refresh(emulator).json()["access_token"]
    emulator.switch(refresh_token_rotation=True)
    first = refresh(emulator).json()
    assert error_of(refresh(emulator)) == ("invalid_grant", "expired access/refresh token")
    second = refresh(emulator, first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert is_valid(emulator, session) and is_valid(emulator, first["access_token"])
    assert emulator.plain.post("/services/oauth2/revoke", data={"token": second["refresh_token"]}).status_code == 200
    assert not any(is_valid(emulator, each) for each in (session, first["access_token"], second["access_token"]))


def test_client_credentials_need_my_domain_and_a_user(emulator: Emulator) -> None:
    refused = ask(emulator, {"Host": "login.localhost"}, grant_type="client_credentials")
    assert error_of(refused) == ("invalid_grant", "request not supported on this domain")
    assert ask(emulator, grant_type="client_credentials").status_code == 200
    emulator.switch(client_credentials_my_domain=False)
    assert ask(emulator, {"Host": "login.localhost"}, grant_type="client_credentials").status_code == 200
    emulator.switch(client_credentials_user=False)
    refused = ask(emulator, grant_type="client_credentials")
    assert error_of(refused) == ("invalid_grant", "no client credentials user enabled")


def test_an_inactive_user_gets_no_session(emulator: Emulator) -> None:
    user = emulator.column("SELECT Id FROM User WHERE Username = '" + emulator.environment["SF_USERNAME"] + "'")[0]
    assert emulator.salesforce.patch(f"/sobjects/User/{user}", json={"IsActive": False}).status_code == 204
    assert error_of(refresh(emulator)) == ("inactive_user", "user is inactive")
    assert error_of(password(emulator)) == ("inactive_user", "user is inactive")


@pytest.mark.parametrize("format_header", [{"Accept": "application/xml"}, None])
def test_answers_in_xml(shared: Emulator, format_header: dict[str, str] | None) -> None:
    form = {} if format_header else {"format": "xml"}
    answer = ask(shared, format_header, grant_type="client_credentials", **form)
    assert answer.headers["content-type"] == "application/xml;charset=UTF-8"
    token = re.search("<OAuth>.*<access_token>([^<]+)</access_token>", answer.text)
    assert token and is_valid(shared, token[1])
    wrong = ask(shared, format_header, grant_type="magic", **form)
    assert wrong.status_code == 400 and "<error>unsupported_grant_type</error>" in wrong.text


def test_answers_as_a_form(shared: Emulator) -> None:
    answer = ask(shared, grant_type="client_credentials", format="urlencoded")
    assert answer.headers["content-type"] == "application/x-www-form-urlencoded"
    assert is_valid(shared, dict(parse_qsl(answer.text))["access_token"])
    assert ask(shared, grant_type="client_credentials", format="json").json()["token_type"] == "Bearer"


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", "invalid_request"),
        (b"\xff\xfe%zz=%ff&=&&&", "invalid_request"),
        (b"grant_type=refresh_token", "invalid_client_id"),
        (b"grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer", "invalid_request"),
        (b"grant_type=password&client_id=x", "invalid_client_id"),
        (b"grant_type=", "unsupported_grant_type"),
    ],
)
def test_forms_that_cannot_be_meant(shared: Emulator, content: bytes, error: str) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = shared.plain.post(TOKEN, content=content, headers=headers)
    assert answer.status_code == 400 and answer.json()["error"] == error


def test_a_refresh_without_token_and_a_token_without_post(shared: Emulator) -> None:
    missing = ask(shared, grant_type="refresh_token")
    assert error_of(missing) == ("invalid_request", "missing required parameters: refresh_token")
    assert error_of(shared.plain.get(TOKEN)) == ("invalid_request", "must use HTTP POST")
    assert shared.plain.get(TOKEN).headers["cache-control"] == "no-store"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_access_token_is_revoked_alone(emulator: Emulator, method: str) -> None:
    one, other = (refresh(emulator).json()["access_token"] for _ in range(2))
    form = {"params" if method == "GET" else "data": {"token": one}}
    answer = emulator.plain.request(method, "/services/oauth2/revoke", **form)  # type: ignore[arg-type]
    assert answer.status_code == 200 and not answer.content
    assert not is_valid(emulator, one) and is_valid(emulator, other)
    again = emulator.plain.request(method, "/services/oauth2/revoke", **form)  # type: ignore[arg-type]
    assert error_of(again)[0] == "unsupported_token_type"


def test_introspection(emulator: Emulator) -> None:
    e = emulator.environment
    client = {"client_id": e["SF_CLIENT_ID"], "client_secret": e["SF_CLIENT_SECRET"]}

    def look(token: str) -> dict[str, object]:
        answer = emulator.plain.post("/services/oauth2/introspect", data={**client, "token": token})
        assert answer.status_code == 200
        found: dict[str, object] = answer.json()
        return found

    token = refresh(emulator).json()["access_token"]
    shown = look(token)
    assert (shown["active"], shown["username"], shown["token_type"]) == (True, e["SF_USERNAME"], "access_token")
    assert isinstance(shown["exp"], int) and isinstance(shown["iat"], int) and shown["exp"] - shown["iat"] == 7_200
    standing = look(e["SF_REFRESH_TOKEN"])
    assert standing["active"] is True and standing["token_type"] == "refresh_token" and "exp" not in standing
    assert look("nonsense") == {"active": False}
    emulator.advance(7_300)
    assert look(token) == {"active": False}
    client["client_secret"] = "wrong"
    assert error_of(emulator.plain.post("/services/oauth2/introspect", data=client))[0] == "invalid_client"


def test_userinfo_and_identity(shared: Emulator) -> None:
    body = refresh(shared).json()
    bearer = {"Authorization": f"Bearer {body['access_token']}"}
    for method in ("GET", "POST"):
        info = shared.plain.request(method, "/services/oauth2/userinfo", headers=bearer).json()
        assert info["sub"] == body["id"] and info["preferred_username"] == shared.environment["SF_USERNAME"]
    query = {"format": "json", "oauth_token": body["access_token"]}
    identity = shared.plain.get(body["id"], params=query).json()
    assert identity["id"] == body["id"] and identity["user_id"] == info["user_id"]
    as_xml = shared.plain.get(body["id"], params={**query, "format": "xml"})
    assert f"<user_id>{info['user_id']}</user_id>" in as_xml.text
    for path in ("/services/oauth2/userinfo", body["id"]):
        assert shared.plain.get(path).json()[0]["errorCode"] == "INVALID_SESSION_ID"
    assert shared.plain.get("/id/00D000000000000/005000000000000", headers=bearer).status_code == 404
    assert body["access_token"] not in str(shared.requests())
