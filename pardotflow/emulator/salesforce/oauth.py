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
from pardotflow.emulator.identity import SCOPES
from pardotflow.emulator.salesforce.errors import JSON_MEDIA
from pardotflow.emulator.salesforce.oauth_session import open_session, revoke
from pardotflow.emulator.state import State


class _Refused(Exception):
    """An OAuth error: `error` and `error_description`."""


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
    token = open_session(state, user_id, parent=parent)
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
        "scope": SCOPES,
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
