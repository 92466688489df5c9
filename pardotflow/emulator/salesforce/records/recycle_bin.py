"""The recycle bin: records come back from it with what went with them, or leave it for good.

Facts: salesforce_api.md §4 (15 days, no REST resource), §7.1 (an undeleted row reappears). A loser of a merge comes
back without the children, which stay with the winner.
"""

from __future__ import annotations

from datetime import timedelta

from pardotflow.emulator.clock import salesforce_stamp
from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.errors import refuse
from pardotflow.emulator.salesforce.records.catalog import ObjectInfo
from pardotflow.emulator.salesforce.records.object_rules import check_return
from pardotflow.emulator.salesforce.records.person_accounts import check_no_person_contact
from pardotflow.emulator.salesforce.records.record_ids import some_id
from pardotflow.emulator.salesforce.records.row_store import Values, find_row
from pardotflow.emulator.salesforce.records.rows import MODIFIED, update_row
from pardotflow.emulator.salesforce.records.save import check_free, check_unique
from pardotflow.emulator.write_log import note_write

_DAYS = 15


def undelete_record(context: Context, given: str) -> str:
    """Take a record out of the recycle bin, with what was deleted because of it; returns its id.

    Raises `SalesforceError` for a record that is not there, and for one whose unique value another has by now.
    """
    info, row = _find_deleted(context, given)
    check_no_person_contact(info, row)
    check_free(context, info, row["Id"])
    _restore(context, info, row)
    with_it = context.db.execute("SELECT object, record_id FROM recycle_bin WHERE root = ?", (row["Id"],)).fetchall()
    for name, record_id in with_it:
        child = context.require(name)
        found = find_row(context.db, child, record_id)
        if found is not None and found["IsDeleted"]:
            _restore(context, child, found)
    context.db.execute("DELETE FROM recycle_bin WHERE root = ? OR record_id = ?", (row["Id"], row["Id"]))
    return str(row["Id"])


def empty_bin(context: Context, given: str) -> str:
    """Remove a deleted record for good, with what was deleted because of it; returns its id."""
    info, row = _find_deleted(context, given)
    check_free(context, info, row["Id"])
    with_it = context.db.execute("SELECT object, record_id FROM recycle_bin WHERE root = ?", (row["Id"],)).fetchall()
    for name, record_id in {*with_it, (info.name, row["Id"])}:
        _purge(context, context.require(name), record_id)
    return str(row["Id"])


def empty_expired(context: Context) -> None:
    """Remove what has been in the bin for more than 15 days; opens a write only where there is something."""
    first = context.state.oldest_deletion
    if first is None:
        return
    oldest = salesforce_stamp(context.state.moment - timedelta(days=_DAYS))
    if first >= oldest:
        return
    with context.state.file.write() as db:
        chosen = db.execute("SELECT object, record_id FROM recycle_bin WHERE deleted_at < ?", (oldest,))
        for name, record_id in chosen.fetchall():
            _purge(context, context.require(name), record_id)


def _find_deleted(context: Context, given: str) -> tuple[ObjectInfo, Values]:
    record_id = some_id(given)
    info = context.catalog.of_id(record_id)
    row = find_row(context.db, info, record_id) if info else None
    if info is None or row is None:
        raise refuse(404, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", ())
    if not row["IsDeleted"]:
        raise refuse(400, "UNDELETE_FAILED", "Entity is not in the recycle bin", ())
    return info, row


def _restore(context: Context, info: ObjectInfo, row: Values) -> None:
    check_unique(context, info, row, row["Id"])
    check_return(context, info, row)
    changes: Values = {"IsDeleted": 0}
    if info.find("MasterRecordId"):
        changes["MasterRecordId"] = None
    update_row(
        context.db,
        info,
        row,
        changes,
        stamp=context.stamp,
        user_id=context.user_id,
        action="undelete",
        moved=MODIFIED if context.state.switches.undelete_moves_stamps else (),
    )


def _purge(context: Context, info: ObjectInfo, record_id: str) -> None:
    context.db.execute(f'DELETE FROM {info.table} WHERE "Id" = ? AND "IsDeleted" = 1', (record_id,))
    context.db.execute("DELETE FROM recycle_bin WHERE record_id = ?", (record_id,))
    note_write(context.db, system="salesforce", kind=info.name, record_id=record_id, action="purge")
