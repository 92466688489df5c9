"""`/api/v5/bulk-actions`: delete prospects by a file of ids, and destroy those that are in the recycle bin.

The key of the action is `bulkAction` or `action`; its two words are not documented, and taken in any casing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pardotflow.emulator.exchange import Call, Reply
from pardotflow.emulator.pardot.abilities import BULK_EDIT
from pardotflow.emulator.pardot.bodies import Form, check_keys, media_type, parse_object, read_form, read_json
from pardotflow.emulator.pardot.context import Context
from pardotflow.emulator.pardot.errors import PardotError
from pardotflow.emulator.pardot.jobs.bulk_life import DELETE, DESTROY, bulk_actions, set_status
from pardotflow.emulator.pardot.jobs.import_csv import read_rows
from pardotflow.emulator.pardot.jobs.import_run import to_line
from pardotflow.emulator.pardot.query.run import run_query
from pardotflow.emulator.pardot.record_api import (
    answer_fields,
    created_reply,
    read_from,
    require_record,
    updated_reply,
)
from pardotflow.emulator.pardot.records import Values, insert_record, update_record

_KEYS = {"object", "bulkAction", "action", "status"}
_ACTIONS = {"delete": DELETE, "permanentlydelete": DESTROY, "permanentdelete": DESTROY}
_MOST_RECORDS = 100_000
_MOST_BYTES = 50_000_000


def create_bulk_action(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`POST /bulk-actions`: multipart with `input` and one `file`."""
    if media_type(call) != "multipart/form-data":
        raise PardotError(151, media_type(call))
    form = read_form(call)
    payload = parse_object(form.texts.get("input", ""))
    names = answer_fields(context, bulk_actions(context), call) or ["id"]
    values = _read_values(payload)
    body, count = _read_file(form)
    record = insert_record(context, bulk_actions(context), values | {"count": count, "fileName": _file_name(call)})
    update_record(context, bulk_actions(context), record, {"_body": body})
    if payload.get("status") == "Ready":
        set_status(context, record, "Ready")
    return created_reply(context, bulk_actions(context), record, names)


def _read_values(payload: Mapping[str, Any]) -> Values:
    action = payload.get("bulkAction", payload.get("action"))
    check_keys({**payload, "bulkAction": action}, _KEYS, needed=("object", "bulkAction"))
    if str(payload["object"]).lower() != "prospect":
        raise PardotError(154, "object")
    known = _ACTIONS.get(re.sub(r"[^a-z]", "", str(action).lower()))
    if known is None:
        raise PardotError(154, "bulkAction")
    if payload.get("status") not in (None, "Open", "Ready"):
        raise PardotError(154, "status")
    start = {"processedCount": 0, "percentComplete": 0, "errorCount": 0}
    return {"object": "Prospect", "bulkAction": known, "status": "Open", "origin": "API", **start}


def _read_file(form: Form) -> tuple[bytes, int]:
    """The file and how many ids it holds; raises 63, 130, 159, 162, 163 or 204."""
    if len(form.files) != 1:
        raise PardotError(163 if form.files else 162)
    (body,) = form.files
    if not body.strip() or len(body) > _MOST_BYTES:
        raise PardotError(204)
    rows = read_rows(body)
    header = next(rows, [])
    if [name.strip().lower() for name in header] != ["id"]:
        raise PardotError(130, ", ".join(header))
    widths = [len(row) for row in rows]
    count = len(widths)
    if not count or max(widths) > 1:
        raise PardotError(159)
    if count > _MOST_RECORDS:
        raise PardotError(63)
    return body, count


def _file_name(call: Call) -> str | None:
    found = re.search(rb'filename="([^"\r\n]*)"', call.body)
    return found[1].decode(errors="replace") if found else None


def change_bulk_action(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`PATCH /bulk-actions/<id>` with a status: Ready, Paused or Cancelled."""
    record = require_record(context, bulk_actions(context), match["id"])
    if record["createdById"] != context.user_id:
        context.require(BULK_EDIT)
    payload = read_json(call)
    check_keys(payload, {"status"})
    names = answer_fields(context, bulk_actions(context), call)
    set_status(context, record, payload.get("status"))
    return updated_reply(context, bulk_actions(context), record, names)


def query_bulk_actions(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /bulk-actions?fields=`."""
    return run_query(context, bulk_actions(context), call)


def read_bulk_action(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /bulk-actions/<id>?fields=`."""
    return read_from(context, bulk_actions(context), call, match["id"])


def read_errors(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /bulk-actions/<id>/errors`: the ids that failed, with code and message."""
    record = require_record(context, bulk_actions(context), match["id"])
    if record["status"] != "Complete":
        raise PardotError(109)
    body = to_line(["id", "errorCode", "errorMessage"]) + record["_errors"]
    return Reply(status=200, body=body.encode(), media="text/csv; charset=utf-8")
