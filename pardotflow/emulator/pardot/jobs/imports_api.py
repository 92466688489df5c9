"""`/api/v5/imports`: create, add batches, submit, poll, errors, cancel.

An import can be changed only while it is Open; whatever it does to prospects happens in `import_run`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pardotflow.emulator.clock import from_epoch, pardot_stamp
from pardotflow.emulator.exchange import Call, Reply
from pardotflow.emulator.pardot.abilities import ASSIGN, IMPORT, needed
from pardotflow.emulator.pardot.assignment import OWNER_FIELDS
from pardotflow.emulator.pardot.bodies import Form, check_keys, media_type, parse_object, read_form, read_json
from pardotflow.emulator.pardot.context import Context
from pardotflow.emulator.pardot.errors import PardotError
from pardotflow.emulator.pardot.jobs.import_csv import LIST_COLUMNS, check_batch, parse_options
from pardotflow.emulator.pardot.jobs.import_life import cancel, expire, imports, submit
from pardotflow.emulator.pardot.jobs.import_run import to_line
from pardotflow.emulator.pardot.prospects import prospects
from pardotflow.emulator.pardot.query.run import run_query
from pardotflow.emulator.pardot.record_api import answer_fields, created_reply, read_from, require_record, updated_reply
from pardotflow.emulator.pardot.records import Values, insert_record, update_record

_KEYS = {"operation", "object", "status", "createOnNoMatch", "restoreDeleted", "fields", "columns"}
_MOST_BATCHES = 10


def create_import(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`POST /imports`: JSON, or multipart with `input` and at most one `file`."""
    context.require(IMPORT)
    form = _read_body(call)
    payload = parse_object(form.texts.get("input", form.texts.get("importInput", "")))
    names = answer_fields(context, imports(context), call) or ["id"]
    values = _read_values(context, payload)
    if len(form.files) > 1:
        raise PardotError(163)
    record = insert_record(context, imports(context), values)
    ref = {"batchesRef": f"/api/v5/imports/{record['id']}/batches"}
    update_record(context, imports(context), record, ref)
    for content in form.files:
        _add_batch(context, record, content)
    if payload.get("status") == "Ready":
        submit(context, record)
    return created_reply(context, imports(context), record, names)


def _read_body(call: Call) -> Form:
    if media_type(call) == "multipart/form-data":
        return read_form(call)
    return Form(texts={"input": json.dumps(read_json(call))})


def _read_values(context: Context, payload: Mapping[str, Any]) -> Values:
    check_keys(payload, _KEYS, needed=("operation", "object"))
    if str(payload["operation"]).lower() != "upsert":
        raise PardotError(154, "operation")
    if str(payload["object"]).lower() != "prospect":
        raise PardotError(154, "object")
    if payload.get("status") not in (None, "Open", "Ready"):
        raise PardotError(154, "status")
    options = payload.get("fields", payload.get("columns"))
    parse_options(options)
    switches = context.state.switches
    return {
        "operation": "Upsert",
        "object": "Prospect",
        "status": "Open",
        "createOnNoMatch": _flag(payload, "createOnNoMatch", switches.import_create_on_no_match_default),
        "restoreDeleted": _flag(payload, "restoreDeleted", switches.restore_deleted_default),
        "fields": None if options is None else json.dumps(options),
    }


def _flag(payload: Mapping[str, Any], name: str, default: bool) -> int:
    value = payload.get(name)
    if value is None:
        return int(default)
    if not isinstance(value, bool):
        raise PardotError(50, name)
    return int(value)


def add_batch(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`POST /imports/<id>/batches`: multipart with `file`, or the bare CSV."""
    context.require(IMPORT)
    expire(context)
    record = require_record(context, imports(context), match["id"])
    kind = media_type(call)
    files = read_form(call).files if kind == "multipart/form-data" else (call.body,) if call.body else ()
    if not files:
        raise PardotError(162)
    if len(files) > 1:
        raise PardotError(163)
    _add_batch(context, record, files[0])
    return Reply(status=204)


def _add_batch(context: Context, record: Values, content: bytes) -> None:
    if record["status"] != "Open" or record["isExpired"]:
        raise PardotError(161)
    if not content.strip() or len(content) > context.state.switches.import_batch_bytes:
        raise PardotError(204)
    (count,) = context.db.execute("SELECT count(*) FROM import_batch WHERE import_id = ?", (record["id"],)).fetchone()
    if count >= _MOST_BATCHES:
        raise PardotError(160)
    if _batches_today(context) >= context.state.switches.import_batches_a_day:
        raise PardotError(164)
    names = check_batch(prospects(context), content, json.loads(record["fields"] or "null"))
    _check_abilities(context, names)
    header = json.dumps(names)
    if count and header != record["_header"]:
        raise PardotError(159, "the batches of an import have one header")
    context.db.execute("INSERT INTO import_batch VALUES (?, ?, ?)", (record["id"], count + 1, content))
    update_record(context, imports(context), record, {"_header": header})


def _check_abilities(context: Context, header: Sequence[str]) -> None:
    """Raises 46 where the caller may not write owner or list columns."""
    if set(header) & set(OWNER_FIELDS):
        context.require(ASSIGN)
    if set(header) & set(LIST_COLUMNS):
        context.require(*needed("lists", "R"))


def _batches_today(context: Context) -> int:
    since = pardot_stamp(from_epoch(context.state.now - 86_400))
    (count,) = context.db.execute(
        f'SELECT count(*) FROM import_batch b JOIN {imports(context).table} i ON i."id" = b.import_id'
        ' WHERE i."createdAt" > ?',
        (since,),
    ).fetchone()
    return int(count)


def change_import(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`PATCH /imports/<id>` with `{"status": "Ready"}`."""
    context.require(IMPORT)
    expire(context)
    record = require_record(context, imports(context), match["id"])
    payload = read_json(call)
    check_keys(payload, {"status"})
    names = answer_fields(context, imports(context), call)
    if record["status"] != "Open" or record["isExpired"]:
        raise PardotError(155)
    if payload.get("status") != "Ready":
        raise PardotError(154, "status")
    submit(context, record)
    return updated_reply(context, imports(context), record, names)


def cancel_import(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`POST /imports/<id>/do/cancel`."""
    context.require(IMPORT)
    expire(context)
    record = require_record(context, imports(context), match["id"])
    names = answer_fields(context, imports(context), call)
    cancel(context, record)
    return updated_reply(context, imports(context), record, names)


def read_import(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /imports/<id>?fields=`."""
    expire(context)
    return read_from(context, imports(context), call, match["id"])


def query_imports(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /imports?fields=`."""
    expire(context)
    return run_query(context, imports(context), call)


def read_errors(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /imports/<id>/errors`: the failed rows as CSV, with code and message."""
    expire(context)
    record = require_record(context, imports(context), match["id"])
    if record["status"] != "Complete" or record["isExpired"]:
        raise PardotError(109)
    lines = context.db.execute("SELECT line FROM import_error WHERE import_id = ? ORDER BY n", (record["id"],))
    header = to_line([*json.loads(record["_header"]), "errorCode", "errorMessage"])
    body = (header + "".join(line for (line,) in lines)).encode()
    return Reply(status=200, body=body, media="text/csv; charset=utf-8")
