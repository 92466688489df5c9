"""`/services/oauth2/authorize`: a person is asked, and sent back to the client with a code or an error.

Facts: salesforce_api.md §1.2 and §1.4. Nobody signs in here: the page speaks for the connected user. Callback addresses
on loopback are registered, with any port and path, and those of the switch `redirect_uris`. What cannot be trusted
with an answer (an unknown app, another callback) is told to the person and not to the callback.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from pardotflow.emulator.exchange import Call, Reply
from pardotflow.emulator.identity import SCOPES
from pardotflow.emulator.salesforce.oauth.answer import OAuthError, form_of
from pardotflow.emulator.salesforce.oauth.codes import give_code
from pardotflow.emulator.salesforce.oauth.page import write_consent, write_refusal
from pardotflow.emulator.state import State

_KNOWN_SCOPES = (
    "address api cdp_api cdp_calculated_insight_api cdp_identityresolution_api cdp_ingest_api cdp_profile_api"
    " cdp_query_api cdp_segment_api chatter_api content custom_permissions eclair_api einstein_gpt_api email"
    " forgot_password full id interaction_api lightning offline_access openid pardot_api phone profile refresh_token"
    " sfap_api user_registration_api visualforce wave_api web"
)
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_CHALLENGE = re.compile(r"[\w-]{43}", re.ASCII)


def authorize(state: State, call: Call) -> Reply:
    """GET shows the page; its two buttons POST the same parameters with a `decision`."""
    form = form_of(call)
    try:
        redirect_uri = _check_callback(state, form)
    except OAuthError as error:
        return write_refusal(error)
    try:
        scope = _check_wish(form)
        decision = form.get("decision") if call.method == "POST" else None
        if decision == "deny":
            raise OAuthError("access_denied", "end-user denied authorization")
        if decision != "allow" and form.get("immediate") == "true":
            raise OAuthError("immediate_unsuccessful", "end-user approval is needed")
    except OAuthError as error:
        return _send_back(redirect_uri, form, error.to_values())
    if decision != "allow":
        return write_consent(state, form, scope)
    challenge = form.get("code_challenge") or None
    code = give_code(state, redirect_uri=redirect_uri, scope=scope, challenge=challenge)
    return _send_back(redirect_uri, form, {"code": code})


def _check_callback(state: State, form: Mapping[str, str]) -> str:
    if form.get("client_id") != state.identity.client_id:
        raise OAuthError("invalid_client_id", "client identifier invalid")
    redirect_uri = form.get("redirect_uri", "")
    if redirect_uri not in state.switches.redirect_uris.split() and not _is_loopback(redirect_uri):
        raise OAuthError("redirect_uri_mismatch", "redirect_uri must match configuration")
    return redirect_uri


def _is_loopback(address: str) -> bool:
    if not address.isascii() or not address.isprintable() or any(sign in address for sign in ' \\"<>#'):
        return False
    try:
        parts = urlsplit(address)
        return parts.scheme in {"http", "https"} and parts.hostname in _LOOPBACK and (parts.port or 0) >= 0
    except ValueError:
        return False


def _check_wish(form: Mapping[str, str]) -> str:
    """The scope that is asked for."""
    if form.get("response_type") != "code":
        raise OAuthError("unsupported_response_type", "response type not supported")
    scope = " ".join((form.get("scope") or SCOPES).split())
    if not set(scope.split()) <= set(_KNOWN_SCOPES.split()):
        raise OAuthError("invalid_scope", "the requested scope is not allowed")
    challenge = form.get("code_challenge")
    if challenge and not _CHALLENGE.fullmatch(challenge):
        raise OAuthError("invalid_request", "invalid code challenge")
    if form.get("code_challenge_method", "S256") != "S256":
        raise OAuthError("invalid_request", "invalid code challenge method")
    return scope


def _send_back(redirect_uri: str, form: Mapping[str, str], answer: Mapping[str, str]) -> Reply:
    state = {"state": form["state"]} if "state" in form else {}
    joint = "&" if "?" in redirect_uri else "?"
    location = f"{redirect_uri}{joint}{urlencode({**answer, **state})}"
    return Reply(status=302, headers={"Location": location, "Cache-Control": "no-store"})
