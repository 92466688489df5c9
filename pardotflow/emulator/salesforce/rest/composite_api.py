"""`/composite`: up to 25 dependent subrequests in one call; and `/composite/graph`: several of them, each for itself.

Each subrequest is an ordinary call to an ordinary endpoint, in its own part of one transaction; only references and
the fate of the whole are decided here. Facts: salesforce_api.md sections 5.2 and 5.5.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pardotflow.emulator.datafile import savepoint
from pardotflow.emulator.exchange import Call, Reply
from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.errors import json_reply, not_found, refuse
from pardotflow.emulator.salesforce.rest.composite_references import resolve, resolve_all
from pardotflow.emulator.salesforce.rest.row_api import read_object
from pardotflow.emulator.salesforce.rest.subrequest import Dispatch, answer_part, make_call, read_body, read_requests

Result = dict[str, Any]

_MOST = 25
_MOST_QUERIES = 5
_MOST_NODES = 500
_MOST_GRAPHS = 75
_GRAPHS_SINCE = 50
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]*")
_COLLECTION = re.compile(r"/composite/sobjects(/|$)", re.IGNORECASE)
_HEAVY = re.compile(r"/(query|queryAll|composite/sobjects)(/|\?|$)", re.IGNORECASE)
_HALTED = "The transaction was rolled back since another operation in the same transaction failed."


class _RolledBack(Exception):
    """A subrequest failed, and all of them are undone with it."""

    def __init__(self, result: Result) -> None:
        super().__init__()
        self.result = result


def run_composite(context: Context, call: Call, dispatch: Dispatch) -> Reply:
    """`POST /composite`."""
    body = read_object(call)
    requests = read_requests(body, "compositeRequest", _MOST)
    _check_names(requests)
    if sum(_HEAVY.search(str(r.get("url", ""))) is not None for r in requests) > _MOST_QUERIES:
        raise refuse(400, "LIMIT_EXCEEDED", f"Cannot have more than {_MOST_QUERIES} query or collection subrequests.")
    results, _ = _run_all(context, call, requests, dispatch, every=body.get("allOrNone") is True)
    return json_reply({"compositeResponse": results})


def run_graphs(context: Context, call: Call, dispatch: Dispatch) -> Reply:
    """`POST /composite/graph`: each graph is saved whole or not at all; from version 50 on."""
    if float(context.version[1:]) < _GRAPHS_SINCE:
        raise not_found()
    graphs = _read_graphs(read_object(call))
    shown = []
    for name, requests in graphs.items():
        results, good = _run_all(context, call, requests, dispatch, every=True)
        response = {"compositeResponse": results}
        shown.append({"graphId": name, "graphResponse": response, "isSuccessful": good})
    return json_reply({"graphs": shown})


def _read_graphs(body: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    graphs = body.get("graphs")
    if not isinstance(graphs, list) or not graphs or not all(isinstance(g, dict) for g in graphs):
        raise refuse(400, "JSON_PARSER_ERROR", "graphs must be a list of graphs")
    if len(graphs) > _MOST_GRAPHS:
        raise refuse(400, "LIMIT_EXCEEDED", f"The number of graphs cannot exceed {_MOST_GRAPHS}.")
    read = {str(g.get("graphId", "")): read_requests(g, "compositeRequest", _MOST_NODES) for g in graphs}
    if len(read) < len(graphs) or "" in read:
        raise refuse(400, "JSON_PARSER_ERROR", "graphId is required and must be unique")
    if sum(map(len, read.values())) > _MOST_NODES:
        raise refuse(400, "LIMIT_EXCEEDED", f"The number of nodes cannot exceed {_MOST_NODES}.")
    for requests in read.values():
        _check_names(requests)
    return read


def _check_names(requests: list[dict[str, Any]]) -> None:
    names = [str(r.get("referenceId", "")) for r in requests]
    if len(set(names)) < len(names) or not all(_NAME.fullmatch(name) for name in names):
        raise refuse(400, "JSON_PARSER_ERROR", "referenceId must be unique and made of letters, digits and underscores")


def _run_all(
    context: Context, outer: Call, requests: list[dict[str, Any]], dispatch: Dispatch, *, every: bool
) -> tuple[list[Result], bool]:
    """The results in order, and whether none failed; with `every` one that fails undoes all."""
    results: list[Result] = []
    try:
        with savepoint(context.db):
            for request in requests:
                result = _run_one(context, outer, request, results, dispatch, every=every)
                results.append(result)
                if every and _has_failed(request, result):
                    raise _RolledBack(result)
    except _RolledBack as rolled:
        own = rolled.result["referenceId"]
        return [rolled.result if r["referenceId"] == own else _halted(r, _HALTED) for r in requests], False
    return results, not any(_is_refusal(result["httpStatusCode"]) for result in results)


def _run_one(
    context: Context,
    outer: Call,
    request: dict[str, Any],
    done: list[Result],
    dispatch: Dispatch,
    *,
    every: bool,
) -> Result:
    known = {result["referenceId"]: result for result in done}
    try:
        url = resolve(str(request.get("url", "")), known)
        body = resolve_all(request.get("body"), known)
    except KeyError as missing:
        return _halted(request, f"Invalid reference specified. No value for {missing.args[0]} found.")
    if every and _COLLECTION.search(url.partition("?")[0]):
        url += f"{'&' if '?' in url else '?'}allOrNone=true"
        body = {**body, "allOrNone": True} if isinstance(body, dict) else body
    reply = answer_part(context, make_call(outer, request, url, body), dispatch)
    return {
        "body": read_body(reply),
        "httpHeaders": dict(reply.headers),
        "httpStatusCode": reply.status,
        "referenceId": request["referenceId"],
    }


def _has_failed(request: Mapping[str, Any], result: Result) -> bool:
    """A collection fails with any of its records, though its status is 200."""
    if _is_refusal(result["httpStatusCode"]):
        return True
    rows = result["body"]
    if not isinstance(rows, list) or not _COLLECTION.search(str(request.get("url", "")).partition("?")[0]):
        return False
    return any(isinstance(row, dict) and row.get("success") is False for row in rows)


def _is_refusal(status: int) -> bool:
    """300 tells of several records, none of which was read or saved; that it counts as a failure is assumed."""
    return status == 300 or status >= 400


def _halted(request: Mapping[str, Any], message: str) -> Result:
    return {
        "body": [{"errorCode": "PROCESSING_HALTED", "message": message}],
        "httpHeaders": {},
        "httpStatusCode": 400,
        "referenceId": request["referenceId"],
    }
