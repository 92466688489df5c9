"""`/sobjects/X/updated` and `/sobjects/X/deleted`: the ids that changed between two instants (facts, section 7).

Both ends are cut to the minute. The answer reaches up to `latestDateCovered`, which a client hands back as its next
start; a deletion carries the stamp with which the record went to the recycle bin.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pardotflow.emulator.clock import parse_instant, salesforce_stamp
from pardotflow.emulator.exchange import Call, Reply
from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.errors import SalesforceError, json_reply, refuse
from pardotflow.emulator.salesforce.records.catalog import ObjectInfo
from pardotflow.emulator.salesforce.records.sharing import is_shared

_UPDATED_DAYS = 30
_DELETED_DAYS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    """What one call covers: `earliest` is the oldest start that may be asked for."""

    earliest: datetime
    start: datetime
    latest: datetime


def list_updated(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /sobjects/X/updated?start=&end=`: created and changed records that are still there."""
    info = context.require(match["object"])
    window = _read_window(context, call, _UPDATED_DAYS)
    ids = [record_id for record_id, _ in _changed(context, info, window, deleted=False)]
    return json_reply({"ids": ids, "latestDateCovered": salesforce_stamp(window.latest)})


def list_deleted(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /sobjects/X/deleted?start=&end=`: records in the recycle bin, merge losers among them."""
    info = context.require(match["object"])
    window = _read_window(context, call, _DELETED_DAYS)
    found = _changed(context, info, window, deleted=True)
    answer = {
        "deletedRecords": [{"id": record_id, "deletedDate": stamp} for record_id, stamp in found],
        "earliestDateAvailable": salesforce_stamp(window.earliest),
        "latestDateCovered": salesforce_stamp(window.latest),
    }
    return json_reply(answer)


def _changed(context: Context, info: ObjectInfo, window: _Window, *, deleted: bool) -> list[tuple[str, str]]:
    if info.find("SystemModstamp") is None:
        raise _bad_date(f"object {info.name} is not replicateable")
    most = context.state.switches.replication_ids
    found: list[tuple[str, str]] = context.db.execute(
        f'SELECT "Id", "SystemModstamp" FROM {info.table} WHERE "IsDeleted" = ? AND "SystemModstamp" >= ?'
        ' AND "SystemModstamp" <= ? ORDER BY "SystemModstamp", "Id" LIMIT ?',
        (deleted, salesforce_stamp(window.start), salesforce_stamp(window.latest), most + 1),
    ).fetchall()
    if len(found) > most:
        raise refuse(400, "EXCEEDED_ID_LIMIT", f"The result has more than {most} ids; ask for a shorter range")
    if info.rules.hidden_records is None:
        return found
    return [entry for entry in found if is_shared(context, info, entry[0])]


def _read_window(context: Context, call: Call, days: int) -> _Window:
    """The range of a call; raises MISSING_ARGUMENT and INVALID_REPLICATION_DATE."""
    start, end = _read_minute(call, "start"), _read_minute(call, "end")
    moment = context.state.moment
    earliest = (moment - timedelta(days=days)).replace(second=0, microsecond=0)
    if end - start < timedelta(minutes=1):
        raise _bad_date("endDate must be at least one minute greater than startDate")
    if start < earliest:
        raise _bad_date(f"startDate cannot be more than {days} days ago")
    if start > moment:
        raise _bad_date("startDate cannot be in the future")
    covered = moment - timedelta(seconds=context.state.switches.replication_lag)
    return _Window(earliest=earliest, start=start, latest=max(start, min(end, covered)))


def _read_minute(call: Call, name: str) -> datetime:
    text = call.argument(name)
    if not text:
        raise refuse(400, "MISSING_ARGUMENT", f"Missing required parameter: {name}")
    moment = parse_instant(text)
    if moment is None:
        raise _bad_date(f"invalid date in parameter {name}: {text}")
    return moment.replace(second=0, microsecond=0)


def _bad_date(message: str) -> SalesforceError:
    return refuse(400, "INVALID_REPLICATION_DATE", message)
