"""`/composite`: up to 25 dependent subrequests in one call.

Each subrequest is an ordinary call to an ordinary endpoint, in its own part of one transaction; only references and
the fate of the whole are decided here.
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
from pardotflow.emulator.salesforce.errors import json_reply, refuse
from pardotflow.emulator.salesforce.row_api import read_object

Dispatch = Callable[[Context, Call], Reply]

_MOST = 25
_MOST_QUERIES = 5
_REFERENCE = re.compile(r"@\{([A-Za-z0-9][A-Za-z0-9_]*)((?:\.\w+|\[\d+\])*)\}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]*")
_HALTED = "The transaction was rolled back since another operation in the same transaction failed."


class _Failed(Exception):
    """A subrequest failed; leaves its savepoint, or with all-or-none the whole one."""

    def __init__(self, result: dict[str, Any]) -> None:
        super().__init__()
        self.result = result


def run_composite(context: Context, call: Call, dispatch: Dispatch) -> Reply:
    """`POST /composite`."""
    body = read_object(call)
    requests = _check(body.get("compositeRequest"))
    results: list[dict[str, Any]] = []
    every = body.get("allOrNone") is True
    try:
        with savepoint(context.db):
            for request in requests:
                result = _run_one(context, call, request, results, dispatch)
                results.append(result)
                if every and result["httpStatusCode"] >= 400:
                    raise _Failed(result)
    except _Failed as failed:
        results = [
            failed.result if request["referenceId"] == failed.result["referenceId"] else _halted(request, _HALTED)
            for request in requests
        ]
    return json_reply({"compositeResponse": results})


def _check(requests: object) -> list[dict[str, Any]]:
    if not isinstance(requests, list) or not requests or not all(isinstance(r, dict) for r in requests):
        raise refuse(400, "JSON_PARSER_ERROR", "compositeRequest must be a list of subrequests")
    if len(requests) > _MOST:
        raise refuse(400, "LIMIT_EXCEEDED", f"The number of subrequests cannot exceed {_MOST}.")
    names = [str(r.get("referenceId", "")) for r in requests]
    if len(set(names)) < len(names) or not all(_NAME.fullmatch(name) for name in names):
        raise refuse(400, "JSON_PARSER_ERROR", "referenceId must be unique and made of letters, digits and underscores")
    heavy = [r for r in requests if re.search(r"/(query|queryAll|composite/sobjects)(/|\?|$)", str(r.get("url", "")))]
    if len(heavy) > _MOST_QUERIES:
        raise refuse(400, "LIMIT_EXCEEDED", f"Cannot have more than {_MOST_QUERIES} query or collection subrequests.")
    return requests


def _run_one(
    context: Context, outer: Call, request: dict[str, Any], done: list[dict[str, Any]], dispatch: Dispatch
) -> dict[str, Any]:
    known = {result["referenceId"]: result for result in done}
    try:
        url = _resolve(str(request.get("url", "")), known)
        body = _resolve_all(request.get("body"), known)
    except KeyError as missing:
        return _halted(request, f"Invalid reference specified. No value for {missing.args[0]} found.")
    try:
        with savepoint(context.db):
            result = _show(request, dispatch(context, _subcall(outer, request, url, body)))
            if result["httpStatusCode"] >= 400:
                raise _Failed(result)
            return result
    except _Failed as failed:
        return failed.result


def _subcall(outer: Call, request: Mapping[str, Any], url: str, body: object) -> Call:
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    given = request.get("httpHeaders")
    headers = {str(k).lower(): str(v) for k, v in given.items()} if isinstance(given, dict) else {}
    return Call(
        method=str(request.get("method", "GET")).upper(),
        path=unquote(parts.path),
        query=parts.query,
        headers={**headers, "host": outer.headers.get("host", "")},
        body=b"" if body is None else json.dumps(body).encode(),
    )


def _show(request: Mapping[str, Any], reply: Reply) -> dict[str, Any]:
    return {
        "body": json.loads(reply.body) if reply.body else None,
        "httpHeaders": dict(reply.headers),
        "httpStatusCode": reply.status,
        "referenceId": request["referenceId"],
    }


def _halted(request: Mapping[str, Any], message: str) -> dict[str, Any]:
    return {
        "body": [{"errorCode": "PROCESSING_HALTED", "message": message}],
        "httpHeaders": {},
        "httpStatusCode": 400,
        "referenceId": request["referenceId"],
    }


# -- references


def _look_up(match: re.Match[str], known: Mapping[str, dict[str, Any]]) -> str:
    found = known.get(match[1])
    if found is None or found["httpStatusCode"] >= 400:
        raise KeyError(match[1])
    value = found["body"]
    for name, index in re.findall(r"\.(\w+)|\[(\d+)\]", match[2]):
        try:
            value = value[name] if name else value[int(index)]
        except (KeyError, IndexError, TypeError):
            raise KeyError(match[0]) from None
    return str(value)


def _resolve(text: str, known: Mapping[str, dict[str, Any]]) -> str:
    return _REFERENCE.sub(lambda match: _look_up(match, known), text)


def _resolve_all(value: object, known: Mapping[str, dict[str, Any]]) -> object:
    if isinstance(value, str):
        return _resolve(value, known)
    if isinstance(value, dict):
        return {key: _resolve_all(inner, known) for key, inner in value.items()}
    if isinstance(value, list):
        return [_resolve_all(inner, known) for inner in value]
    return value
