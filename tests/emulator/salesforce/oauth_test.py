"""Tokens: how they are got, how they end, and what the errors look like."""

import base64
from typing import Any

import httpx
import pytest

from tests.emulator.running import DATA, Emulator

EXPIRED = [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]


def ask(emulator: Emulator, **form: str) -> httpx.Response:
    e = emulator.environment
    full = {
        "grant_type": "refresh_token",
        "client_id": e["SF_CLIENT_ID"],
        "client_secret": e["SF_CLIENT_SECRET"],
        "refresh_token": e["SF_REFRESH_TOKEN"],
        **form,
    }
    return emulator.plain.post("/services/oauth2/token", data=full)


def versions(emulator: Emulator, token: str) -> httpx.Response:
    return emulator.plain.get(DATA + "/limits", headers={"Authorization": f"Bearer {token}"})


def test_refresh_gives_a_session_and_no_new_refresh_token(shared: Emulator) -> None:
    body = ask(shared).json()
    assert set(body) == {"access_token", "signature", "scope", "instance_url", "id", "token_type", "issued_at"}
    assert body["instance_url"] == shared.environment["SF_INSTANCE_URL"]
    org, _, rest = body["access_token"].partition("!")
    assert len(org) == 15 and rest
    assert body["id"].rsplit("/", 2)[1][:15] == org
    assert body["issued_at"].isdigit() and body["token_type"] == "Bearer"
    assert versions(shared, body["access_token"]).status_code == 200


def test_client_credentials_by_body_and_by_basic(shared: Emulator) -> None:
    e = shared.environment
    assert ask(shared, grant_type="client_credentials").status_code == 200
    basic = base64.b64encode(f"{e['SF_CLIENT_ID']}:{e['SF_CLIENT_SECRET']}".encode()).decode()
    answer = shared.plain.post(
        "/services/oauth2/token",
        data={"grant_type": "client_credentials"},
        headers={"Authorization": f"Basic {basic}"},
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"refresh_token": "nonsense"}, "invalid_grant"),
        ({"client_id": "nobody"}, "invalid_client_id"),
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"grant_type": "magic"}, "unsupported_grant_type"),
    ],
)
def test_refusals(shared: Emulator, form: dict[str, str], error: str) -> None:
    answer = ask(shared, **form)
    body: dict[str, Any] = answer.json()
    assert answer.status_code == 400
    assert set(body) == {"error", "error_description"} and body["error"] == error


def test_a_call_without_session_is_refused_as_recorded(shared: Emulator) -> None:
    for headers in ({}, {"Authorization": "Bearer nothing"}):
        answer = shared.plain.get(DATA + "/sobjects", headers=headers)
        assert answer.status_code == 401
        assert answer.json() == EXPIRED
        assert answer.headers["content-type"] == "application/json;charset=UTF-8"


def test_the_word_oauth_is_accepted_too(shared: Emulator) -> None:
    token = shared.environment["SF_ACCESS_TOKEN"]
    answer = shared.plain.get(DATA + "/sobjects", headers={"Authorization": f"OAuth {token}"})
    assert answer.status_code == 200


def test_expired_sessions_are_renewed_by_the_refresh_token(emulator: Emulator) -> None:
    assert emulator.plain.post("/__admin/expire-tokens").json() == {"ended": 1}
    assert emulator.salesforce.get("/limits").json() == EXPIRED
    assert emulator.pardot.get("/objects/users", params={"fields": "id"}).json()["code"] == 184
    assert versions(emulator, ask(emulator).json()["access_token"]).status_code == 200


def test_a_revoked_refresh_token_takes_its_sessions_with_it(emulator: Emulator) -> None:
    session = ask(emulator).json()["access_token"]
    answer = emulator.plain.post("/services/oauth2/revoke", data={"token": emulator.environment["SF_REFRESH_TOKEN"]})
    assert answer.status_code == 200 and not answer.content
    assert versions(emulator, session).json() == EXPIRED
    body = ask(emulator).json()
    assert body == {"error": "invalid_grant", "error_description": "expired access/refresh token"}


def test_a_session_ends_when_it_is_not_used(emulator: Emulator) -> None:
    session = ask(emulator).json()["access_token"]
    emulator.advance(5_000)
    assert versions(emulator, session).status_code == 200
    emulator.advance(5_000)
    assert versions(emulator, session).status_code == 200
    emulator.advance(7_300)
    assert versions(emulator, session).status_code == 401
    assert emulator.salesforce.get("/limits").status_code == 200


def test_identity(shared: Emulator) -> None:
    answer = shared.salesforce.get("/")
    identity = shared.salesforce.get(answer.json()["identity"]).json()
    assert identity["username"] == shared.environment["SF_USERNAME"]
    assert identity["organization_id"].startswith("00D") and identity["user_id"].startswith("005")


@pytest.mark.parametrize("form", [{"client_id": "nobody"}, {"client_secret": "wrong"}])
def test_the_status_of_a_wrong_client_can_be_turned(emulator: Emulator, form: dict[str, str]) -> None:
    emulator.switch(status_for_client=401)
    assert ask(emulator, **form).status_code == 401
    assert ask(emulator, refresh_token="nonsense").status_code == 400
