"""Merging: up to two losers go to the recycle bin, and what belonged to them belongs to the winner.

Facts: salesforce_api.md §8.2. Every lookup that led to a loser leads to the winner afterwards, converted leads' too;
the field history of a loser goes to the recycle bin with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.errors import refuse
from pardotflow.emulator.salesforce.records.catalog import ObjectInfo
from pardotflow.emulator.salesforce.records.fields import Field
from pardotflow.emulator.salesforce.records.history import note_event
from pardotflow.emulator.salesforce.records.person_accounts import contact_of
from pardotflow.emulator.salesforce.records.record_ids import id_of
from pardotflow.emulator.salesforce.records.row_store import Values, find_by
from pardotflow.emulator.salesforce.records.rows import MODIFIED, delete_row, update_row
from pardotflow.emulator.salesforce.records.save import check_held, find_live, update_record

_MOST = 2
_KEPT = frozenset({"MasterRecordId", "PersonContactId"})
_MOVED = {"system": ("SystemModstamp",), "none": (), "all": MODIFIED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What a merge did. `related_ids` are the children that changed hands."""

    master_id: str
    merged_ids: tuple[str, ...]
    related_ids: tuple[str, ...]


def merge_records(
    context: Context, info: ObjectInfo, master_id: str, loser_ids: Sequence[str], fields: Mapping[str, Any]
) -> Merged:
    """Merge records of one object into the first; `fields` are stored in it. Raises `SalesforceError`."""
    if not info.mergeable:
        raise refuse(400, "INVALID_TYPE", f"merge is not supported for {info.name}", ())
    ids = [id_of(info, each) for each in (master_id, *loser_ids)]
    if not 1 <= len(loser_ids) <= _MOST or len(set(ids)) < len(ids):
        raise refuse(400, "MERGE_FAILED", f"a merge takes one or {_MOST} records besides the master", ())
    master, *losers = [find_live(context, info, each) for each in ids]
    if any(row.get("IsConverted") for row in (master, *losers)):
        raise refuse(400, "CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", ())
    related: list[str] = []
    if len({bool(row.get("IsPersonAccount")) for row in (master, *losers)}) > 1:
        raise refuse(400, "INVALID_PERSON_ACCOUNT_OPERATION", "a person account merges with person accounts only", ())
    for loser in losers:
        related += _merge_into(context, info, loser, master)
    update_record(context, info, ids[0], fields)
    event = f"{info.name.lower()}Merged"
    note_event(context.db, info, master, event, stamp=context.stamp, user_id=context.user_id)
    return Merged(master_id=ids[0], merged_ids=tuple(ids[1:]), related_ids=tuple(related))


def _merge_into(
    context: Context, info: ObjectInfo, loser: Values, master: Values, root: str | None = None
) -> list[str]:
    """One loser becomes the master, and the contact of a person account the master's contact.

    The contact comes back with its account, the `root`.
    """
    related: list[str] = []
    contact, remaining = contact_of(context, info, loser), contact_of(context, info, master)
    if contact is not None and remaining is not None:
        related += _merge_into(context, context.catalog.objects["contact"], contact, remaining, loser["Id"])
    for child, lookup in context.catalog.children_of(info.name):
        if lookup.name not in _KEPT and not child.name.endswith("History"):
            related += _relink(context, child, lookup, loser["Id"], master["Id"])
    delete_row(
        context.db,
        context.catalog,
        info,
        loser,
        stamp=context.stamp,
        user_id=context.user_id,
        root=root,
        more={"MasterRecordId": master["Id"]},
    )
    return related


def _relink(context: Context, child: ObjectInfo, lookup: Field, loser_id: str, master_id: str) -> list[str]:
    """Children of a loser become the master's, without an event of their own."""
    moved = _MOVED[context.state.switches.merge_child_stamps]
    found = find_by(context.db, child, lookup.name, loser_id)
    for row in found:
        check_held(context, row["Id"])
        if child.name == "CampaignMember" and _is_member(context, row["CampaignId"], lookup, master_id):
            delete_row(context.db, context.catalog, child, row, stamp=context.stamp, user_id=context.user_id)
            continue
        there = None if row["Id"] == master_id else master_id
        update_row(
            context.db, child, row, {lookup.name: there}, stamp=context.stamp, user_id=context.user_id, moved=moved
        )
    return [row["Id"] for row in found]


def _is_member(context: Context, campaign_id: str, lookup: Field, person_id: str) -> bool:
    info = context.catalog.objects["campaignmember"]
    return any(row["CampaignId"] == campaign_id for row in find_by(context.db, info, lookup.name, person_id))
