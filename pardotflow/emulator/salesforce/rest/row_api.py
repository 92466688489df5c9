"""Single records: `/sobjects/X`, `/sobjects/X/id` and `/sobjects/X/ExtField/value`.

A record that is written here is validated by `save`; these functions only translate HTTP.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pardotflow.emulator.exchange import Call, Reply, to_json
from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.errors import JSON_MEDIA, json_reply, not_found, refuse
from pardotflow.emulator.salesforce.query.records import converter
from pardotflow.emulator.salesforce.records.catalog import ObjectInfo
from pardotflow.emulator.salesforce.records.fields import Field
from pardotflow.emulator.salesforce.records.record_ids import id_of, no_key, path_id
from pardotflow.emulator.salesforce.records.row_store import Values, find_row
from pardotflow.emulator.salesforce.records.save import (
    Several,
    create_record,
    delete_record,
    find_by_key,
    update_record,
    upsert_record,
)
from pardotflow.emulator.salesforce.records.sharing import is_shared
from pardotflow.emulator.salesforce.rest.conditional_requests import check_write, is_conditional, is_held, validators


def read_object(call: Call) -> dict[str, Any]:
    """The JSON object of a request body; raises JSON_PARSER_ERROR."""
    kind = call.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind not in {"application/json", ""}:
        raise refuse(
            415, "UNSUPPORTED_MEDIA_TYPE", f"Content-Type header specified in HTTP request is not supported: {kind}"
        )
    try:
        value = json.loads(call.body.decode() or "{}")
    except (ValueError, RecursionError) as cause:
        raise refuse(400, "JSON_PARSER_ERROR", f"Unexpected content at [line:1, column:1]: {cause}") from None
    if not isinstance(value, dict):
        raise refuse(
            400,
            "JSON_PARSER_ERROR",
            "Json Deserialization failed on token 'null' and has left off in the middle of parsing a row.",
        )
    return value


def create_row(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`POST /sobjects/X`."""
    info = context.require(match["object"])
    payload = read_object(call)
    check_write(context, call, info, None)
    saved = create_record(context, info, payload)
    location = context.path(f"sobjects/{info.name}/{saved.record_id}")
    return json_reply({"id": saved.record_id, "success": True, "errors": []}, 201, {"Location": location})


def read_row(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /sobjects/X/id[?fields=]`."""
    info = context.require(match["object"])
    row = find_row(context.db, info, path_id(match["id"]))
    if row is None or row["IsDeleted"] or not is_shared(context, info, row["Id"]):
        raise not_found()
    return _show(context, call, info, row)


def read_row_by_key(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /sobjects/X/ExtField/value`; 300 with the URLs where several records carry the value."""
    info = context.require(match["object"])
    key = _key_field(info, match["key"])
    found = find_by_key(context, info, key, match["value"])
    if not found or not is_shared(context, info, found[0]["Id"]):
        raise not_found()
    if len(found) > 1:
        return _several(Several(context, info, found))
    return _show(context, call, info, found[0])


def update_row(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`PATCH /sobjects/X/id`, which may be conditional."""
    info = context.require(match["object"])
    record_id = id_of(info, path_id(match["id"]))
    payload = read_object(call)
    _check_absent(payload, "Id")
    check_write(context, call, info, find_row(context.db, info, record_id))
    update_record(context, info, record_id, payload)
    return Reply(status=204)


def delete_row(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`DELETE /sobjects/X/id`."""
    info = context.require(match["object"])
    delete_record(context, info, id_of(info, path_id(match["id"])))
    return Reply(status=204)


def delete_row_by_key(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`DELETE /sobjects/X/ExtField/value`."""
    info = context.require(match["object"])
    key = _key_field(info, match["key"])
    found = find_by_key(context, info, key, match["value"])
    if not found:
        raise not_found()
    if len(found) > 1:
        return _several(Several(context, info, found))
    delete_record(context, info, found[0]["Id"])
    return Reply(status=204)


def upsert_row(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`PATCH /sobjects/X/ExtField/value`: 201 created, 200 updated (204 up to v45), 300 for several."""
    info = context.require(match["object"])
    key = _key_field(info, match["key"])
    payload = read_object(call)
    _check_absent(payload, "Id", key.name)
    found = find_by_key(context, info, key, match["value"]) if is_conditional(call) else []
    check_write(context, call, info, found[0] if len(found) == 1 else None)
    update_only = (call.argument("updateOnly") or "").lower() == "true"
    try:
        saved = upsert_record(context, info, key, match["value"], payload, update_only=update_only)
    except Several as several:
        return _several(several)
    modern = float(context.version[1:]) >= 46
    if not saved.created and not modern:
        return Reply(status=204)
    body: dict[str, Any] = {"id": saved.record_id, "success": True, "errors": []}
    if modern:
        body["created"] = saved.created
    headers = {"Location": context.path(f"sobjects/{info.name}/{saved.record_id}")} if saved.created else {}
    return json_reply(body, 201 if saved.created else 200, headers)


def create_row_by_id(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`POST /sobjects/X/Id`: an upsert keyed on Id that has none, so an insert."""
    reply = create_row(context, call, match)
    return Reply(status=201, body=reply.body[:-1] + b',"created":true}', media=JSON_MEDIA, headers=reply.headers)


# -- parts


def _check_absent(payload: Mapping[str, Any], *names: str) -> None:
    """Refuse a body with a field that the path gives."""
    for name in names:
        if any(given.lower() == name.lower() for given in payload):
            raise refuse(400, "INVALID_FIELD", f"The {name} field should not be specified in the sobject data.")


def _key_field(info: ObjectInfo, name: str) -> Field:
    field = info.find(name)
    if field is None or not (field.external_id or field.id_lookup):
        raise no_key(name)
    return field


def _several(several: Several) -> Reply:
    return Reply(status=300, body=to_json(several.urls), media=JSON_MEDIA)


def _show(context: Context, call: Call, info: ObjectInfo, row: Values) -> Reply:
    headers = validators(info, row)
    if is_held(context, call, row, headers.get("ETag")):
        return Reply(status=304, headers=headers)
    fields = choose_fields(info, call.argument("fields"))
    return json_reply(show_record(context, info, row, fields), headers=headers)


def choose_fields(info: ObjectInfo, wanted: str | None) -> list[Field]:
    """The fields of a `fields` parameter, with Id; all fields without one. Raises INVALID_FIELD."""
    if wanted is None:
        return list(info.fields.values())
    return choose_named(info, [name.strip() for name in wanted.split(",") if name.strip()])


def choose_named(info: ObjectInfo, names: list[str]) -> list[Field]:
    """The fields of a list of names, with Id."""
    chosen: list[Field] = []
    for name in names:
        field = info.find(name)
        if field is None:
            raise refuse(400, "INVALID_FIELD", f"No such column '{name}' on sobject of type {info.name}")
        chosen.append(field)
    return chosen if any(f.type == "id" for f in chosen) else [*chosen, info.fields["id"]]


def show_record(context: Context, info: ObjectInfo, row: Values, fields: list[Field]) -> dict[str, Any]:
    """A record as a read shows it."""
    url = context.path(f"sobjects/{info.name}/{row['Id']}")
    record: dict[str, Any] = {"attributes": {"type": info.name, "url": url}}
    for field in fields:
        name = field.name
        if field.type == "address":
            record[name] = _address(info, field, row)
        else:
            change = converter(field)
            record[name] = row[name] if change is None else change(row[name])
    return record


def _address(info: ObjectInfo, compound: Field, row: Values) -> dict[str, Any] | None:
    start = compound.name.removesuffix("Address")
    parts = {f.name.removeprefix(start): row[f.name] for f in info.fields.values() if f.compound == compound.name}
    if all(value is None for value in parts.values()):
        return None
    return {name[0].lower() + name[1:]: parts[name] for name in sorted(parts)}
