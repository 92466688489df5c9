"""Authorization codes: given once, taken once.

Facts: salesforce_api.md §1.2. The code is bound to the callback address and, with PKCE, to the verifier.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping

from pardotflow.emulator.salesforce.oauth.answer import OAuthError, check_client, require
from pardotflow.emulator.state import State

_NO_CODE = "invalid authorization code"
_OVER = "expired authorization code"


def give_code(state: State, *, redirect_uri: str, scope: str, challenge: str | None) -> str:
    """A new code for the connected user."""
    code = f"aPrx{secrets.token_urlsafe(64)}=="
    with state.file.write() as db:
        db.execute(
            "INSERT INTO authorization_code VALUES (?, ?, ?, ?, ?, 0)",
            (code, redirect_uri, scope, challenge, state.now + state.switches.authorization_code_seconds),
        )
    return code


def take_code(state: State, form: Mapping[str, str]) -> str:
    """Use up a code, inside a write; its scope. Raises `OAuthError`, which leaves the code unused."""
    check_client(state, form, secret=state.switches.client_secret_required)
    code = require(form, "code")
    redirect_uri = require(form, "redirect_uri")
    row = state.db.execute(
        "SELECT redirect_uri, scope, challenge, expires_at, used FROM authorization_code WHERE code = ?", (code,)
    ).fetchone()
    if row is None:
        raise OAuthError("invalid_grant", _NO_CODE)
    known_uri, scope, challenge, expires_at, used = row
    if used or expires_at < state.now:
        raise OAuthError("invalid_grant", _OVER)
    if redirect_uri != known_uri:
        raise OAuthError("redirect_uri_mismatch", "redirect_uri must match configuration")
    _check_verifier(challenge, form.get("code_verifier"))
    if challenge is None and form.get("client_secret") is None:
        raise OAuthError("invalid_client", "invalid client credentials")
    state.db.execute("UPDATE authorization_code SET used = 1 WHERE code = ?", (code,))
    return str(scope)


def _check_verifier(challenge: str | None, verifier: str | None) -> None:
    if challenge is None:
        if verifier is not None:
            raise OAuthError("invalid_grant", "unexpected code verifier")
        return
    if not verifier:
        raise OAuthError("invalid_grant", "missing required code verifier")
    if not hmac.compare_digest(challenge_of(verifier), challenge):
        raise OAuthError("invalid_grant", "invalid code verifier")


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a verifier."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
