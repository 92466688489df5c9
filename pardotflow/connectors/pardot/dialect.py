"""How Account Engagement's API v5 is addressed and how its refusals are read.

Source: Account Engagement API v5, "Overview" and "Authentication". Errors are JSON with `code` and `message`, but what
the sign-in layer refuses before v5 sees it may be XML, or the JSON of older versions: all three are read.
"""

import html
import re
from collections.abc import Mapping

from pardotflow.connectors.auth import AccessToken
from pardotflow.connectors.http import Reply
from pardotflow.connectors.pardot.codes import CODES
from pardotflow.connectors.verdict import VendorCode, VendorError, Verdict

# A pattern instead of an XML parser: nothing that a server sends can make it expand entities.
_XML_ERROR = re.compile(rb"<err\b(?:[^>]*\bcode=\"(\d+)\")?[^>]*>(.*?)</err>", re.DOTALL)
_ROW_STATUSES = frozenset({400, 404, 405, 409, 422})


class PardotDialect:
    """Dialect of one business unit behind one API host."""

    def __init__(self, api_url: str, business_unit_id: str) -> None:
        self._api_url = api_url.rstrip("/")
        self._business_unit_id = business_unit_id

    def base_url(self, token: AccessToken) -> str:
        """The API host; the token's own host is the CRM's."""
        return self._api_url

    def headers(self, token: AccessToken) -> Mapping[str, str]:
        """Headers of every request."""
        return {
            "Authorization": f"Bearer {token.value.reveal()}",
            "Pardot-Business-Unit-Id": self._business_unit_id,
            "Accept": "application/json",
        }

    def read_error(self, reply: Reply) -> VendorError:
        """Code and message, whichever layer wrote them."""
        if reply.body.lstrip()[:1] == b"<":
            return _read_xml(reply.body)
        try:
            body = reply.json()
        except ValueError:
            return VendorError()
        return _read_json(body) if isinstance(body, dict) else VendorError()

    def judge(self, reply: Reply) -> Verdict | None:
        """By code where the body has one that we know, else by status."""
        if reply.status < 300 and reply.body.lstrip()[:4] != b"<rsp" and reply.body.lstrip()[:5] != b"<?xml":
            return None
        known = self.explain(self.read_error(reply).code)
        return known.about if known else _by_status(reply.status)

    def explain(self, code: str) -> VendorCode | None:
        """What is known of a code."""
        return CODES.get(code)


def _read_xml(body: bytes) -> VendorError:
    found = _XML_ERROR.search(body)
    if not found:
        return VendorError()
    message = html.unescape(found[2].decode("utf-8", "replace")).strip()
    return VendorError(code=(found[1] or b"").decode(), message=message)


def _read_json(body: Mapping[str, object]) -> VendorError:
    older = body.get("@attributes")
    if isinstance(older, dict):
        return VendorError(code=str(older.get("err_code", "")), message=str(body.get("err", "")))
    return VendorError(code=str(body.get("code", "")), message=str(body.get("message", "")))


def _by_status(status: int) -> Verdict:
    if status == 401:
        return Verdict.SIGN_IN
    if status == 429:
        return Verdict.BUSY
    if status >= 500:
        return Verdict.TROUBLE
    return Verdict.ROW if status in _ROW_STATUSES else Verdict.REQUEST
