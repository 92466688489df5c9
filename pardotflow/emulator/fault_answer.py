"""The answer that a rule of a fault plan gives: written in it, made from a code, or that of a trouble.

Everything is checked when the rule is ordered, so that an answer can always be sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pardotflow.emulator.exchange import Reply, to_json
from pardotflow.emulator.problem import EmulatorError
from pardotflow.emulator.switches import Switches
from pardotflow.emulator.troubles import TROUBLES, error_reply

_CACHE_SECONDS = 60.0
_WITHOUT_BODY = {204, 304}
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_TEXT = re.compile(r"[\t\x20-\x7e\xa0-\xff]*")
# The server makes these from what it sends; an answer with others could not be sent.
_FRAMING = {"content-length", "transfer-encoding"}


def build_answer(spec: Mapping[str, Any], system: str, switches: Switches) -> Reply | None:
    """The answer of a rule to a request of a system; None where the rule has none. Raises `EmulatorError`."""
    headers = _read_headers(spec.get("headers") or {})
    status = int(number_of(spec, "status", 0, least=200, most=599)) if spec.get("status") is not None else None
    if "trouble" in spec:
        lag_of(spec)
        made = TROUBLES[spec["trouble"]].answer(system, switches, status)
    elif "code" in spec:
        message = spec.get("message")
        made = error_reply(system, spec["code"], status, None if message is None else str(message))
    elif status is None:
        return None
    else:
        made = _written(status, spec.get("body"))
    if made is None:
        return None
    if made.body and made.status in _WITHOUT_BODY:
        raise EmulatorError(f"an answer with status {made.status} has no body")
    media = next((value for name, value in headers.items() if name.lower() == "content-type"), None)
    rest = {name: value for name, value in headers.items() if name.lower() != "content-type"}
    return replace(made, media=(media or made.media) if made.body else None, headers={**made.headers, **rest})


def _written(status: int, body: object) -> Reply:
    """An answer whose body stands in the rule: text as it is, anything else as JSON."""
    if body is None:
        return Reply(status=status)
    return Reply(
        status=status, body=body.encode() if isinstance(body, str) else to_json(body), media="application/json"
    )


def _read_headers(given: object) -> dict[str, str]:
    if not isinstance(given, Mapping):
        raise EmulatorError("headers must be a mapping")
    headers = {str(name): str(value) for name, value in given.items()}
    for name, value in headers.items():
        if not _HEADER.fullmatch(name) or not _HEADER_TEXT.fullmatch(value):
            raise EmulatorError(f"{name!r}: {value!r} is no header that can be sent")
        if name.lower() in _FRAMING:
            raise EmulatorError(f"{name} is made by the server; use truncate to break it")
    return headers


def lag_of(spec: Mapping[str, Any]) -> float:
    """For how many seconds reads lag once the trouble `cache_lag` is met."""
    return number_of(spec, "seconds", _CACHE_SECONDS)


def number_of(spec: Mapping[str, Any], key: str, default: float, *, least: float = 0, most: float = 1e9) -> float:
    """The number under a key; raises `EmulatorError` for what is none, or too little or too much."""
    raw = spec.get(key, default)
    try:
        value = float(raw)
    except (TypeError, ValueError):
        raise EmulatorError(f"{key} must be a number, not {raw!r}") from None
    if not least <= value <= most:
        limit = f"from {least:g} to {most:g}" if most < 1e9 else f"{least:g} or more"
        raise EmulatorError(f"{key} must be {limit}, not {raw!r}")
    return value
