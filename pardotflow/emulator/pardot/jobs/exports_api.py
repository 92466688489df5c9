"""`/api/v5/exports`: create, poll, download, cancel.

How result URLs look in version 5 is not documented; clients take them from `resultRefs`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pardotflow.emulator.exchange import Call, Reply
from pardotflow.emulator.pardot.abilities import needed
from pardotflow.emulator.pardot.bodies import check_keys, read_json
from pardotflow.emulator.pardot.context import Context
from pardotflow.emulator.pardot.errors import PardotError
from pardotflow.emulator.pardot.jobs.export_life import cancel_export, expire_exports, exports, schedule_export
from pardotflow.emulator.pardot.jobs.export_plan import exported_collection, plan_export
from pardotflow.emulator.pardot.query.run import run_query
from pardotflow.emulator.pardot.query.select import select_fields
from pardotflow.emulator.pardot.record_api import (
    answer_fields,
    created_reply,
    read_from,
    require_record,
    updated_reply,
)
from pardotflow.emulator.pardot.records import Values, insert_record
from pardotflow.emulator.pardot.schema.objects import Collection

_KEYS = {"object", "fields", "procedure", "includeByteOrderMark", "maxFileSizeBytes", "legacyDateFormat"}
_MOST_FIELDS = 150
_LEAST_BYTES = 10_000_000
_MOST_BYTES = 200_000_000


def create_export(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`POST /exports`: checked whole, then queued."""
    payload = read_json(call)
    names = answer_fields(context, exports(context), call) or ["id"]
    record = insert_record(context, exports(context), _read_values(context, payload))
    schedule_export(context, record)
    return created_reply(context, exports(context), record, names)


def _read_values(context: Context, payload: Mapping[str, Any]) -> Values:
    check_keys(payload, _KEYS, needed=("object", "procedure"))
    collection = exported_collection(context, payload["object"])
    context.require(*needed(collection.path, "Q"))
    fields = _read_fields(context, collection, payload.get("fields"))
    plan_export(context, collection, payload["procedure"], context.state.moment)
    return {
        "object": payload["object"],
        "fields": json.dumps(fields),
        "procedure": json.dumps(payload["procedure"]),
        "status": "Waiting",
        "includeByteOrderMark": _flag(payload, "includeByteOrderMark"),
        "legacyDateFormat": _flag(payload, "legacyDateFormat"),
        "maxFileSizeBytes": _read_size(payload.get("maxFileSizeBytes")),
    }


def _read_fields(context: Context, collection: Collection, raw: object) -> list[str]:
    """The wanted fields, or all that an export can hold; arrays raise 224."""
    if raw is None:
        return [a.name for a in collection.attributes.values() if not a.is_array][:_MOST_FIELDS]
    if not isinstance(raw, list) or not raw or not all(isinstance(name, str) for name in raw):
        raise PardotError(154, "fields")
    if len(raw) > _MOST_FIELDS:
        raise PardotError(180, f"at most {_MOST_FIELDS}")
    select_fields(context, collection, raw, code=180, query=True)
    return raw


def _flag(payload: Mapping[str, Any], name: str) -> int:
    raw = payload.get(name, False)
    if not isinstance(raw, bool):
        raise PardotError(50, name)
    return int(raw)


def _read_size(raw: object) -> int | None:
    if raw is None:
        return None
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise PardotError(56, "maxFileSizeBytes")
    if raw < _LEAST_BYTES:
        raise PardotError(231)
    if raw > _MOST_BYTES:
        raise PardotError(232)
    return raw


def query_exports(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /exports?fields=`."""
    expire_exports(context)
    return run_query(context, exports(context), call)


def read_export(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /exports/<id>?fields=`."""
    expire_exports(context)
    return read_from(context, exports(context), call, match["id"])


def read_result(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /exports/<id>/results/<n>`: one file; without a number the first."""
    expire_exports(context)
    record = require_record(context, exports(context), match["id"])
    if record["status"] != "Complete" or record["isExpired"]:
        raise PardotError(178)
    number = match.get("n") or "1"
    found = context.db.execute(
        "SELECT body FROM export_file WHERE export_id = ? AND n = ?", (record["id"], int(number))
    ).fetchone()
    if found is None:
        raise PardotError(109)
    return Reply(status=200, body=found[0], media="text/csv; charset=utf-8")


def cancel(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`POST /exports/<id>/do/cancel`."""
    record = require_record(context, exports(context), match["id"])
    names = answer_fields(context, exports(context), call)
    cancel_export(context, record)
    return updated_reply(context, exports(context), record, names)
