"""Record actions of prospects: upsertLatestByEmail and undelete.

Both choose among prospects of one address by the latest activity.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pardotflow.emulator.exchange import Call, Reply
from pardotflow.emulator.pardot.abilities import needed
from pardotflow.emulator.pardot.bodies import parse_object, read_json
from pardotflow.emulator.pardot.context import Context
from pardotflow.emulator.pardot.errors import PardotError, json_reply
from pardotflow.emulator.pardot.prospects import (
    create_prospect,
    find_by_email,
    prospects,
    undelete_prospect,
    update_prospect,
)
from pardotflow.emulator.pardot.query.select import select_fields, show_record, split_fields
from pardotflow.emulator.pardot.query.visibility import check_visible, may_view
from pardotflow.emulator.pardot.record_api import require_record
from pardotflow.emulator.pardot.records import Values
from pardotflow.emulator.pardot.values import read_payload

_UPSERT_KEYS = {"prospect", "matchEmail", "fields", "secondaryDeletedSearch"}


def upsert_latest(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`POST /objects/prospects/do/upsertLatestByEmail`."""
    context.require(*needed("prospects", "C"))
    body = read_json(call)
    _refuse_unknown(body, _UPSERT_KEYS)
    given = body.get("prospect")
    if not isinstance(given, dict):
        raise PardotError(207, "prospect")
    email = body.get("matchEmail") or given.get("email")
    if not isinstance(email, str) or not email.strip():
        raise PardotError(4)
    search_deleted = body.get("secondaryDeletedSearch", False)
    if not isinstance(search_deleted, bool):
        raise PardotError(206, "secondaryDeletedSearch")
    names = _fields(context, call, body)
    row, created = _upsert(context, email.strip(), given, search_deleted=search_deleted)
    status = {"201_when_created": 201 if created else 200, "204": 204}.get(context.state.switches.upsert_status, 200)
    if status == 204 or not may_view(context, prospects(context), row):
        return Reply(status=204)
    return json_reply(show_record(context, prospects(context), row["id"], names), status)


def _upsert(context: Context, email: str, given: Mapping[str, Any], *, search_deleted: bool) -> tuple[Values, bool]:
    switches = context.state.switches
    found = find_by_email(context, email)
    if not found and (search_deleted or not switches.ampsea):
        found = find_by_email(context, email, deleted=True)
    if found:
        changes = read_payload(prospects(context), given, switches, creating=False)
        check_visible(context, prospects(context), found[0])
        if found[0]["isDeleted"]:
            undelete_prospect(context, found[0])
        update_prospect(context, found[0], changes)
        return found[0], False
    changes = read_payload(prospects(context), {"email": email, **given}, switches, creating=True)
    return create_prospect(context, changes), True


def undelete_by_email(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`POST /objects/prospects/do/undelete` with `matchEmail`."""
    context.require(*needed("prospects", "D"))
    body = read_json(call)
    _refuse_unknown(body, {"matchEmail", "email", "fields"})
    email = body.get("matchEmail") or body.get("email")
    if not isinstance(email, str):
        raise PardotError(207, "matchEmail")
    names = _fields(context, call, body)
    found = find_by_email(context, email.strip(), deleted=True)
    if not found:
        raise PardotError(109)
    check_visible(context, prospects(context), found[0])
    undelete_prospect(context, found[0])
    return json_reply(show_record(context, prospects(context), found[0]["id"], names))


def undelete_by_id(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`POST /objects/prospects/<id>/do/undelete`; a body is optional."""
    context.require(*needed("prospects", "D"))
    body = parse_object(call.body) if call.body.strip() else {}
    _refuse_unknown(body, {"fields"})
    names = _fields(context, call, body)
    row = require_record(context, prospects(context), match["id"])
    if row["isDeleted"]:
        undelete_prospect(context, row)
    return json_reply(show_record(context, prospects(context), row["id"], names))


def _refuse_unknown(body: Mapping[str, Any], known: set[str]) -> None:
    unknown = set(body) - known
    if unknown:
        raise PardotError(208, ", ".join(sorted(unknown)))


def _fields(context: Context, call: Call, body: Mapping[str, Any]) -> list[str]:
    """The wanted fields, from the body (a list, or text with commas) or the query; the id without either."""
    given = body.get("fields") or call.argument("fields") or ["id"]
    if not isinstance(given, (str, list)):
        raise PardotError(206, "fields")
    names = (split_fields(given) if isinstance(given, str) else [str(name) for name in given]) or ["id"]
    select_fields(context, prospects(context), names, code=180, query=False)
    return names
