"""Tags of records: addTag and removeTag, by the id of the tag (facts pardot_api sections 2.8 and 3.1)."""

from __future__ import annotations

from collections.abc import Mapping

from pardotflow.emulator.exchange import Call, Reply
from pardotflow.emulator.pardot.abilities import TAG, needed
from pardotflow.emulator.pardot.bodies import is_number, read_argument
from pardotflow.emulator.pardot.context import Context
from pardotflow.emulator.pardot.errors import IN_RECYCLE_BIN, PardotError, json_reply
from pardotflow.emulator.pardot.record_api import find_collection, require_record
from pardotflow.emulator.pardot.records import Values, find_record, insert_record, remove_record, rows_of

_TYPES = {
    "campaigns": "campaign",
    "custom-fields": "custom-field",
    "custom-redirects": "custom-redirect",
    "dynamic-contents": "dynamic-content",
    "emails": "email",
    "email-templates": "email-template",
    "files": "file",
    "forms": "form",
    "form-fields": "form-field",
    "form-handlers": "form-handler",
    "landing-pages": "landing-page",
    "layout-templates": "layout-template",
    "lists": "list",
    "opportunities": "opportunity",
    "prospects": "prospect",
    "users": "user",
}


def add_tag(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`POST /objects/<collection>/<id>/do/addTag`: the tagged object; the one that is there where it has the tag."""
    kind, row, tag_id = _read(context, call, match)
    tagged = find_tagged(context, kind, row["id"], tag_id)
    if tagged is None:
        values = {"tagId": tag_id, "objectId": row["id"], "objectType": kind, "objectName": row.get("name")}
        tagged = insert_record(context, context.collections["tagged-objects"], values)
        count_tagged(context, tag_id)
    return json_reply({name: tagged[name] for name in ("id", "objectId", "objectType", "tagId")})


def remove_tag(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`POST /objects/<collection>/<id>/do/removeTag`."""
    kind, row, tag_id = _read(context, call, match)
    tagged = find_tagged(context, kind, row["id"], tag_id)
    if tagged is None:
        raise PardotError(109)
    remove_record(context, context.collections["tagged-objects"], tagged)
    count_tagged(context, tag_id)
    return Reply(status=204)


def _read(context: Context, call: Call, match: Mapping[str, str]) -> tuple[str, Values, int]:
    """The kind of object, the record and the tag's id; raises 109, 205 to 208 and 242."""
    collection = find_collection(context, match["collection"], "R")
    kind = _TYPES.get(collection.path)
    if kind is None:
        raise PardotError(205)
    context.require(TAG, *needed(collection.path, "U"))
    row = require_record(context, collection, match["id"])
    if row.get("isDeleted"):
        raise PardotError(109, headers=IN_RECYCLE_BIN)
    tag_id = read_argument(call, "tagId")
    if not isinstance(tag_id, int) or not is_number(tag_id):
        raise PardotError(206, "tagId")
    if find_record(context.db, context.collections["tags"], tag_id) is None:
        raise PardotError(242)
    return kind, row, tag_id


def find_tagged(context: Context, kind: str, object_id: int, tag_id: int) -> Values | None:
    """The record that says that an object has a tag."""
    found = context.db.execute(
        f'SELECT * FROM {context.table("tagged-objects")} WHERE "tagId" = ? AND "objectId" = ? AND "objectType" = ?',
        (tag_id, object_id, kind),
    )
    return next(iter(rows_of(found)), None)


def count_tagged(context: Context, tag_id: int) -> None:
    """Keep the tag's `objectCount` right."""
    context.db.execute(
        f'UPDATE {context.table("tags")} SET "objectCount" ='
        f' (SELECT count(*) FROM {context.table("tagged-objects")} WHERE "tagId" = ?) WHERE "id" = ?',
        (tag_id, tag_id),
    )
