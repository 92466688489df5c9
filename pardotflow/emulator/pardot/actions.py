"""The `do/` actions of campaigns, tags and visitors (facts pardot_api sections 3.4, 3.6 and 3.12).

What they answer is not recorded: the wanted `fields` of the record, or its id.
"""

from __future__ import annotations

from collections.abc import Mapping

from pardotflow.emulator.exchange import Call, Reply
from pardotflow.emulator.ids import is_id, to_18
from pardotflow.emulator.pardot.bodies import is_number, read_argument
from pardotflow.emulator.pardot.context import Context
from pardotflow.emulator.pardot.errors import IN_RECYCLE_BIN, PardotError, json_reply
from pardotflow.emulator.pardot.prospects import prospects
from pardotflow.emulator.pardot.query.select import show_record
from pardotflow.emulator.pardot.record_api import answer_fields, read_id, require_record
from pardotflow.emulator.pardot.records import Values, find_record, remove_record, rows_of, update_record
from pardotflow.emulator.pardot.schema.objects import Collection
from pardotflow.emulator.pardot.tagging import count_tagged, find_tagged


def connect_campaign(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`POST /objects/campaigns/<id>/do/connectSalesforceCampaign`; raises 218 where Connected Campaigns is off.

    The emulated Pardot does not ask Salesforce whether there is such a campaign.
    """
    collection = context.collections["campaigns"]
    names = answer_fields(context, collection, call)
    row = require_record(context, collection, match["id"])
    if row["isDeleted"]:
        raise PardotError(109, headers=IN_RECYCLE_BIN)
    if not context.state.switches.connected_campaigns:
        raise PardotError(218)
    fid = read_argument(call, "salesforceCampaignId")
    if not isinstance(fid, str) or not is_id(fid) or not fid.startswith("701"):
        raise PardotError(206, "salesforceCampaignId")
    update_record(context, collection, row, {"salesforceId": to_18(fid)})
    return _answer(context, collection, row, names)


def merge_tags(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`POST /objects/tags/<id>/do/mergeTags`: what had one of `tagIds` has this tag; those tags are gone."""
    collection = context.collections["tags"]
    names = answer_fields(context, collection, call)
    kept = require_record(context, collection, match["id"])
    given = read_argument(call, "tagIds")
    if not isinstance(given, list) or not given or not all(is_number(tag_id) for tag_id in given):
        raise PardotError(206, "tagIds")
    losers = [find_record(context.db, collection, tag_id) for tag_id in dict.fromkeys(given)]
    for loser in losers:
        if loser is None:
            raise PardotError(242)
        if loser["id"] == kept["id"]:
            raise PardotError(206, "tagIds")
        _move_tagged(context, loser, kept)
        remove_record(context, collection, loser)
    count_tagged(context, kept["id"])
    return _answer(context, collection, kept, names)


def _move_tagged(context: Context, loser: Values, kept: Values) -> None:
    tagged = context.collections["tagged-objects"]
    found = rows_of(context.db.execute(f'SELECT * FROM {tagged.table} WHERE "tagId" = ?', (loser["id"],)))
    for row in found:
        if find_tagged(context, row["objectType"], row["objectId"], kept["id"]):
            remove_record(context, tagged, row)
        else:
            update_record(context, tagged, row, {"tagId": kept["id"]})


def assign_visitor(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`POST /objects/visitors/<id>/do/assignToProspect`; raises 217 for the visitor, 3 for the prospect."""
    collection, row = _visitor(context, match["id"])
    names = answer_fields(context, collection, call)
    prospect_id = read_argument(call, "prospectId")
    if not is_number(prospect_id):
        raise PardotError(206, "prospectId")
    prospect = find_record(context.db, prospects(context), int(str(prospect_id)))
    if prospect is None:
        raise PardotError(3)
    if prospect["isDeleted"]:
        raise PardotError(132, headers=IN_RECYCLE_BIN)
    update_record(context, collection, row, {"prospectId": prospect["id"], "isIdentified": 1})
    return _answer(context, collection, row, names)


def identify_company(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`POST /objects/visitors/<id>/do/identifyCompany`: takes no argument, and finds nobody."""
    collection, row = _visitor(context, match["id"])
    return _answer(context, collection, row, answer_fields(context, collection, call))


def _visitor(context: Context, segment: str) -> tuple[Collection, Values]:
    collection = context.collections["visitors"]
    row = find_record(context.db, collection, read_id(segment))
    if row is None:
        raise PardotError(217)
    return collection, row


def _answer(context: Context, collection: Collection, row: Values, names: list[str]) -> Reply:
    return json_reply(show_record(context, collection, row["id"], names or ["id"]))
