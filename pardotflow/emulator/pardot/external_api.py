"""`/api/v5/external-activities`: what prospects did in other products, by address (facts pardot_api section 3.8).

Any extension and type counts as active and assigned to the business unit. Nothing else follows from an activity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pardotflow.emulator.exchange import Call, Reply
from pardotflow.emulator.pardot.abilities import needed
from pardotflow.emulator.pardot.bodies import read_json
from pardotflow.emulator.pardot.context import Context
from pardotflow.emulator.pardot.errors import PardotError
from pardotflow.emulator.pardot.prospects import find_by_email
from pardotflow.emulator.pardot.query.run import run_query
from pardotflow.emulator.pardot.record_api import answer_fields, created_reply, read_from
from pardotflow.emulator.pardot.records import insert_record
from pardotflow.emulator.pardot.schema.objects import Collection
from pardotflow.emulator.pardot.values import read_payload

_LONGEST_VALUE = 100


def _activities(context: Context) -> Collection:
    return context.collections["external-activities"]


def create_activity(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`POST /external-activities`: of several prospects with the address, the one active last gets it."""
    collection = _activities(context)
    context.require(*needed(collection.path, "C"))
    names = answer_fields(context, collection, call) or ["id"]
    values = read_payload(collection, read_json(call), context.state.switches, creating=True)
    if len(values["value"]) > _LONGEST_VALUE:
        raise PardotError(154, "value")
    found = find_by_email(context, values["email"])
    if not found:
        raise PardotError(92)
    values["activityDate"] = values.get("activityDate") or context.stamp
    record = insert_record(context, collection, values | {"prospectId": found[0]["id"]})
    reply = created_reply(context, collection, record, names)
    if reply.status == 204:
        return reply
    return replace(reply, status=context.state.switches.external_activity_status)


def query_activities(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /external-activities?fields=`."""
    context.require(*needed("external-activities", "Q"))
    return run_query(context, _activities(context), call)


def read_activity(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /external-activities/<id>?fields=`."""
    context.require(*needed("external-activities", "R"))
    return read_from(context, _activities(context), call, match["id"])
