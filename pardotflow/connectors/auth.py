"""Gets access tokens and renews them: one request at a time, however many threads ask.

A token is renewed when a system refuses it, never by the clock: Salesforce tells no lifetime. Whoever reports a token
as refused names it, so that a hundred threads with one dead token cause one renewal.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from pardotflow.connectors.grants import Grant, RefreshTokenGrant
from pardotflow.connectors.http import Ask, HttpClient, Reply
from pardotflow.core.errors import LoginRefused, RateLimited, TokenRevoked
from pardotflow.core.secret import Secret

TOKEN_PATH = "/services/oauth2/token"

_LATER = frozenset({"rate_limit_exceeded", "unknown_error"})
_WAYS_OUT = {
    "invalid_client_id": "check the client id: it is the consumer key of the connected app",
    "invalid_client": "check the client secret: it is the consumer secret of the connected app",
    "unsupported_grant_type": "enable this flow in the connected app",
    "inactive_user": "activate the integration user, or sign in as another one",
    "inactive_org": "the org is locked or expired",
    "invalid_scope": "give the connected app the scopes api, pardot_api and refresh_token",
    "redirect_uri_mismatch": "add the callback address to the connected app",
}
_GRANT_WAY_OUT = (
    "check that the connected app allows this flow, that the user is approved, and that the login URL is the org's own"
)
_SIGN_IN_AGAIN = "get a new refresh token for this user and put it where the environment's file reads it"
_LOST_RACE_TRIES = 3
"""One refresh token used twice at once gives `invalid_grant`, like a revoked one: ask again before believing it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """What a login gives: the token, where to use it, and who it is for."""

    value: Secret
    instance_url: str
    """Scheme and host of the org, without a slash at the end."""
    organization_id: str
    user_id: str
    scope: str = ""
    refresh_token: Secret | None = None
    """Present when a person signed in, or where refresh tokens rotate."""


def keep_nothing(token: Secret) -> None:
    """The default of `on_rotated`: a new refresh token is used, and forgotten at the end."""


class TokenSource:
    """Hands out the current token of one grant.

    `on_rotated` gets a new refresh token where the app rotates them: the old one is dead by then, so it must be kept.
    """

    def __init__(self, grant: Grant, http: HttpClient, *, on_rotated: Callable[[Secret], None] = keep_nothing) -> None:
        self._grant = grant
        self._http = http
        self._on_rotated = on_rotated
        self._token: AccessToken | None = None
        self._lock = threading.Lock()
        http.redactor.learn(*grant.secrets)

    def token(self) -> AccessToken:
        """The current token; signs in at first use. Raises LoginRefused, TokenRevoked, Unreachable."""
        with self._lock:
            if self._token is None:
                self._token = self._sign_in()
            return self._token

    def renew(self, refused: AccessToken) -> AccessToken:
        """A token that is not `refused`: another thread's new one, or a new login."""
        with self._lock:
            if self._token is None or self._token.value == refused.value:
                self._token = self._sign_in()
            return self._token

    def close(self) -> None:
        """Close all connections to the login server."""
        self._http.close()

    def _sign_in(self) -> AccessToken:
        for attempt in self._http.tries(lambda e: isinstance(e, RateLimited | TokenRevoked), _LOST_RACE_TRIES):
            with attempt:
                return self._accept(self._post())
        raise AssertionError("a retry context ends with a value or an exception")

    def _post(self) -> Reply:
        ask = Ask(
            method="POST",
            url=self._grant.login_url.rstrip("/") + TOKEN_PATH,
            headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
            content=urlencode(self._grant.form()).encode(),
            counted=False,
        )
        return self._http.request(ask)

    def _accept(self, reply: Reply) -> AccessToken:
        body = _json_object(reply)
        if "error" not in body and "access_token" not in body:
            raise self._not_salesforce(reply)
        if reply.status != 200:
            raise self._refusal(reply, body)
        try:
            token = _read_token(body)
        except KeyError as error:
            raise LoginRefused(
                f"{self._grant.login_url} granted a login without {error}",
                system=self._http.system,
                hint=_GRANT_WAY_OUT,
            ) from error
        self._http.redactor.learn(token.value, token.refresh_token)
        self._keep_rotated(token.refresh_token)
        return token

    def _keep_rotated(self, new: Secret | None) -> None:
        if new is not None and isinstance(self._grant, RefreshTokenGrant) and new != self._grant.refresh_token:
            self._grant = replace(self._grant, refresh_token=new)
            self._on_rotated(new)

    def _refusal(self, reply: Reply, body: dict[str, Any]) -> LoginRefused | RateLimited:
        error = str(body.get("error", ""))
        said = f"{error}: {body.get('error_description', '')}"
        message = self._http.redactor.redact(f"{self._grant.login_url} refused the login ({said})")
        system = self._http.system
        if error in _LATER:
            return RateLimited(message, system=system, hint="try again in some minutes")
        if error == "invalid_grant" and isinstance(self._grant, RefreshTokenGrant):
            return TokenRevoked(message, system=system, hint=_SIGN_IN_AGAIN)
        return LoginRefused(message, system=system, hint=_WAYS_OUT.get(error, _GRANT_WAY_OUT))

    def _not_salesforce(self, reply: Reply) -> LoginRefused:
        return LoginRefused(
            f"{self._grant.login_url} is no Salesforce login address: it answered HTTP {reply.status} without a token",
            system=self._http.system,
            hint="login_url is https://login.salesforce.com, https://test.salesforce.com or the org's My Domain",
        )


def _json_object(reply: Reply) -> dict[str, Any]:
    try:
        body = reply.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _read_token(body: dict[str, Any]) -> AccessToken:
    """Read a token response; the identity URL ends with the org's and the user's id."""
    refresh = body.get("refresh_token")
    organization, user = ["", "", *str(body.get("id", "")).rstrip("/").split("/")][-2:]
    return AccessToken(
        value=Secret(body["access_token"]),
        instance_url=str(body["instance_url"]).rstrip("/"),
        organization_id=organization,
        user_id=user,
        scope=str(body.get("scope", "")),
        refresh_token=Secret(refresh) if refresh else None,
    )
