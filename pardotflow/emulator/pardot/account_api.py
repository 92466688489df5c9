"""The account, a single record that says who the business unit is and how many calls it has left.

Its numbers come from the counters and the switches; it cannot be written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pardotflow.emulator.clock import show_pardot_time
from pardotflow.emulator.exchange import Call, Reply
from pardotflow.emulator.pardot.abilities import ACCOUNT
from pardotflow.emulator.pardot.context import Context
from pardotflow.emulator.pardot.errors import PardotError, json_reply
from pardotflow.emulator.pardot.select import split_fields
from pardotflow.emulator.usage import used_today

_EMPTY = ("website", "addressOne", "addressTwo", "city", "state", "zip", "territory", "country", "phone", "fax")


def read_account(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /objects/account?fields=`: a bare object."""
    context.require(ACCOUNT)
    wanted = split_fields(call.argument("fields") or "")
    if not wanted:
        raise PardotError(13, "fields")
    account = _account(context)
    unknown = [name for name in wanted if name not in account]
    if unknown:
        raise PardotError(51, ", ".join(unknown))
    return json_reply({name: account[name] for name in sorted(wanted, key=lambda name: (name != "id", name))})


def _account(context: Context) -> dict[str, Any]:
    state = context.state
    made = show_pardot_time("2020-01-01T00:00:00Z", state.switches.pardot_time_zone)
    return {
        **dict.fromkeys(_EMPTY),
        "id": 700000 + context.unit.number,
        "company": context.unit.name,
        "level": "Advanced",
        "pluginCampaignId": None,
        "adminId": state.identity.admin.pardot_id,
        "createdAt": made,
        "updatedAt": made,
        "createdById": state.identity.admin.pardot_id,
        "updatedById": state.identity.admin.pardot_id,
        "maximumDailyApiCalls": state.switches.pardot_daily_limit,
        "apiCallsUsed": used_today(state, context.unit.meter),
    }
