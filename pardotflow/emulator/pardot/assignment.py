"""To whom a prospect is assigned: a Pardot user, or an owner in Salesforce who may be none.

`userId` and `assignedToId` are one user; `salesforceOwnerId` is that user's id in Salesforce. Version 5 has neither
groups nor an action for it: whoever writes one of the owner fields assigns (facts pardot_api section 3.1).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pardotflow.emulator.ids import to_18
from pardotflow.emulator.pardot.abilities import ASSIGN
from pardotflow.emulator.pardot.context import Context
from pardotflow.emulator.pardot.errors import PardotError
from pardotflow.emulator.pardot.records import Values, find_record

OWNER_FIELDS = ("userId", "salesforceOwnerId")


def assign(context: Context, changes: Mapping[str, Any], row: Values | None) -> Values:
    """What follows from a change of an owner field; raises 10 for a user who is none, 46, 125 for both fields."""
    if any(name in changes for name in OWNER_FIELDS):
        context.require(ASSIGN)
    if all(changes.get(name) is not None for name in OWNER_FIELDS):
        raise PardotError(125)
    if changes.get("salesforceOwnerId") is not None:
        return _assign_owner(context, changes["salesforceOwnerId"], row)
    if changes.get("userId") is not None:
        return _assign_user(context, changes["userId"], row)
    if any(name in changes for name in OWNER_FIELDS):
        return _unassign(context, row)
    return {}


def _assign_user(context: Context, user_id: int, row: Values | None) -> Values:
    user = find_record(context.db, context.collections["users"], user_id)
    if user is None or user["isDeleted"]:
        raise PardotError(10)
    return _assigned(context, user_id, user["salesforceId"], row)


def _assign_owner(context: Context, owner: str, row: Values | None) -> Values:
    """A queue, or a person without a Pardot user, owns the prospect in Salesforce alone."""
    found = context.db.execute(
        f'SELECT "id" FROM {context.table("users")} WHERE "salesforceId" IN (?, ?) AND coalesce("isDeleted", 0) = 0',
        (to_18(owner), owner[:15]),
    ).fetchone()
    if found is None and context.state.switches.salesforce_owner_unknown == "refused":
        raise PardotError(10)
    return _assigned(context, found[0] if found else None, owner, row)


def _unassign(context: Context, row: Values | None) -> Values:
    if row is not None and row["assignedToId"] is not None and not context.state.switches.null_unassigns:
        raise PardotError(10)
    return _assigned(context, None, None, row)


def _assigned(context: Context, user_id: int | None, owner: str | None, row: Values | None) -> Values:
    derived: Values = {"userId": user_id, "assignedToId": user_id, "salesforceOwnerId": owner}
    if user_id is not None and (row is None or row["firstAssignedAt"] is None):
        derived["firstAssignedAt"] = context.stamp
    return derived
