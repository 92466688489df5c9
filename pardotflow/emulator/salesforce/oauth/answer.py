"""What every OAuth endpoint reads and writes: form parameters, answers in three formats, errors.

Facts: salesforce_api.md §1.1 (`format`, or Accept) and §1.4. That errors follow the format too is an assumption.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode
from xml.sax.saxutils import escape

from pardotflow.emulator.exchange import Call, Reply, to_json
from pardotflow.emulator.salesforce.errors import JSON_MEDIA
from pardotflow.emulator.state import State

_FORM_MEDIA = "application/x-www-form-urlencoded"
_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class OAuthError(Exception):
    """A refused request: `error` is the code, the text its description."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description

    def to_values(self) -> dict[str, str]:
        """The two keys of every OAuth error."""
        return {"error": self.error, "error_description": self.description}


def form_of(call: Call) -> dict[str, str]:
    """Parameters of the body, the query and the Basic header; the later ones win."""
    form = dict(parse_qsl(call.body.decode(errors="replace"), keep_blank_values=True))
    return form | dict(call.arguments) | _basic(call)


def _basic(call: Call) -> dict[str, str]:
    kind, _, coded = call.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return {}
    try:
        client_id, _, secret = base64.b64decode(coded).decode().partition(":")
    except ValueError:
        return {}
    return {"client_id": client_id, "client_secret": secret}


def require(form: Mapping[str, str], name: str) -> str:
    """A parameter that must be there."""
    value = form.get(name)
    if not value:
        raise OAuthError("invalid_request", f"missing required parameters: {name}")
    return value


def check_client(state: State, form: Mapping[str, str], *, secret: bool) -> None:
    """The app is known, and its secret right; without `secret` it may be left out. Raises `OAuthError`."""
    if form.get("client_id") != state.identity.client_id:
        raise OAuthError("invalid_client_id", "client identifier invalid")
    given = form.get("client_secret")
    if given != state.identity.client_secret and (secret or given is not None):
        raise OAuthError("invalid_client", "invalid client credentials")


def write_answer(call: Call, form: Mapping[str, str], values: Mapping[str, object], status: int = 200) -> Reply:
    """JSON, XML or a form, as the client asked."""
    wanted = form.get("format") or call.headers.get("accept", "")
    if "xml" in wanted:
        inner = "".join(f"<{name}>{escape(_text(value))}</{name}>" for name, value in values.items())
        body = f'<?xml version="1.0" encoding="UTF-8"?><OAuth>{inner}</OAuth>'
        return Reply(status=status, body=body.encode(), media="application/xml;charset=UTF-8", headers=_NO_STORE)
    if "urlencoded" in wanted:
        body = urlencode({name: _text(value) for name, value in values.items()})
        return Reply(status=status, body=body.encode(), media=_FORM_MEDIA, headers=_NO_STORE)
    return Reply(status=status, body=to_json(values), media=JSON_MEDIA, headers=_NO_STORE)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
