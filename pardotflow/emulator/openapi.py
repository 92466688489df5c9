"""The OpenAPI description of the emulator, made from the routes in code.

A path stands here as soon as it has a route or is an endpoint of OAuth. What a route cannot tell, the parameters that
an endpoint reads and the shape of its body, stands in two small tables by the name of the endpoint.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from pardotflow.emulator.exchange import Endpoint, Route
from pardotflow.emulator.pardot.service import ROUTES as PARDOT_ROUTES
from pardotflow.emulator.salesforce.oauth.service import ENDPOINTS
from pardotflow.emulator.salesforce.service import ROUTES as SALESFORCE_ROUTES
from pardotflow.emulator.salesforce.soap.api import SOAP_APIS

DATA = "/services/data/v60.0"
PARDOT = "/api/v5"
_INNER = r"((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)"
_NAMED = re.compile(r"\(\?P<(\w+)>" + _INNER + r"\)")
_OPTIONAL = re.compile(r"\(" + _INNER + r"\)\?")
_TEXT = {"type": "string"}
_RECORD = {
    "type": "object",
    "properties": {"attributes": {"type": "object", "properties": {"type": _TEXT}}, "id": _TEXT},
}
_RECORDS = {"type": "array", "items": _RECORD}
_PART = {"method": _TEXT, "url": _TEXT, "referenceId": _TEXT, "httpHeaders": {"type": "object"}, "body": {}}
_IDS = {"type": "array", "items": _TEXT}
_MANY = {"allOrNone": {"type": "boolean"}, "records": _RECORDS}
_RECORD_QUERY = ("fields", "limit", "orderBy", "deleted", "offset", "nextPageToken", "id", "email", "updatedAtAfter")

_PARAMETERS: Mapping[str, Sequence[str]] = {
    "start_query": ("q",),
    "read_row": ("fields",),
    "read_row_by_key": ("fields",),
    "upsert_row": ("updateOnly",),
    "list_updated": ("start", "end"),
    "list_deleted": ("start", "end"),
    "count_records": ("sObjects",),
    "read_many": ("ids", "fields"),
    "delete_many": ("ids", "allOrNone"),
    "query": _RECORD_QUERY,
    "query_imports": _RECORD_QUERY,
    "query_exports": _RECORD_QUERY,
    "query_bulk_actions": _RECORD_QUERY,
    "query_activities": _RECORD_QUERY,
    "read": ("fields", "deleted"),
    "create_one": ("fields",),
    "update_one": ("fields",),
    "read_account": ("fields",),
    "read_import": ("fields",),
    "read_export": ("fields",),
    "read_bulk_action": ("fields",),
    "read_activity": ("fields",),
    "requests": ("since", "limit", "system", "method", "path", "status", "writes"),
    "show_switches": ("table",),
}
_BODIES: Mapping[str, Mapping[str, Any]] = {
    "create_many": _MANY,
    "update_many": _MANY,
    "upsert_many": _MANY,
    "read_many": {"ids": _IDS, "fields": _IDS},
    "run_composite": {
        "allOrNone": {"type": "boolean"},
        "compositeRequest": {"type": "array", "items": {"type": "object", "properties": _PART}},
    },
    "upsert_latest": {"matchEmail": _TEXT, "prospect": {"type": "object"}, "fields": _IDS},
    "undelete_by_email": {"matchEmail": _TEXT, "fields": _IDS},
    "create_export": {"object": _TEXT, "fields": _IDS, "procedure": {"type": "object"}},
    "create_activity": {"extension": _TEXT, "type": _TEXT, "value": _TEXT, "email": _TEXT},
    "order_fault": {"trouble": _TEXT, "status": {"type": "integer"}},
    "put_record": {"address": _TEXT, "fields": {"type": "object"}},
}
_UPLOADS = {"create_import", "add_batch", "create_bulk_action"}
_TOKEN = (
    "grant_type",
    "client_id",
    "client_secret",
    "refresh_token",
    "username",
    "password",
    "assertion",
    "token",
    "code",
    "redirect_uri",
    "response_type",
    "scope",
    "decision",
)
_IDENTITY = [{"name": name, "in": "path", "required": True, "schema": _TEXT} for name in ("organization", "user")]


def build_description(admin: Sequence[Route[Any]] = ()) -> dict[str, Any]:
    """The description as a document of OpenAPI 3.1; `admin` are the routes of `/__admin`."""
    paths: dict[str, Any] = {
        "/": {"get": _operation("The page for a browser.")},
        "/services/data": {"get": _operation("The versions.")},
        "/id/{organization}/{user}": {"get": _operation("Who the caller is.") | {"parameters": list(_IDENTITY)}},
        **{f"/services/Soap/{api}/60.0": {"post": _envelope(name)} for api, name in SOAP_APIS.items()},
        **{path: _sign_in(methods, endpoint) for path, (methods, endpoint) in ENDPOINTS.items()},
    }
    for prefix, routes in ((DATA, SALESFORCE_ROUTES), (PARDOT, PARDOT_ROUTES), ("", admin)):
        for route in routes:
            template, groups = read_pattern(route.pattern.pattern)
            item = paths.setdefault(prefix + template or "/", {})
            for method, endpoint in route.endpoints.items():
                item.setdefault(method.lower(), _describe(endpoint, method, groups))
    info = {"title": "The emulator of Salesforce and Pardot", "version": "1"}
    schemes = {"bearer": {"type": "http", "scheme": "bearer"}}
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": {"securitySchemes": schemes}}


def read_pattern(pattern: str) -> tuple[str, dict[str, str]]:
    """The path template of a route's regular expression, and the expression of each of its parts."""
    groups = {match[1]: match[2] for match in _NAMED.finditer(pattern)}
    template = _OPTIONAL.sub("", _NAMED.sub(r"{\1}", pattern)).replace("/?", "").replace("\\", "")
    return template, {name: inner for name, inner in groups.items() if f"{{{name}}}" in template}


def _describe(endpoint: Endpoint[Any], method: str, groups: Mapping[str, str]) -> dict[str, Any]:
    name = getattr(endpoint, "__name__", "").lstrip("_")
    name = "run_composite" if name == "composite" else name
    summary = (endpoint.__doc__ or name).partition("\n")[0]
    made = _operation(summary)
    made["parameters"] = [*_path_parameters(groups), *_query_parameters(_PARAMETERS.get(name, ()))]
    if method in {"POST", "PATCH", "PUT"}:
        made["requestBody"] = {"content": _content(name)}
    return made


def _operation(summary: str) -> dict[str, Any]:
    return {"summary": summary, "responses": {"default": {"description": "As the service answers."}}}


def _form(summary: str) -> dict[str, Any]:
    schema = {"type": "object", "properties": dict.fromkeys(_TOKEN, _TEXT)}
    content = {"application/x-www-form-urlencoded": {"schema": schema}}
    return {**_operation(summary), "requestBody": {"content": content}}


def _sign_in(methods: Iterable[str], endpoint: Callable[..., Any]) -> dict[str, Any]:
    summary = (endpoint.__doc__ or "").partition("\n")[0]
    described = {"POST": _form(summary), "GET": _operation(summary) | {"parameters": list(_query_parameters(_TOKEN))}}
    return {method.lower(): described[method] for method in sorted(methods)}


def _envelope(api: str) -> dict[str, Any]:
    return {**_operation(f"SOAP, {api}."), "requestBody": {"content": {"text/xml": {"schema": _TEXT}}}}


def _path_parameters(groups: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for name, inner in groups.items():
        words = inner.split("|")
        plain = all(word.isalnum() for word in words)
        schema = {**_TEXT, "enum": words} if plain else {**_TEXT, "pattern": f"^(?:{inner})$"}
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _query_parameters(names: Sequence[str]) -> Iterator[dict[str, Any]]:
    for name in names:
        yield {"name": name, "in": "query", "schema": _TEXT}


def _content(name: str) -> dict[str, Any]:
    if name in _UPLOADS:
        parts = {"input": _TEXT, "file": {"type": "string", "format": "binary"}}
        return {"multipart/form-data": {"schema": {"type": "object", "properties": parts}}}
    return {"application/json": {"schema": {"type": "object", "properties": dict(_BODIES.get(name, {}))}}}
