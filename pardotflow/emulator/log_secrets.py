"""What of a request must not be recorded: tokens, passwords, codes and keys, wherever a client may put them.

What is sent to the token endpoint and cannot be read as a form is not recorded at all, nor is an envelope in an unusual
encoding: a body that nobody understands may hold anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote_plus

from pardotflow.emulator.exchange import Call

HIDDEN = "***"
_FORM_MEDIA = "application/x-www-form-urlencoded"
_HEADERS = {"authorization", "proxy-authorization", "cookie", "x-sfdc-session"}
_EVERYWHERE = {"access_token", "oauth_token", "refresh_token", "client_secret", "password", "sid", "session_id"}
_IN_OAUTH = _EVERYWHERE | {"assertion", "client_assertion", "code", "code_verifier", "id_token", "signature", "token"}
_ODD_NAME = re.compile(r"[^\w.-]")
_JSON = re.compile(rb'("(?:access_token|refresh_token|signature|id_token)"\s*:\s*")[^"]*')
_SUBREQUEST = re.compile(rb'("authorization"\s*:\s*")[^"]*', re.IGNORECASE)
_NAME = rb"(?:[^\s<>/:]+:)?(?:password|sessionId|access_token|refresh_token|signature)"
_XML = re.compile(rb"(<" + _NAME + rb"(?:\s[^>]*)?>).*?(?=</" + _NAME + rb"\s*>|\Z)", re.DOTALL)


def is_soap(path: str) -> bool:
    """Whether a call is one of SOAP, whose session and password stand in its body."""
    return path[:15].lower() == "/services/soap/"


def hide_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that may be recorded."""
    return {name: value for name, value in headers.items() if name not in _HEADERS}


def hide_query(query: str, system: str) -> str:
    """A query, or a form, with the values hidden that are secrets of this system's calls."""
    names = _IN_OAUTH if system == "oauth" else _EVERYWHERE
    return "&".join(_hide_pair(pair, names) for pair in query.split("&")) if query else query


def _hide_pair(pair: str, names: set[str]) -> str:
    name, _, _ = pair.partition("=")
    plain = unquote_plus(name).strip().lower() if "%" in name or "+" in name else name.lower()
    return f"{name}={HIDDEN}" if plain in names else pair


def hide_request(call: Call, system: str) -> bytes:
    """The body of a request."""
    if system == "oauth":
        return _hide_form(call)
    if "/composite" in call.path.lower():
        return _SUBREQUEST.sub(rb"\1***", call.body)
    if not is_soap(call.path):
        return call.body
    return _XML.sub(rb"\1***", call.body) if b"Envelope" in call.body else _hide_all(call.body)


def hide_answer(body: bytes, path: str, system: str) -> bytes:
    """The body of an answer, which is the emulator's own JSON, XML or form."""
    if system == "oauth" and not body.startswith((b"{", b"<")):
        return hide_query(body.decode(errors="replace"), system).encode()
    return _XML.sub(rb"\1***", _JSON.sub(rb"\1***", body)) if system == "oauth" or is_soap(path) else body


def _hide_form(call: Call) -> bytes:
    media = call.headers.get("content-type", _FORM_MEDIA).partition(";")[0].strip().lower()
    text = call.body.decode(errors="replace")
    names = (unquote_plus(pair.partition("=")[0]) for pair in text.split("&"))
    if media != _FORM_MEDIA or any(map(_ODD_NAME.search, names)):
        return _hide_all(call.body)
    return hide_query(text, "oauth").encode()


def _hide_all(body: bytes) -> bytes:
    return HIDDEN.encode() if body else b""
