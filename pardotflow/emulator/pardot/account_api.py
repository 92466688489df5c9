"""The account, a single record that says who the business unit is and how many calls it has left.

Its numbers come from the counters and the switches; it cannot be written (facts pardot_api section 3.13).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pardotflow.emulator.clock import show_pardot_time
from pardotflow.emulator.exchange import Call, Reply
from pardotflow.emulator.pardot.abilities import ACCOUNT
from pardotflow.emulator.pardot.context import Context
from pardotflow.emulator.pardot.errors import PardotError, json_reply
from pardotflow.emulator.pardot.prospects import oldest_campaign
from pardotflow.emulator.pardot.query.select import MOST_HOPS, required_fields, show_record
from pardotflow.emulator.pardot.units import find_user
from pardotflow.emulator.usage import used_today

_EMPTY = ("website", "addressOne", "addressTwo", "city", "state", "zip", "territory", "country", "phone", "fax")
_RELATIONS = {
    "admin": ("adminId", "users"),
    "pluginCampaign": ("pluginCampaignId", "campaigns"),
    "createdBy": ("createdById", "users"),
    "updatedBy": ("updatedById", "users"),
}


def read_account(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /objects/account?fields=`: a bare object."""
    context.require(ACCOUNT)
    wanted = required_fields(call)
    account = _account(context)
    unknown = [name for name in wanted if not _is_known(account, name)]
    if unknown:
        raise PardotError(51, ", ".join(unknown))
    shown = {name: account[name] for name in wanted if "." not in name}
    for relation in {name.partition(".")[0] for name in wanted if "." in name}:
        inner = [name.partition(".")[2] for name in wanted if name.startswith(f"{relation}.")]
        shown[relation] = _related(context, account, relation, inner)
    return json_reply({name: shown[name] for name in sorted(shown, key=lambda name: (name != "id", name))})


def _is_known(account: Mapping[str, Any], name: str) -> bool:
    head, _, rest = name.partition(".")
    return head in _RELATIONS and name.count(".") <= MOST_HOPS if rest else name in account


def _related(
    context: Context, account: Mapping[str, Any], relation: str, names: Sequence[str]
) -> Mapping[str, Any] | None:
    column, path = _RELATIONS[relation]
    if account[column] is None:
        return None
    return show_record(context, context.collections[path], account[column], names, code=51)


def _account(context: Context) -> dict[str, Any]:
    state = context.state
    made = show_pardot_time("2020-01-01T00:00:00Z", state.switches.pardot_time_zone)
    admin = find_user(state.db, context.unit, state.identity.admin.salesforce_id)
    return {
        **dict.fromkeys(_EMPTY),
        "id": 700000 + context.unit.number,
        "company": context.unit.name,
        "level": "Advanced",
        "pluginCampaignId": oldest_campaign(context),
        "adminId": admin,
        "createdAt": made,
        "updatedAt": made,
        "createdById": admin,
        "updatedById": admin,
        "maximumDailyApiCalls": state.switches.pardot_daily_limit,
        "apiCallsUsed": used_today(state, context.unit.meter),
    }
