"""What the body that creates a Bulk 2.0 job may say, and the errors of one that says something else.

Facts: salesforce_api.md sections 6.1 to 6.3. Codes are in the run-together form; most of them are unconfirmed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pardotflow.emulator.exchange import Call
from pardotflow.emulator.salesforce.bulk.job import DELIMITERS, LINE_ENDINGS
from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.errors import SalesforceError, refuse
from pardotflow.emulator.salesforce.records.catalog import ObjectInfo

_INGEST_OPERATIONS = ("insert", "update", "upsert", "delete", "hardDelete")
_QUERY_OPERATIONS = ("query", "queryAll")
_SHARED = ("operation", "contentType", "columnDelimiter", "lineEnding")
_INGEST_KEYS = (*_SHARED, "object", "externalIdFieldName", "assignmentRuleId", "concurrencyMode")
_QUERY_KEYS = (*_SHARED, "query")
_LONGEST_PART = 100_000


def invalid_job(message: str) -> SalesforceError:
    """The error for a job that cannot be made."""
    return refuse(400, "INVALIDJOB", message)


def read_ingest_options(context: Context, body: Mapping[str, Any]) -> dict[str, str]:
    """The fields of an ingest job; raises `SalesforceError`."""
    options = _read_options(body, _INGEST_KEYS, _INGEST_OPERATIONS)
    info = _read_object(context, body)
    key = body.get("externalIdFieldName")
    if options["operation"] == "upsert":
        options["external_id"] = _read_key(info, key)
    elif key is not None:
        raise invalid_job("externalIdFieldName is only allowed for upsert")
    return options | {"object": info.name}


def read_query_options(body: Mapping[str, Any]) -> dict[str, str]:
    """The fields of a query job; raises `SalesforceError`."""
    options = _read_options(body, _QUERY_KEYS, _QUERY_OPERATIONS)
    statement = body.get("query")
    if not isinstance(statement, str) or not statement.strip():
        raise invalid_job("query is required")
    return options | {"statement": statement}


def _read_options(body: Mapping[str, Any], keys: Iterable[str], operations: tuple[str, ...]) -> dict[str, str]:
    unknown = [name for name in body if name not in keys]
    if unknown:
        raise refuse(400, "JSON_PARSER_ERROR", f'Unrecognized field "{unknown[0]}" at [line:1, column:1]')
    operation = body.get("operation")
    if operation not in operations:
        raise refuse(400, "INVALIDOPERATION", f"operation must be one of {', '.join(operations)}")
    if body.get("contentType", "CSV") != "CSV":
        raise refuse(400, "UNSUPPORTEDCONTENTTYPE", "contentType must be CSV")
    delimiter = _read_choice(body, "columnDelimiter", "COMMA", DELIMITERS)
    ending = _read_choice(body, "lineEnding", "LF", LINE_ENDINGS)
    return {"operation": str(operation), "delimiter": delimiter, "line_ending": ending}


def _read_choice(body: Mapping[str, Any], key: str, default: str, choices: Iterable[str]) -> str:
    """One of some words; null is the default."""
    value = default if body.get(key) is None else body[key]
    if not isinstance(value, str) or value not in choices:
        raise invalid_job(f"{key} must be one of {', '.join(choices)}")
    return value


def _read_object(context: Context, body: Mapping[str, Any]) -> ObjectInfo:
    name = body.get("object")
    if not isinstance(name, str) or not name:
        raise invalid_job("object is required")
    info = context.catalog.find(name)
    if info is None:
        raise refuse(400, "INVALIDENTITY", f"Unable to find object: {name}")
    return info


def _read_key(info: ObjectInfo, name: object) -> str:
    if not isinstance(name, str) or not name:
        raise invalid_job("externalIdFieldName is required for upsert")
    key = info.find(name)
    if key is None or not (key.external_id or key.id_lookup):
        raise invalid_job(f"Field name provided, {name} does not match an External ID for {info.name}")
    return key.name


def read_parts(call: Call) -> tuple[dict[str, Any], bytes]:
    """The `job` and the `content` of a multipart body; raises `SalesforceError`."""
    found = re.search(r'boundary="?([^";]+)"?', call.headers.get("content-type", ""))
    mark = b"" if found is None else b"\r\n--" + found[1].encode()
    parts: dict[bytes, bytes] = {}
    for part in (b"\r\n" + call.body).split(mark)[1:] if mark else ():
        head, _, content = part.partition(b"\r\n\r\n")
        name = re.search(rb'\bname="?([^";\r\n]+)"?', head)
        if name is not None:
            parts[name[1]] = content
    if not {b"job", b"content"} <= set(parts):
        raise invalid_job("a multipart request needs the parts job and content")
    if len(parts[b"content"]) > 4 * _LONGEST_PART or len(parts[b"content"].decode(errors="replace")) > _LONGEST_PART:
        raise invalid_job(f"the content of a multipart request is limited to {_LONGEST_PART} characters")
    try:
        body = json.loads(parts[b"job"])
    except (ValueError, RecursionError) as cause:
        raise refuse(400, "JSON_PARSER_ERROR", f"Unexpected content at [line:1, column:1]: {cause}") from None
    if not isinstance(body, dict):
        raise refuse(400, "JSON_PARSER_ERROR", "the part job must be a JSON object")
    return body, parts[b"content"]
