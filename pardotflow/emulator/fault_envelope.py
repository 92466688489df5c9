"""What a fault has to know of SOAP: where a call carries its session, and the envelope that its error comes in.

Facts: salesforce_api.md §0.2 (HTTP 500 with a fault). An answer that a rule writes itself is never changed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pardotflow.emulator.exchange import Call, Reply
from pardotflow.emulator.salesforce.errors import JSON_MEDIA
from pardotflow.emulator.salesforce.soap.api import api_of
from pardotflow.emulator.salesforce.soap.envelope import (
    ILLEGAL_SESSION,
    SoapFault,
    SoapMistake,
    read_envelope,
    write_fault,
)


def session_of(call: Call) -> str:
    """The session id of a call, in its header or in its envelope; empty where it has none."""
    api = api_of(call.path)
    if api is None:
        return call.headers.get("authorization", "").partition(" ")[2].strip()
    try:
        return read_envelope(call.body, api).header("SessionHeader", "sessionId") or ""
    except SoapMistake:
        return ""


def in_envelope(spec: Mapping[str, Any], reply: Reply, call: Call) -> Reply:
    """The error of a code or a trouble as the API that is called writes it."""
    api = api_of(call.path)
    if api is None or reply.media != JSON_MEDIA or not {"code", "trouble"} & set(spec):
        return reply
    first = json.loads(reply.body)[0]
    expired = first["errorCode"] == "INVALID_SESSION_ID" and "message" not in spec
    fault = write_fault(api, SoapFault(first["errorCode"], ILLEGAL_SESSION if expired else first["message"]))
    status = reply.status if reply.status >= 500 or spec.get("status") is not None else fault.status
    return replace(fault, status=status, headers=reply.headers)
