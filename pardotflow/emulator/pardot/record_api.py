"""Create, read, update and delete of any collection.

Collections differ in their tables only, and in the rules of `rules`; this file translates HTTP.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pardotflow.emulator.clock import http_date, parse_http_date, parse_instant
from pardotflow.emulator.exchange import Call, Reply
from pardotflow.emulator.pardot.abilities import needed
from pardotflow.emulator.pardot.bodies import read_json
from pardotflow.emulator.pardot.context import Context
from pardotflow.emulator.pardot.errors import IN_RECYCLE_BIN, PardotError, json_reply
from pardotflow.emulator.pardot.query.past import lagging_source
from pardotflow.emulator.pardot.query.run import run_query
from pardotflow.emulator.pardot.query.select import required_fields, select_fields, show_record, split_fields
from pardotflow.emulator.pardot.query.spec import read_deleted
from pardotflow.emulator.pardot.query.visibility import check_owner, check_visible, may_view, owner_column
from pardotflow.emulator.pardot.records import Values, find_record
from pardotflow.emulator.pardot.rules import create, remove, update
from pardotflow.emulator.pardot.schema.objects import Collection
from pardotflow.emulator.pardot.values import read_payload


def find_collection(context: Context, path: str, verb: str) -> Collection:
    """The collection of a path segment; raises 192 for an unknown one, 60 where it lacks the verb, 46."""
    found = context.collections.get(path)
    if found is None or found.outside:
        raise PardotError(192)
    if verb not in found.verbs:
        raise PardotError(60)
    context.require(*needed(path, verb))
    return found


def query(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /objects/<collection>`."""
    return run_query(context, find_collection(context, match["collection"], "Q"), call)


def read(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /objects/<collection>/<id>`."""
    return read_from(context, find_collection(context, match["collection"], "R"), call, match["id"])


def read_from(context: Context, collection: Collection, call: Call, segment: str) -> Reply:
    """One record with `Last-Modified`; 304 where the client has it already."""
    selection = select_fields(context, collection, required_fields(call), code=51, query=False)
    deleted = read_deleted(collection, call.argument("deleted"), {"false", "true"})
    source, values = lagging_source(context.state, collection)
    extra = ['t."updatedAt"' if "updatedAt" in collection.attributes else "NULL"]
    extra.append(owner_column(collection, "t"))
    extra.append('t."isDeleted"' if collection.has_bin else "0")
    row = context.db.execute(
        f'SELECT {", ".join((*selection.columns, *extra))} FROM {source} t{selection.joins} WHERE t."id" = ?',
        [*values, read_id(segment)],
    ).fetchone()
    if row is None:
        raise PardotError(109)
    check_owner(context, collection, row[-2])
    if row[-1] and deleted == "false":
        raise PardotError(109, headers=IN_RECYCLE_BIN)
    modified = parse_instant(row[-3] or "")
    headers = {"Last-Modified": http_date(modified.timestamp())} if modified else {}
    since = parse_http_date(call.headers.get("if-modified-since", ""))
    if modified and since and modified <= since:
        return Reply(status=304, headers=headers)
    return json_reply(selection.build(row), headers=headers)


def create_one(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`POST /objects/<collection>`: 201 with `Location`; the answer shows `fields`, or the id."""
    collection = find_collection(context, match["collection"], "C")
    names = answer_fields(context, collection, call) or ["id"]
    payload = read_payload(collection, read_json(call), context.state.switches, creating=True)
    return created_reply(context, collection, create(context, collection, payload), names)


def created_reply(context: Context, collection: Collection, row: Values, names: list[str]) -> Reply:
    """The answer to a create; nothing where the caller may not see what they made (facts pardot_api section 2.1)."""
    if not may_view(context, collection, row):
        return Reply(status=204)
    location = f"{context.url(collection, row['id'])}?fields={','.join(names)}"
    return json_reply(show_record(context, collection, row["id"], names), 201, {"Location": location})


def update_one(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`PATCH /objects/<collection>/<id>`: 200 with `fields`, or 204."""
    collection = find_collection(context, match["collection"], "U")
    names = answer_fields(context, collection, call)
    row = require_record(context, collection, match["id"])
    if collection.has_bin and row["isDeleted"]:
        raise PardotError(219, headers=IN_RECYCLE_BIN)
    payload = read_payload(collection, read_json(call), context.state.switches, creating=False)
    update(context, collection, row, payload)
    return updated_reply(context, collection, row, names)


def updated_reply(context: Context, collection: Collection, row: Values, names: list[str]) -> Reply:
    """The answer to a change: the wanted fields, or nothing where none are wanted."""
    if not names or not may_view(context, collection, row):
        return Reply(status=204)
    return json_reply(show_record(context, collection, row["id"], names))


def delete_one(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`DELETE /objects/<collection>/<id>`."""
    collection = find_collection(context, match["collection"], "D")
    row = require_record(context, collection, match["id"])
    if collection.has_bin and row["isDeleted"]:
        raise PardotError(109, headers=IN_RECYCLE_BIN)
    remove(context, collection, row)
    return Reply(status=204)


def read_id(segment: str, code: int = 16) -> int:
    """The number of an id segment or cell; raises `code`."""
    if not re.fullmatch(r"[0-9]{1,18}", segment):
        raise PardotError(code)
    return int(segment)


def require_record(context: Context, collection: Collection, segment: str) -> Values:
    """The stored record of an id segment, deleted or not; raises 109."""
    row = find_record(context.db, collection, read_id(segment))
    if row is None:
        raise PardotError(109)
    check_visible(context, collection, row)
    return row


def answer_fields(context: Context, collection: Collection, call: Call) -> list[str]:
    """The fields that the answer will show, checked before anything is written."""
    names = split_fields(call.argument("fields") or "")
    select_fields(context, collection, names, code=180, query=False)
    return names
