"""The rules of prospects: addresses, owners, ids of Salesforce, matching.

Every way into the prospects table (create, update, upsert, import, undelete) passes through `save_prospect`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pardotflow.emulator.pardot.assignment import assign
from pardotflow.emulator.pardot.context import Context
from pardotflow.emulator.pardot.errors import IN_RECYCLE_BIN, PardotError
from pardotflow.emulator.pardot.records import Values, find_record, insert_record, rows_of, update_record
from pardotflow.emulator.pardot.schema.objects import Collection

_NEW = {"score": 0, "recentInteraction": "Never active"}


def prospects(context: Context) -> Collection:
    """The prospects collection with its custom fields."""
    return context.collections["prospects"]


def create_prospect(context: Context, changes: Mapping[str, Any]) -> Values:
    """Insert a prospect; raises 9 or 54 where the address is taken and the account allows one prospect each."""
    if changes.get("email") is None:
        raise PardotError(4)
    if not context.state.switches.ampsea and find_by_email(context, changes["email"]):
        raise PardotError(context.state.switches.taken_address_code)
    values = _NEW | dict(changes)
    if values["score"] is None:
        values["score"] = 0
    if values.get("campaignId") is None:
        values["campaignId"] = oldest_campaign(context)
    return insert_record(context, prospects(context), values | what_follows(context, values, None))


def update_prospect(context: Context, row: Values, changes: Mapping[str, Any]) -> None:
    """Change a live prospect; raises 219 for one in the recycle bin."""
    if row["isDeleted"]:
        raise PardotError(219, headers=IN_RECYCLE_BIN)
    kept = dict(changes)
    if not context.state.switches.opt_out_false_honoured and row["optedOut"] and kept.get("optedOut") == 0:
        del kept["optedOut"]
    if kept.get("email", row["email"]) != row["email"]:
        _check_address(context, kept["email"], row["id"])
    update_record(context, prospects(context), row, kept | what_follows(context, kept, row))


def undelete_prospect(context: Context, row: Values) -> None:
    """Take a prospect out of the recycle bin; raises 54 where its address was given away meanwhile."""
    _check_address(context, row["email"], row["id"])
    update_record(context, prospects(context), row, {"isDeleted": 0})


def _check_address(context: Context, email: str | None, own_id: int) -> None:
    if email is None:
        raise PardotError(4)
    if not context.state.switches.ampsea and any(r["id"] != own_id for r in find_by_email(context, email)):
        raise PardotError(54)


def find_by_email(context: Context, email: str, *, deleted: bool = False) -> list[Values]:
    """Prospects with an address, the one with the latest activity first."""
    collate = "" if context.state.switches.email_match_case_sensitive else " COLLATE NOCASE"
    return rows_of(
        context.db.execute(
            f'SELECT * FROM {prospects(context).table} WHERE "email"{collate} = ? AND "isDeleted" = ?'
            ' ORDER BY "lastActivityAt" DESC, "updatedAt" DESC, "id" DESC',
            (email, int(deleted)),
        )
    )


def find_by_salesforce_id(context: Context, fid: str) -> list[Values]:
    """Prospects with a lead or contact id, stored in its long or in its short form, live ones first."""
    return rows_of(
        context.db.execute(
            f"SELECT * FROM {prospects(context).table}"
            ' WHERE "salesforceId" IN (?, ?) ORDER BY "isDeleted", "updatedAt" DESC',
            (fid, fid[:15]),
        )
    )


# -- what follows from a change


def what_follows(context: Context, changes: Mapping[str, Any], row: Values | None) -> Values:
    """The other changes that come with these: owner, lead and contact id; raises 10, 38, 61, 81 or 125."""
    derived = assign(context, changes, row)
    if "salesforceId" in changes:
        derived.update(_link(context, changes["salesforceId"], row))
    if changes.get("campaignId") is not None and not _exists(context, "campaigns", changes["campaignId"]):
        raise PardotError(38)
    if changes.get("prospectAccountId") is not None and not _exists(
        context, "prospect-accounts", changes["prospectAccountId"]
    ):
        raise PardotError(61)
    return derived


def _link(context: Context, fid: str | None, row: Values | None) -> Values:
    """The lead or contact id of a prospect follows from its salesforceId."""
    if fid is None:
        return {"salesforceLeadId": None, "salesforceContactId": None}
    if context.state.switches.salesforce_id_unique:
        own = row["id"] if row else None
        if any(other["id"] != own for other in find_by_salesforce_id(context, fid)):
            raise PardotError(81)
    if fid.startswith("00Q"):
        return {"salesforceLeadId": fid}
    return {"salesforceContactId": fid} if fid.startswith("003") else {}


def _exists(context: Context, path: str, record_id: int) -> bool:
    return find_record(context.db, context.collections[path], record_id) is not None


def oldest_campaign(context: Context) -> int | None:
    """The campaign of prospects that are created without one."""
    row = context.db.execute(
        f'SELECT "id" FROM {context.table("campaigns")} WHERE coalesce("isDeleted", 0) = 0'
        ' ORDER BY "createdAt", "id" LIMIT 1'
    ).fetchone()
    return int(row[0]) if row else None
