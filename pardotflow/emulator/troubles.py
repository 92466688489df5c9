"""Troubles that have a name, and error answers made from a code: each in the envelope of the system that is asked.

Codes, statuses and texts come from the facts: salesforce_api.md §1.4, §1.5 and §10, pardot_api.md §7 and §8. Nothing
sends `Retry-After` by itself, since no vendor documents it; a rule may add it with `headers`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pardotflow.emulator.exchange import Reply, to_json
from pardotflow.emulator.pardot.errors import MEDIA, PardotError
from pardotflow.emulator.problem import EmulatorError
from pardotflow.emulator.salesforce.errors import JSON_MEDIA, refuse, session_gone
from pardotflow.emulator.switches import Switches

SYSTEMS = ("salesforce", "pardot", "oauth")

# Statuses and texts of the codes that clients know; any other code needs its own.
_SALESFORCE: dict[str, tuple[int, str]] = {
    "INVALID_SESSION_ID": (401, "Session expired or invalid"),
    "REQUEST_LIMIT_EXCEEDED": (403, "TotalRequests Limit exceeded."),
    "SERVER_UNAVAILABLE": (503, "Service unavailable"),
    "UNKNOWN_EXCEPTION": (500, "An unexpected error occurred."),
    "UNABLE_TO_LOCK_ROW": (400, "unable to obtain exclusive access to this record"),
    "ENTITY_IS_DELETED": (404, "entity is deleted"),
    "DUPLICATE_VALUE": (400, "duplicate value found"),
    "DUPLICATES_DETECTED": (400, "Use one of these records?"),
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": (400, "a validation rule refuses the record"),
    "STORAGE_LIMIT_EXCEEDED": (403, "storage limit exceeded"),
    "TOO_MANY_APEX_REQUESTS": (403, "Maximum number of Apex requests exceeded"),
    "API_DISABLED_FOR_ORG": (403, "API is not enabled for this Organization or Partner"),
    "API_CURRENTLY_DISABLED": (403, "API is currently disabled for this user"),
    "FUNCTIONALITY_NOT_ENABLED": (403, "this feature is not currently enabled for this user"),
}
_OAUTH = {
    "invalid_grant": "expired access/refresh token",
    "rate_limit_exceeded": "number of login attempts exceeded",
    "unknown_error": "unknown error",
}
_UNAVAILABLE = {500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable"}


def error_reply(system: str, code: object, status: int | None, message: str | None) -> Reply:
    """A vendor's error answer; raises `EmulatorError` for a code that the system cannot have, or that needs more."""
    if system == "pardot":
        return _pardot_reply(code, status, message)
    if not isinstance(code, str):
        raise EmulatorError(f"code of {system} is a word like {'invalid_grant' if system == 'oauth' else _example()}")
    if system == "oauth":
        body = {"error": code, "error_description": message or _OAUTH.get(code, code)}
        return Reply(status=status or 400, body=to_json(body), media=JSON_MEDIA)
    usual, text = _SALESFORCE.get(code, (400, code))
    return refuse(status or usual, code, message or text).to_reply()


def _example() -> str:
    return next(iter(_SALESFORCE))


def _pardot_reply(code: object, status: int | None, message: str | None) -> Reply:
    if not isinstance(code, int) or isinstance(code, bool):
        raise EmulatorError("code of pardot is a number like 66")
    try:
        known: Reply | None = PardotError(code, status=status).to_reply()
    except KeyError:
        known = None
    if known is not None and message is None:
        return known
    if message is None or (known is None and status is None):
        raise EmulatorError(f"pardot code {code} is not known here; write its status and message too")
    shown = known.status if known else status
    return Reply(status=shown or 400, body=to_json({"code": code, "message": message}), media=MEDIA)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One named trouble: the systems that can have it, the keys that it takes, and its answer where it has one.

    A trouble whose answer is None is answered by the service itself, which then finds the trouble in the data.
    """

    systems: tuple[str, ...]
    keys: frozenset[str] = frozenset()
    answer: Callable[[str, Switches, int | None], Reply | None] = lambda system, switches, status: None


def _expired(system: str, switches: Switches, status: int | None) -> Reply | None:
    if system == "oauth":
        return error_reply("oauth", "invalid_grant", None, None)
    return PardotError(184).to_reply() if system == "pardot" else session_gone().to_reply()


def _quota(system: str, switches: Switches, status: int | None) -> Reply | None:
    if system == "pardot":
        return PardotError(122, status=switches.status_for_daily_limit).to_reply()
    return error_reply("salesforce", "REQUEST_LIMIT_EXCEEDED", None, None)


def _rate(system: str, switches: Switches, status: int | None) -> Reply | None:
    if system == "pardot":
        return PardotError(66, status=switches.status_for_concurrency).to_reply()
    if system == "oauth":
        return error_reply("oauth", "rate_limit_exceeded", None, None)
    message = "ConcurrentRequests (Concurrent API Requests) Limit exceeded."
    return error_reply("salesforce", "REQUEST_LIMIT_EXCEEDED", None, message)


def _server(system: str, switches: Switches, status: int | None) -> Reply | None:
    """Salesforce words for 500 and 503; a page of the gateway for 502, and for Pardot, whose form is not recorded."""
    shown = status or 503
    if system == "salesforce" and shown in {500, 503}:
        return error_reply("salesforce", "UNKNOWN_EXCEPTION" if shown == 500 else "SERVER_UNAVAILABLE", shown, None)
    title = _UNAVAILABLE[shown]
    page = f"<html><head><title>{shown} {title}</title></head><body><h1>{title}</h1></body></html>"
    return Reply(status=shown, body=page.encode(), media="text/html")


TROUBLES: Mapping[str, Trouble] = {
    "expired_token": Trouble(systems=SYSTEMS, answer=_expired),
    "quota_reached": Trouble(systems=("salesforce", "pardot"), answer=_quota),
    "rate_limited": Trouble(systems=SYSTEMS, answer=_rate),
    "row_lock": Trouble(systems=("salesforce",), keys=frozenset({"rows", "share"})),
    "server_error": Trouble(systems=SYSTEMS, keys=frozenset({"status", "effect"}), answer=_server),
    "cache_lag": Trouble(systems=("pardot",), keys=frozenset({"seconds"})),
}
SERVER_STATUSES = frozenset(_UNAVAILABLE)
