"""Collections: up to 200 records in one call, each with its own result.

The answer is 200 even where every record failed; results stand in the order of the request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any

from pardotflow.emulator.datafile import savepoint
from pardotflow.emulator.exchange import Call, Reply
from pardotflow.emulator.ids import to_18
from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.errors import Problem, SalesforceError, json_reply, refuse
from pardotflow.emulator.salesforce.records.catalog import ObjectInfo
from pardotflow.emulator.salesforce.records.record_ids import id_of, no_key, some_id
from pardotflow.emulator.salesforce.records.row_store import find_row
from pardotflow.emulator.salesforce.records.save import (
    create_record,
    delete_record,
    update_record,
    upsert_record,
)
from pardotflow.emulator.salesforce.records.sharing import is_shared
from pardotflow.emulator.salesforce.rest.row_api import choose_fields, choose_named, read_object, show_record

_MOST = 200
_MOST_CHUNKS = 10
_ROLLED_BACK = Problem(
    code="ALL_OR_NONE_OPERATION_ROLLED_BACK",
    message="Record rolled back because not all records were valid and the request was using AllOrNone header",
)
Result = dict[str, Any]
SaveOne = Callable[[object], Result]


class _Undo(Exception):
    """Leaves the savepoint of an all-or-none call; the results are kept."""


def create_many(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`POST /composite/sobjects`."""
    body = read_object(call)

    def save(record: object) -> Result:
        info, payload = _split(context, record)
        return _success(create_record(context, info, payload).record_id)

    return _run(context, body, _mixed_records(body), save)


def update_many(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`PATCH /composite/sobjects`; each record carries `id` or `Id`."""
    body = read_object(call)

    def save(record: object) -> Result:
        info, payload = _split(context, record)
        given = next((payload.pop(name) for name in list(payload) if name.lower() == "id"), None)
        if given in (None, ""):
            raise refuse(400, "MISSING_ARGUMENT", "Id not specified in an update call", ())
        return _success(update_record(context, info, id_of(info, given), payload).record_id)

    return _run(context, body, _mixed_records(body), save)


def upsert_many(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`PATCH /composite/sobjects/X/ExtField`; each record carries the key's value."""
    info = context.require(match["object"])
    key = info.find(match["key"])
    if key is None or not (key.external_id or key.id_lookup):
        raise no_key(match["key"])
    body = read_object(call)

    def save(record: object) -> Result:
        kind, payload = _split(context, record)
        if kind.name != info.name:
            raise refuse(400, "INVALID_TYPE", f"all records must be of type {info.name}", ())
        value = next((payload.pop(name) for name in list(payload) if name.lower() == key.name.lower()), None)
        saved = upsert_record(context, info, key, value, payload)
        return _success(saved.record_id) | {"created": saved.created}

    return _run(context, body, _records(body), save)


def delete_many(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`DELETE /composite/sobjects?ids=a,b[&allOrNone=true]`."""
    ids = [part.strip() for part in (call.argument("ids") or "").split(",") if part.strip()]
    every = (call.argument("allOrNone") or "").lower() == "true"

    def save(record_id: object) -> Result:
        known = some_id(record_id)
        info = context.catalog.of_id(known)
        if info is None:
            raise refuse(400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", ())
        delete_record(context, info, known)
        return _success(known)

    return _run(context, {"allOrNone": every}, _checked(ids), save)


def read_many(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /composite/sobjects/X?ids=&fields=`, or `POST` with both in the body; null for what is not there."""
    info = context.require(match["object"])
    if call.method == "POST":
        body = read_object(call)
        ids, fields = _texts(body, "ids"), choose_named(info, _texts(body, "fields"))
    else:
        ids = [part.strip() for part in (call.argument("ids") or "").split(",") if part.strip()]
        fields = choose_fields(info, call.argument("fields") or "")
    if not ids:
        raise refuse(400, "REQUIRED_FIELD_MISSING", "At least 1 record is required")
    if len(ids) > 2000:
        raise refuse(
            400, "EXCEEDED_ID_LIMIT", "record limit reached. cannot submit more than 2000 records in this operation"
        )
    shown = []
    for given in ids:
        row = find_row(context.db, info, to_18(given) or "")
        there = row is not None and not row["IsDeleted"] and is_shared(context, info, row["Id"])
        shown.append(show_record(context, info, row, fields) if row is not None and there else None)
    return json_reply(shown)


# -- parts


def _records(body: Mapping[str, Any]) -> list[Any]:
    records = body.get("records")
    return _checked(records if isinstance(records, list) else [])


def _mixed_records(body: Mapping[str, Any]) -> list[Any]:
    """Records of several objects: each change of the object begins a chunk. The code is assumed."""
    records = _records(body)
    if sum(1 for _ in groupby(records, key=lambda record: (_kind_of(record) or "").lower())) > _MOST_CHUNKS:
        message = f"Cannot have more than {_MOST_CHUNKS} chunks in a single operation."
        raise refuse(400, "LIMIT_EXCEEDED", message + " Please rearrange the data to reduce chunking.")
    return records


def _texts(body: Mapping[str, Any], name: str) -> list[str]:
    texts = body.get(name) or []
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise refuse(400, "JSON_PARSER_ERROR", f"{name} must be a list of strings")
    return texts


def _checked(records: list[Any]) -> list[Any]:
    if not records:
        raise refuse(400, "REQUIRED_FIELD_MISSING", "At least 1 record is required")
    if len(records) > _MOST:
        message = f"record limit reached. cannot submit more than {_MOST} records in this operation"
        raise refuse(400, "EXCEEDED_ID_LIMIT", message)
    return records


def _split(context: Context, record: object) -> tuple[ObjectInfo, dict[str, Any]]:
    """The object that `attributes.type` names, and the fields."""
    kind = _kind_of(record)
    if kind is None:
        raise refuse(400, "INVALID_TYPE", "attributes.type is required for each record", ())
    info = context.catalog.find(kind)
    if info is None:
        raise refuse(400, "INVALID_TYPE", f"sObject type '{kind}' is not supported.", ())
    fields = record if isinstance(record, dict) else {}
    return info, {str(name): value for name, value in fields.items() if name != "attributes"}


def _kind_of(record: object) -> str | None:
    attributes = record.get("attributes") if isinstance(record, dict) else None
    kind = attributes.get("type") if isinstance(attributes, dict) else None
    return kind if isinstance(kind, str) else None


def _success(record_id: str) -> Result:
    return {"id": record_id, "success": True, "errors": []}


def _failure(context: Context, *problems: Problem) -> Result:
    shown = context.state.switches.duplicate_result_in_collections
    return {"success": False, "errors": [problem.to_row(with_detail=shown) for problem in problems]}


def _run(context: Context, body: Mapping[str, Any], records: list[Any], save: SaveOne) -> Reply:
    every = body.get("allOrNone") is True
    results: list[Result] = []
    try:
        with savepoint(context.db):
            results.extend(_save_one(context, record, save) for record in records)
            if every and not all(result["success"] for result in results):
                raise _Undo
    except _Undo:
        results = [result if not result["success"] else _failure(context, _ROLLED_BACK) for result in results]
    return json_reply(results)


def _save_one(context: Context, record: object, save: SaveOne) -> Result:
    try:
        with savepoint(context.db):
            context.take_row(record.get("id", record.get("Id")) if isinstance(record, dict) else record)
            return save(record)
    except SalesforceError as error:
        return _failure(context, *error.problems)
