"""`/__admin`: what a test or a demonstration may ask of the emulator, and no vendor has.

Nothing here is recorded or counted, and no token is needed: the server listens on loopback.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pardotflow.emulator.clock_setting import read_clock, set_clock
from pardotflow.emulator.datafile import DataFile
from pardotflow.emulator.edit import edit_record
from pardotflow.emulator.exchange import Call, Reply, Route, find_route, route, to_json
from pardotflow.emulator.faults import clear_faults, list_faults, order_fault, put_plan, read_plan
from pardotflow.emulator.log_filter import read_filter
from pardotflow.emulator.openapi import build_description
from pardotflow.emulator.pardot.units import load_units
from pardotflow.emulator.problem import EmulatorError
from pardotflow.emulator.request_log import clear_entries, read_entries
from pardotflow.emulator.rules_admin import lock_record, put_rules
from pardotflow.emulator.salesforce.oauth.session import revoke
from pardotflow.emulator.salesforce.records.org_rules import read_document
from pardotflow.emulator.snapshot_files import list_names
from pardotflow.emulator.snapshots import reset, restore_snapshot, take_snapshot
from pardotflow.emulator.state import load_state, load_switches, turn_switches
from pardotflow.emulator.switches import TABLE

_LINES = "application/x-ndjson"
_MOST_ENTRIES = 10_000
"""How many recorded requests one answer holds where the call does not say."""


def _answer(value: object, status: int = 200) -> Reply:
    return Reply(status=status, body=to_json(value), media="application/json")


def _json(call: Call) -> object:
    try:
        value: object = json.loads(call.body or b"{}")
    except (ValueError, RecursionError) as cause:
        raise EmulatorError(f"the body is no JSON: {cause}") from None
    return value


def _object(call: Call) -> dict[str, Any]:
    value = _json(call)
    if not isinstance(value, dict):
        raise EmulatorError("the body must be a JSON object")
    return value


def health(file: DataFile, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /__admin/health`: that it runs, and the ids that clients need."""
    identity = load_state(file).identity
    units = [{"id": unit.id, "name": unit.name} for unit in load_units(file.read())]
    ids = {"org_id": identity.org_id, "business_unit_id": identity.business_unit_id}
    return _answer({"status": "ok", **ids, "business_units": units})


def requests(file: DataFile, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /__admin/requests` with filters, as one document or as JSON lines."""
    wanted = read_filter({"limit": str(_MOST_ENTRIES), **dict(call.arguments)})
    entries = list(read_entries(file, wanted, writes=call.argument("writes") == "true"))
    if _LINES in call.headers.get("accept", ""):
        return Reply(status=200, body=b"".join(to_json(entry) + b"\n" for entry in entries), media=_LINES)
    return _answer({"requests": entries, "last": entries[-1]["n"] if entries else wanted.since})


def clear_requests(file: DataFile, call: Call, match: Mapping[str, str]) -> Reply:
    """`DELETE /__admin/requests`."""
    clear_entries(file)
    return Reply(status=204)


def show_switches(file: DataFile, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /__admin/switches`: the values in force; with `?table=true` also defaults, alternatives and facts."""
    values = asdict(load_switches(file.read()))
    if call.argument("table"):
        return _answer([{**asdict(info), "value": values[info.name]} for info in TABLE])
    return _answer(values)


def put_switches(file: DataFile, call: Call, match: Mapping[str, str]) -> Reply:
    """`PUT /__admin/switches` with the switches to turn."""
    turn_switches(file, _object(call))
    return _answer(asdict(load_switches(file.read())))


def show_clock(file: DataFile, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /__admin/clock`."""
    return _answer(read_clock(file.read()).to_json())


def put_clock(file: DataFile, call: Call, match: Mapping[str, str]) -> Reply:
    """`PUT /__admin/clock` with `now`, `offset` or `advance`, and `frozen`."""
    return _answer(set_clock(file, _object(call)).to_json())


def put_record(file: DataFile, call: Call, match: Mapping[str, str]) -> Reply:
    """`PUT /__admin/set` with `address`, `fields` and perhaps `business_unit_id`: an edit by a person."""
    body = _object(call)
    unit_id = body.get("business_unit_id")
    address, fields = body.get("address"), body.get("fields")
    if not isinstance(address, str) or not isinstance(fields, dict):
        raise EmulatorError("write address and fields")
    return _answer({"address": edit_record(file, address, fields, None if unit_id is None else str(unit_id))})


def show_rules(file: DataFile, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /__admin/rules`."""
    return _answer(read_document(file.read()))


def set_rules(file: DataFile, call: Call, match: Mapping[str, str]) -> Reply:
    """`PUT /__admin/rules` with the rules of the Salesforce org, in the place of all rules."""
    with file.write() as db:
        put_rules(db, _object(call), load_state(file).now)
    return show_rules(file, call, match)


def lock(file: DataFile, call: Call, match: Mapping[str, str]) -> Reply:
    """`PUT /__admin/lock` with `id` and `seconds`: another transaction holds a Salesforce record."""
    body = _object(call)
    return _answer({"id": lock_record(file, body.get("id"), body.get("seconds"))})


def show_faults(file: DataFile, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /__admin/faults`."""
    return _answer({"faults": list_faults(file)})


def post_fault(file: DataFile, call: Call, match: Mapping[str, str]) -> Reply:
    """`POST /__admin/faults`."""
    return _answer({"n": order_fault(file, _object(call))}, 201)


def put_faults(file: DataFile, call: Call, match: Mapping[str, str]) -> Reply:
    """`PUT /__admin/faults` with a fault plan, in the place of all faults."""
    put_plan(file, read_plan(_json(call)))
    return show_faults(file, call, match)


def drop_faults(file: DataFile, call: Call, match: Mapping[str, str]) -> Reply:
    """`DELETE /__admin/faults`."""
    clear_faults(file)
    return Reply(status=204)


def expire_tokens(file: DataFile, call: Call, match: Mapping[str, str]) -> Reply:
    """`POST /__admin/expire-tokens`: every session ends; refresh tokens stay."""
    with file.write() as db:
        ended = db.execute("UPDATE token SET revoked = 1 WHERE kind = 'access' AND NOT revoked").rowcount
    return _answer({"ended": ended})


def revoke_tokens(file: DataFile, call: Call, match: Mapping[str, str]) -> Reply:
    """`POST /__admin/revoke` with `token`, or without one for every refresh token."""
    token = _object(call).get("token")
    with file.write() as db:
        listed = [token] if token else [t for (t,) in db.execute("SELECT token FROM token WHERE kind = 'refresh'")]
        ended = sum(revoke(db, str(each)) for each in listed)
    return _answer({"ended": ended})


def show_snapshots(file: DataFile, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /__admin/snapshots`: the names of the copies that there are."""
    return _answer({"snapshots": list_names(file.path)})


def post_snapshot(file: DataFile, call: Call, match: Mapping[str, str]) -> Reply:
    """`POST /__admin/snapshot` with `name`."""
    return _answer({"snapshot": take_snapshot(file, _object(call).get("name"))}, 201)


def post_restore(file: DataFile, call: Call, match: Mapping[str, str]) -> Reply:
    """`POST /__admin/restore` with `name`."""
    return _answer({"snapshot": restore_snapshot(file, _object(call).get("name"))})


def post_reset(file: DataFile, call: Call, match: Mapping[str, str]) -> Reply:
    """`POST /__admin/reset`: the state just after seeding."""
    return _answer({"snapshot": reset(file)})


def describe(file: DataFile, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /__admin/openapi.json`: the OpenAPI description of every route."""
    return _answer(build_description(ROUTES))


ROUTES: tuple[Route[DataFile], ...] = (
    route(r"/__admin/health", GET=health),
    route(r"/__admin/openapi\.json", GET=describe),
    route(r"/__admin/requests", GET=requests, DELETE=clear_requests),
    route(r"/__admin/switches", GET=show_switches, PUT=put_switches),
    route(r"/__admin/clock", GET=show_clock, PUT=put_clock),
    route(r"/__admin/set", PUT=put_record),
    route(r"/__admin/rules", GET=show_rules, PUT=set_rules),
    route(r"/__admin/lock", PUT=lock),
    route(r"/__admin/faults", GET=show_faults, POST=post_fault, PUT=put_faults, DELETE=drop_faults),
    route(r"/__admin/expire-tokens", POST=expire_tokens),
    route(r"/__admin/revoke", POST=revoke_tokens),
    route(r"/__admin/snapshots", GET=show_snapshots),
    route(r"/__admin/snapshot", POST=post_snapshot),
    route(r"/__admin/restore", POST=post_restore),
    route(r"/__admin/reset", POST=post_reset),
)


def answer_admin(file: DataFile, call: Call) -> Reply:
    """Answer one admin call; mistakes become 400 with `error`. It has no token, so other sites may not call it."""
    if call.headers.get("origin", call.base_url) != call.base_url:
        return _answer({"error": "pages of other sites may not use the admin endpoint"}, 403)
    found = find_route(ROUTES, call.path)
    endpoint = found[0].endpoints.get(call.method) if found else None
    if found is None or endpoint is None:
        return _answer({"error": f"there is no {call.method} {call.path}"}, 404)
    try:
        return endpoint(file, call, found[1])
    except EmulatorError as error:
        return _answer({"error": str(error).encode(errors="replace").decode()}, 400)
    except UnicodeEncodeError:
        return _answer({"error": "a text holds half of a character, which cannot be stored"}, 400)
