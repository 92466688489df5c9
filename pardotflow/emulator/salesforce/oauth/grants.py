"""The grants of the token endpoint: what each of them asks for, and whose session it gives.

Facts: salesforce_api.md §1.2 and §1.4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pardotflow.emulator.exchange import Call
from pardotflow.emulator.identity import SCOPES
from pardotflow.emulator.salesforce.oauth.answer import OAuthError, check_client, require
from pardotflow.emulator.salesforce.oauth.codes import take_code
from pardotflow.emulator.salesforce.oauth.jwt import JWT_BEARER, check_assertion
from pardotflow.emulator.salesforce.oauth.session import open_refresh, rotate
from pardotflow.emulator.salesforce.soap.session import is_active, is_password
from pardotflow.emulator.state import State

_LOGIN_HOSTS = ("login.", "test.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What was granted. `parent` is the refresh token that the session hangs on, `refresh_token` is shown."""

    scope: str = SCOPES
    parent: str | None = None
    refresh_token: str | None = None
    signed: bool = True
    """Whether the answer has `issued_at` and `signature`."""


def grant(state: State, call: Call, form: Mapping[str, str]) -> Grant:
    """Check a request of the token endpoint, inside a write. Raises `OAuthError`."""
    kind = form.get("grant_type")
    if kind is None:
        raise OAuthError("invalid_request", "missing required parameters: grant_type")
    chosen = _GRANTS.get(kind)
    if chosen is None:
        raise OAuthError("unsupported_grant_type", "grant type not supported")
    granted = chosen(state, call, form)
    if not is_active(state):
        raise OAuthError("inactive_user", "user is inactive")
    return granted


def _refresh(state: State, call: Call, form: Mapping[str, str]) -> Grant:
    check_client(state, form, secret=False)
    token = require(form, "refresh_token")
    row = state.db.execute(
        "SELECT scope, user_id FROM token WHERE token = ? AND kind = 'refresh' AND NOT revoked", (token,)
    ).fetchone()
    if row is None:
        raise OAuthError("invalid_grant", "expired access/refresh token")
    scope = str(row[0])
    if not state.switches.refresh_token_rotation:
        return Grant(scope=scope, parent=token)
    new = open_refresh(state, str(row[1]), scope)
    rotate(state.db, token, new)
    return Grant(scope=scope, parent=new, refresh_token=new)


def _code(state: State, call: Call, form: Mapping[str, str]) -> Grant:
    scope = take_code(state, form)
    if not {"refresh_token", "offline_access"} & set(scope.split()):
        return Grant(scope=scope)
    refresh = open_refresh(state, state.identity.connected.salesforce_id, scope)
    return Grant(scope=scope, parent=refresh, refresh_token=refresh)


def _jwt(state: State, call: Call, form: Mapping[str, str]) -> Grant:
    check_assertion(state, call, require(form, "assertion"))
    return Grant(signed=state.switches.jwt_answer_signed)


def _client_credentials(state: State, call: Call, form: Mapping[str, str]) -> Grant:
    check_client(state, form, secret=True)
    if state.switches.client_credentials_my_domain and call.headers.get("host", "").startswith(_LOGIN_HOSTS):
        raise OAuthError("invalid_grant", "request not supported on this domain")
    if not state.switches.client_credentials_user:
        raise OAuthError("invalid_grant", "no client credentials user enabled")
    return Grant()


def _password(state: State, call: Call, form: Mapping[str, str]) -> Grant:
    check_client(state, form, secret=True)
    username = state.identity.connected.username
    if form.get("username", "").lower() != username.lower() or not is_password(state, form.get("password", "")):
        raise OAuthError("invalid_grant", "authentication failure")
    return Grant()


_GRANTS: Mapping[str, Callable[[State, Call, Mapping[str, str]], Grant]] = {
    "authorization_code": _code,
    "refresh_token": _refresh,
    JWT_BEARER: _jwt,
    "client_credentials": _client_credentials,
    "password": _password,
}
