"""JWT bearer assertions: signature and claims.

Facts: salesforce_api.md §1.2 (header, claims, `exp` in seconds as number or text) and §1.4 (texts; `invalid assertion`
is not confirmed). The signature is checked with the key pair that the emulator made for this data file.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Mapping
from typing import Any

from pardotflow.emulator.exchange import Call
from pardotflow.emulator.extra import load_extra
from pardotflow.emulator.identity import SIGNING_KEY
from pardotflow.emulator.problem import EmulatorError
from pardotflow.emulator.salesforce.oauth.answer import OAuthError
from pardotflow.emulator.state import State

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_AUDIENCES = {"https://login.salesforce.com", "https://test.salesforce.com"}


def check_assertion(state: State, call: Call, assertion: str) -> None:
    """The connected app speaks for the connected user. Raises `OAuthError`."""
    signed, _, signature = assertion.rpartition(".")
    header, _, claims = signed.partition(".")
    if _read_part(header).get("alg") != "RS256":
        raise _invalid()
    claimed = _read_part(claims)
    if claimed.get("iss") != state.identity.client_id:
        raise OAuthError("invalid_client_id", "client identifier invalid")
    if not _is_signed(state, signed, signature):
        raise _invalid()
    _check_audience(call, claimed.get("aud"))
    _check_expiry(state, claimed.get("exp"))
    subject = claimed.get("sub")
    if not isinstance(subject, str) or subject.lower() != state.identity.connected.username.lower():
        raise OAuthError("invalid_grant", "user hasn't approved this consumer")


def _invalid() -> OAuthError:
    return OAuthError("invalid_grant", "invalid assertion")


def _decode(part: str) -> bytes:
    """The bytes of base64url without padding."""
    try:
        return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise _invalid() from None


def _read_part(part: str) -> Mapping[str, Any]:
    try:
        value = json.loads(_decode(part))
    except (ValueError, RecursionError):
        raise _invalid() from None
    if not isinstance(value, dict):
        raise _invalid()
    return value


def _is_signed(state: State, signed: str, signature: str) -> bool:
    row = state.db.execute("SELECT value FROM meta WHERE key = ?", (SIGNING_KEY,)).fetchone()
    if row is None:
        return False
    try:
        checker = load_extra("signing_key")
    except EmulatorError as missing:
        raise OAuthError("unsupported_grant_type", str(missing)) from missing
    return bool(checker.is_signed(row[0], signed.encode(), _decode(signature)))


def _check_audience(call: Call, audience: object) -> None:
    named = audience if isinstance(audience, list) else [audience]
    if not any(isinstance(each, str) and each.rstrip("/") in {*_AUDIENCES, call.base_url} for each in named):
        raise OAuthError("invalid_grant", "audience is invalid")


def _check_expiry(state: State, given: object) -> None:
    """Not yet over, and not too far away.

    The vendor's own command line (sfdx-core, `Date.now() + 300`) sends milliseconds and is let in, so there is no bound
    that is known.
    """
    try:
        expires = float(given) if isinstance(given, (int, float, str)) and not isinstance(given, bool) else None
    except (ValueError, OverflowError):
        expires = None
    if expires is None or not math.isfinite(expires):
        raise _invalid()
    if not expires > state.now:
        raise OAuthError("invalid_grant", "expired authorization code")
    longest = state.switches.jwt_longest_seconds
    if longest and expires > state.now + longest:
        raise _invalid()
