"""Tokens: how they are given, checked and taken back.

A token is a row of the data file; a session lives as long as it is used, and a refresh token until it is revoked. The
access token that the file was made with has no end of its own.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import sqlite3
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from pardotflow.emulator.exchange import Call, Reply, to_json
from pardotflow.emulator.identity import make_token
from pardotflow.emulator.salesforce.errors import JSON_MEDIA
from pardotflow.emulator.state import State

_SCOPES = "refresh_token pardot_api api"


class _Refused(Exception):
    """An OAuth error: `error` and `error_description`."""


def find_session(state: State, call: Call) -> str | None:
    """The user id of the caller's access token; None where it is missing, expired or revoked."""
    kind, _, token = call.headers.get("authorization", "").partition(" ")
    if kind.lower() not in {"bearer", "oauth"}:
        return None
    row = state.db.execute(
        "SELECT user_id, expires_at FROM token WHERE token = ? AND kind = 'access' AND NOT revoked", (token.strip(),)
    ).fetchone()
    if row is None or (row[1] is not None and row[1] < state.now):
        return None
    _prolong(state, token.strip(), row[1])
    return str(row[0])


def _prolong(state: State, token: str, expires_at: float | None) -> None:
    """Every call resets the timer of a session; the file is written only once the timer has moved noticeably."""
    life = state.switches.session_seconds
    if expires_at is not None and expires_at - state.now < life * 0.9:
        with state.file.note() as db:
            db.execute("UPDATE token SET expires_at = ? WHERE token = ?", (state.now + life, token))


def give_token(state: State, call: Call) -> Reply:
    """`POST /services/oauth2/token`: refresh_token, client_credentials and password grants."""
    form = dict(parse_qsl(call.body.decode(errors="replace"), keep_blank_values=True)) | dict(call.arguments)
    form |= _basic(call)
    try:
        parent = _check_grant(state, form)
    except _Refused as refused:
        error, description = refused.args
        return Reply(status=400, body=to_json({"error": error, "error_description": description}), media=JSON_MEDIA)
    user_id = state.identity.connected.salesforce_id
    token = make_token(state.identity.org_id)
    with state.file.write() as db:
        db.execute(
            "INSERT INTO token (token, kind, user_id, parent, expires_at) VALUES (?, 'access', ?, ?, ?)",
            (token, user_id, parent, state.now + state.switches.session_seconds),
        )
    return Reply(status=200, body=to_json(_token_answer(state, call, token, user_id)), media=JSON_MEDIA)


def _basic(call: Call) -> dict[str, str]:
    kind, _, coded = call.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return {}
    try:
        client_id, _, secret = base64.b64decode(coded).decode().partition(":")
    except ValueError:
        return {}
    return {"client_id": client_id, "client_secret": secret}


def _check_grant(state: State, form: Mapping[str, str]) -> str | None:
    """The refresh token that the new session hangs on; raises `_Refused`."""
    grant = form.get("grant_type")
    if grant is None:
        raise _Refused("invalid_request", "missing required parameters: grant_type")
    if grant not in {"refresh_token", "client_credentials", "password"}:
        raise _Refused("unsupported_grant_type", "grant type not supported")
    if form.get("client_id") != state.identity.client_id:
        raise _Refused("invalid_client_id", "client identifier invalid")
    secret = form.get("client_secret")
    if secret != state.identity.client_secret and not (grant == "refresh_token" and secret is None):
        raise _Refused("invalid_client", "invalid client credentials")
    if grant == "password" and form.get("username") != state.identity.connected.username:
        raise _Refused("invalid_grant", "authentication failure")
    return _check_refresh(state.db, form.get("refresh_token")) if grant == "refresh_token" else None


def _check_refresh(db: sqlite3.Connection, token: str | None) -> str:
    if not token:
        raise _Refused("invalid_request", "missing required parameters: refresh_token")
    row = db.execute("SELECT 1 FROM token WHERE token = ? AND kind = 'refresh' AND NOT revoked", (token,)).fetchone()
    if row is None:
        raise _Refused("invalid_grant", "expired access/refresh token")
    return token


def _token_answer(state: State, call: Call, token: str, user_id: str) -> dict[str, str]:
    identity = f"{call.base_url}/id/{state.identity.org_id}/{user_id}"
    issued = str(int(state.now * 1000))
    key = state.identity.client_secret.encode()
    signature = base64.b64encode(hmac.digest(key, f"{identity}{issued}".encode(), hashlib.sha256)).decode()
    return {
        "access_token": token,
        "signature": signature,
        "scope": _SCOPES,
        "instance_url": call.base_url,
        "id": identity,
        "token_type": "Bearer",
        "issued_at": issued,
    }


def revoke_token(state: State, call: Call) -> Reply:
    """`POST /services/oauth2/revoke`; a refresh token takes its sessions with it."""
    form = dict(parse_qsl(call.body.decode(errors="replace"))) | dict(call.arguments)
    with state.file.write() as db:
        changed = revoke(db, form.get("token", ""))
    if not changed:
        body = {"error": "unsupported_token_type", "error_description": "this token type is not supported"}
        return Reply(status=400, body=to_json(body), media=JSON_MEDIA)
    return Reply(status=200)


def revoke(db: sqlite3.Connection, token: str) -> int:
    """Take a token back, and what hangs on it; the number of tokens that this ended."""
    return db.execute(
        "UPDATE token SET revoked = 1 WHERE (token = ? OR parent = ?) AND NOT revoked", (token, token)
    ).rowcount


def show_identity(state: State, call: Call, user_id: str) -> dict[str, Any]:
    """The identity resource `/id/org/user`."""
    person = state.identity.connected
    return {
        "id": f"{call.base_url}/id/{state.identity.org_id}/{user_id}",
        "asserted_user": True,
        "user_id": user_id,
        "organization_id": state.identity.org_id,
        "username": person.username,
        "display_name": f"{person.first_name} {person.last_name}",
        "email": person.email,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "active": True,
        "user_type": "STANDARD",
        "urls": {
            "rest": f"{call.base_url}/services/data/v{{version}}/",
            "sobjects": f"{call.base_url}/services/data/v{{version}}/sobjects/",
            "query": f"{call.base_url}/services/data/v{{version}}/query/",
        },
    }
