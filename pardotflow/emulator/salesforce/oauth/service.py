"""`/services/oauth2/…` and `/id/…`: which endpoint is meant; tokens given, looked into and taken back.

Facts: salesforce_api.md §1. What an endpoint does with a wrong method is not recorded.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping

from pardotflow.emulator.exchange import Call, Reply
from pardotflow.emulator.salesforce.oauth.answer import OAuthError, check_client, form_of, require, write_answer
from pardotflow.emulator.salesforce.oauth.authorize import authorize
from pardotflow.emulator.salesforce.oauth.grants import Grant, grant
from pardotflow.emulator.salesforce.oauth.identity import show_identity, show_userinfo
from pardotflow.emulator.salesforce.oauth.session import open_session, revoke
from pardotflow.emulator.state import State


def answer_oauth(state: State, call: Call) -> Reply | None:
    """The answer where the path is one of OAuth's; None for every other path."""
    path = call.path.rstrip("/").lower()
    if path.startswith("/id/"):
        return show_identity(state, call)
    found = ENDPOINTS.get(path)
    if found is None:
        return None
    methods, endpoint = found
    try:
        if call.method not in methods:
            raise OAuthError("invalid_request", "must use HTTP POST")
        return endpoint(state, call)
    except OAuthError as error:
        status = state.switches.status_for_client if error.error in _WRONG_CLIENT else 400
        return write_answer(call, form_of(call), error.to_values(), status)


def give_token(state: State, call: Call) -> Reply:
    """`POST /services/oauth2/token`."""
    form = form_of(call)
    user_id = state.identity.connected.salesforce_id
    with state.file.write():
        granted = grant(state, call, form)
        token = open_session(state, user_id, parent=granted.parent, scope=granted.scope)
    return write_answer(call, form, _token_answer(state, call, granted, token))


def _token_answer(state: State, call: Call, granted: Grant, token: str) -> dict[str, str]:
    identity = f"{call.base_url}/id/{state.identity.org_id}/{state.identity.connected.salesforce_id}"
    answer = {"access_token": token}
    if granted.refresh_token is not None:
        answer["refresh_token"] = granted.refresh_token
    issued = str(int(state.now * 1000))
    if granted.signed:
        key = state.identity.client_secret.encode()
        answer["signature"] = base64.b64encode(
            hmac.digest(key, f"{identity}{issued}".encode(), hashlib.sha256)
        ).decode()
    answer |= {"scope": granted.scope, "instance_url": call.base_url, "id": identity, "token_type": "Bearer"}
    return answer | {"issued_at": issued} if granted.signed else answer


def revoke_token(state: State, call: Call) -> Reply:
    """`/services/oauth2/revoke`; a refresh token takes its sessions with it."""
    with state.file.write() as db:
        changed = revoke(db, form_of(call).get("token", ""))
    if not changed:
        raise OAuthError("unsupported_token_type", "this token type is not supported")
    return Reply(status=200)


def introspect(state: State, call: Call) -> Reply:
    """`POST /services/oauth2/introspect`, RFC 7662; the facts do not confirm its parameters."""
    form = form_of(call)
    check_client(state, form, secret=True)
    row = state.db.execute(
        "SELECT kind, expires_at, scope, issued_at FROM token WHERE token = ? AND NOT revoked",
        (require(form, "token"),),
    ).fetchone()
    if row is None or (row[1] is not None and row[1] < state.now):
        return write_answer(call, {}, {"active": False})
    kind, expires_at, scope, issued_at = row
    person = state.identity.connected
    values: dict[str, object] = {
        "active": True,
        "scope": scope,
        "client_id": state.identity.client_id,
        "username": person.username,
        "sub": f"{call.base_url}/id/{state.identity.org_id}/{person.salesforce_id}",
        "token_type": f"{kind}_token",
    }
    if expires_at is not None:
        values["exp"] = int(expires_at)
    if issued_at is not None:
        values |= {"iat": int(issued_at), "nbf": int(issued_at)}
    return write_answer(call, {}, values)


_WRONG_CLIENT = {"invalid_client", "invalid_client_id"}
_BOTH = frozenset({"GET", "POST"})
ENDPOINTS: Mapping[str, tuple[frozenset[str], Callable[[State, Call], Reply]]] = {
    "/services/oauth2/authorize": (_BOTH, authorize),
    "/services/oauth2/token": (frozenset({"POST"}), give_token),
    "/services/oauth2/revoke": (_BOTH, revoke_token),
    "/services/oauth2/introspect": (frozenset({"POST"}), introspect),
    "/services/oauth2/userinfo": (_BOTH, show_userinfo),
}
