"""Signing in, renewing, and what is said when a login is refused."""

import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from pardotflow.connectors import (
    AuthorizationCodeGrant,
    ClientCredentialsGrant,
    Grant,
    HttpClient,
    TokenSource,
    build_authorize_url,
)
from pardotflow.core.errors import LoginRefused, RateLimited, RequestRefused, TokenRevoked, Unreachable
from pardotflow.core.secret import Secret

from .wire import (
    CLIENT_SECRET,
    NO_WAITS,
    REFRESH_TOKEN,
    Wire,
    grant,
    login_body,
    reply,
    salesforce,
    sf_error,
    token_text,
)


class LoginServer:
    """Answers token requests in order."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.forms: list[dict[str, list[str]]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert str(request.url) == "https://login.salesforce.com/services/oauth2/token"
        self.forms.append(parse_qs(request.content.decode()))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def tokens(self, asked: Grant | None = None, kept: list[Secret] | None = None) -> TokenSource:
        http = HttpClient(system="salesforce", limits=NO_WAITS, transport=httpx.MockTransport(self))
        keep = kept if kept is not None else []
        return TokenSource(asked or grant(), http, on_rotated=keep.append)


def refused(error: str, description: str = "", status: int = 400) -> httpx.Response:
    return reply({"error": error, "error_description": description}, status)


def test_a_refresh_token_becomes_an_access_token() -> None:
    server = LoginServer(reply(login_body(1)))
    token = server.tokens().token()
    assert server.forms == [
        {
            "grant_type": ["refresh_token"],
            "refresh_token": [REFRESH_TOKEN],
            "client_id": ["3MVG9"],
            "client_secret": [CLIENT_SECRET],
        }
    ]
    assert token.value.reveal() == token_text(1)
    assert token.instance_url == "https://acme.my.salesforce.com"
    assert (token.organization_id, token.user_id) == ("00D5g000001AbCdEAK", "0055g00000XyZabAAF")


def test_client_credentials_send_no_refresh_token() -> None:
    server = LoginServer(reply(login_body(1)))
    asked = ClientCredentialsGrant(
        login_url="https://login.salesforce.com/", client_id="id", client_secret=Secret("shhh")
    )
    server.tokens(asked).token()
    assert server.forms == [
        {"grant_type": ["client_credentials"], "client_id": ["id"], "client_secret": ["shhh"]},
    ]


def test_a_code_becomes_the_first_refresh_token() -> None:
    server = LoginServer(reply({**login_body(1), "refresh_token": "5Aep-first"}))
    asked = AuthorizationCodeGrant(
        login_url="https://login.salesforce.com",
        client_id="id",
        client_secret=None,
        code=Secret("aPrx-code"),
        redirect_uri="http://localhost:8080",
        verifier=Secret("verifier"),
    )
    token = server.tokens(asked).token()
    assert token.refresh_token == Secret("5Aep-first")
    assert server.forms[0]["code_verifier"] == ["verifier"]
    assert "client_secret" not in server.forms[0]


def test_the_address_to_sign_in_at() -> None:
    url = build_authorize_url(
        "https://login.salesforce.com",
        client_id="id",
        redirect_uri="http://localhost:8080",
        state="s1",
        verifier=Secret("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
        scopes=("api", "pardot_api", "refresh_token"),
    )
    query = parse_qs(urlsplit(url).query)
    # The challenge of RFC 7636, appendix B.
    assert query["code_challenge"] == ["E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"]
    assert query["scope"] == ["api pardot_api refresh_token"]


def test_a_dead_token_seen_by_many_threads_is_renewed_once() -> None:
    server = LoginServer(reply(login_body(1)), reply(login_body(2)))
    tokens = server.tokens()
    dead = tokens.token()
    together = threading.Barrier(8)

    def renew(_: int) -> str:
        together.wait()
        return tokens.renew(dead).value.reveal()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(renew, range(8))) == {token_text(2)}
    assert len(server.forms) == 2


def test_two_logins_at_once_are_tried_again() -> None:
    server = LoginServer(refused("invalid_grant", "token request is already being processed"), reply(login_body(1)))
    assert server.tokens().token().value.reveal() == token_text(1)


def test_a_revoked_refresh_token_says_so_after_three_tries() -> None:
    server = LoginServer(*[refused("invalid_grant", "expired access/refresh token")] * 3)
    with pytest.raises(TokenRevoked, match="invalid_grant: expired access/refresh token") as caught:
        server.tokens().token()
    assert "new refresh token" in caught.value.hint
    assert len(server.forms) == 3


def test_an_integration_without_user_is_refused_at_once() -> None:
    server = LoginServer(refused("invalid_grant", "no client credentials user enabled"))
    asked = ClientCredentialsGrant(
        login_url="https://login.salesforce.com", client_id="i", client_secret=Secret("ssss")
    )
    with pytest.raises(LoginRefused) as caught:
        server.tokens(asked).token()
    assert not isinstance(caught.value, TokenRevoked)
    assert len(server.forms) == 1


@pytest.mark.parametrize(("error", "hint"), [("invalid_client_id", "client id"), ("invalid_client", "client secret")])
def test_a_wrong_client_is_told_what_to_check(error: str, hint: str) -> None:
    server = LoginServer(refused(error, f"no, and not with {CLIENT_SECRET}", 401))
    with pytest.raises(LoginRefused) as caught:
        server.tokens().token()
    assert hint in caught.value.hint
    assert CLIENT_SECRET not in f"{caught.value}{caught.value!r}"


@pytest.mark.parametrize("status", [200, 404, 501])
def test_a_host_that_is_no_login_server(status: int) -> None:
    server = LoginServer(httpx.Response(status, text="<html>not here</html>"))
    with pytest.raises(LoginRefused, match=f"is no Salesforce login address: it answered HTTP {status}") as caught:
        server.tokens().token()
    assert "https://login.salesforce.com" in caught.value.hint


def test_too_many_logins_end_as_rate_limited() -> None:
    server = LoginServer(*[refused("rate_limit_exceeded")] * 3)
    with pytest.raises(RateLimited):
        server.tokens().token()


def test_a_login_server_that_does_not_answer() -> None:
    server = LoginServer(*[httpx.ConnectError("no route")] * 6)
    with pytest.raises(Unreachable, match=r"login\.salesforce\.com"):
        server.tokens().token()


def test_a_token_without_instance_is_refused() -> None:
    server = LoginServer(reply({"access_token": "x"}))
    with pytest.raises(LoginRefused, match="instance_url"):
        server.tokens().token()


def test_a_rotated_refresh_token_is_kept_and_used_from_then_on() -> None:
    server = LoginServer(reply({**login_body(1), "refresh_token": "5Aep-second"}), reply(login_body(2)))
    kept: list[Secret] = []
    tokens = server.tokens(kept=kept)
    tokens.renew(tokens.token())
    assert kept == [Secret("5Aep-second")]
    assert server.forms[1]["refresh_token"] == ["5Aep-second"]


def test_an_expired_session_is_renewed_once_and_the_request_repeated() -> None:
    wire = Wire(sf_error(401, "INVALID_SESSION_ID"), reply({"DailyApiRequests": {"Max": 9, "Remaining": 4}}))
    org = salesforce(wire)
    assert org.usage().used == 5
    assert [r.headers["Authorization"] for r in wire.requests] == [f"Bearer {token_text(n)}" for n in (1, 2)]
    assert org.calls == 2


def test_a_session_that_is_refused_again_does_not_loop() -> None:
    wire = Wire(*[sf_error(401, "INVALID_SESSION_ID", f"not {token_text(2)}")] * 2)
    with pytest.raises(LoginRefused) as caught:
        salesforce(wire).usage()
    assert (len(wire.requests), len(wire.logins)) == (2, 2)
    assert token_text(2) not in f"{caught.value}{caught.value!r}"


def test_a_403_never_asks_for_a_token() -> None:
    wire = Wire(sf_error(403, "API_DISABLED_FOR_ORG"))
    with pytest.raises(RequestRefused) as caught:
        salesforce(wire).usage()
    assert (caught.value.code, caught.value.status, len(wire.logins)) == ("API_DISABLED_FOR_ORG", 403, 1)
    assert "API access" in caught.value.hint
