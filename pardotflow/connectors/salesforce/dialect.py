"""How Salesforce's REST API is addressed and how its refusals are read.

Source: REST API Developer Guide, "Status Codes and Error Responses": an error body is an array of objects with
`errorCode`, `message` and perhaps `fields`; `INVALID_SESSION_ID` with 401 asks for a new token, a 403 never does.
"""

import re
from collections.abc import Mapping
from typing import Any

from pardotflow.connectors.auth import AccessToken
from pardotflow.connectors.http import Reply
from pardotflow.connectors.salesforce.codes import CODES
from pardotflow.connectors.salesforce.undelete import read_fault
from pardotflow.connectors.verdict import VendorCode, VendorError, Verdict

_LIMIT_INFO = re.compile(r"(?:^|[\s;])api-usage=(\d+)/(\d+)")
_EDGE_TROUBLE = 420
_NEARLY_ALL = 0.99
"""The usage header is an approximation: from here on a refused request is taken as the daily limit."""


class SalesforceDialect:
    """Dialect of a Salesforce org; `client_name` ends up in the org's change events."""

    def __init__(self, client_name: str) -> None:
        self._client_name = client_name

    def base_url(self, token: AccessToken) -> str:
        """The org's own host, which the token names."""
        return token.instance_url

    def headers(self, token: AccessToken) -> Mapping[str, str]:
        """Headers of every request."""
        return {
            "Authorization": f"Bearer {token.value.reveal()}",
            "Accept": "application/json",
            "Sforce-Call-Options": f"client={self._client_name}",
        }

    def read_error(self, reply: Reply) -> VendorError:
        """The first error, with the messages and fields of all; of a SOAP call its fault."""
        errors = _errors(reply)
        fault = None if errors else read_fault(reply.body) if _is_xml(reply) else None
        if fault:
            return VendorError(code=fault[0], message=fault[1])
        return VendorError(
            code=str(errors[0].get("errorCode", "")) if errors else "",
            message="; ".join(str(e.get("message", "")) for e in errors),
            fields=tuple(str(name) for e in errors for name in e.get("fields") or ()),
        )

    def judge(self, reply: Reply) -> Verdict | None:
        """By code where the body has one that we know, else by status."""
        if reply.status < 300:
            return None
        known = self.explain(self.read_error(reply).code)
        if known is None:
            return _by_status(reply.status)
        return _limit(reply) if known.about is Verdict.QUOTA else known.about

    def explain(self, code: str) -> VendorCode | None:
        """What is known of a code."""
        return CODES.get(code)


def read_usage_header(reply: Reply) -> tuple[int, int] | None:
    """Used and allowed calls from `Sforce-Limit-Info`, an approximation; None where it is absent."""
    found = _LIMIT_INFO.search(reply.headers.get("sforce-limit-info", ""))
    return (int(found[1]), int(found[2])) if found else None


def _limit(reply: Reply) -> Verdict:
    """One code serves the daily limit and too many requests at once; the usage header tells them apart.

    Without the header it is taken as the daily limit: hammering an org that is out of calls helps nobody.
    """
    usage = read_usage_header(reply)
    return Verdict.BUSY if usage and usage[0] < usage[1] * _NEARLY_ALL else Verdict.QUOTA


def _by_status(status: int) -> Verdict:
    if status == 401:
        return Verdict.SIGN_IN
    if status == 429:
        return Verdict.BUSY
    return Verdict.TROUBLE if status >= 500 or status == _EDGE_TROUBLE else Verdict.REQUEST


def _is_xml(reply: Reply) -> bool:
    return "xml" in reply.headers.get("content-type", "")


def _errors(reply: Reply) -> list[dict[str, Any]]:
    try:
        body = reply.json()
    except ValueError:
        return []
    return [e for e in body if isinstance(e, dict)] if isinstance(body, list) else []
