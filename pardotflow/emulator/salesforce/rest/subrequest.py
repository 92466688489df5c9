"""A request inside a request: made into an ordinary call, and answered in a part of the transaction of its own.

Composite requests, graphs and batches are made of these. Jobs and composites cannot stand inside of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from pardotflow.emulator.datafile import savepoint
from pardotflow.emulator.exchange import Call, Reply
from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.errors import not_found, refuse

Dispatch = Callable[[Context, Call], Reply]
_NOT_INSIDE = re.compile(r"/(jobs|composite/?$|composite/(batch|tree|graph))(/|$)", re.IGNORECASE)


class Failed(Exception):
    """Leaves the savepoint of what failed; the answer is kept."""

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self.reply = reply


def read_requests(body: Mapping[str, Any], key: str, most: int) -> list[dict[str, Any]]:
    """The subrequests of a body; raises `SalesforceError` for what is no list of them."""
    requests = body.get(key)
    if not isinstance(requests, list) or not requests or not all(isinstance(r, dict) for r in requests):
        raise refuse(400, "JSON_PARSER_ERROR", f"{key} must be a list of subrequests")
    if len(requests) > most:
        raise refuse(400, "LIMIT_EXCEEDED", f"The number of subrequests cannot exceed {most}.")
    if not all(isinstance(r.get("httpHeaders") or {}, dict) for r in requests):
        raise refuse(400, "JSON_PARSER_ERROR", "httpHeaders must be an object")
    return requests


def make_call(outer: Call, request: Mapping[str, Any], url: str, body: object) -> Call:
    """The call that a subrequest stands for; an address that is none leads nowhere."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("/")
    given = request.get("httpHeaders")
    headers = {str(k).lower(): str(v) for k, v in given.items()} if isinstance(given, dict) else {}
    return Call(
        method=str(request.get("method", "GET")).upper(),
        path=unquote(parts.path),
        query=parts.query,
        headers={**headers, "host": outer.headers.get("host", "")},
        body=b"" if body is None else json.dumps(body).encode(),
        scheme=outer.scheme,
    )


def answer_part(context: Context, call: Call, dispatch: Dispatch) -> Reply:
    """The answer to a subrequest; one that is refused has left nothing behind."""
    if _NOT_INSIDE.search(call.path):
        return not_found().to_reply()
    try:
        with savepoint(context.db):
            reply = dispatch(context, call)
            if reply.status >= 400:
                raise Failed(reply)
            return reply
    except Failed as failed:
        return failed.reply


def read_body(reply: Reply) -> Any:  # noqa: ANN401
    """The JSON of an answer; None where it has none."""
    return json.loads(reply.body) if reply.body else None
