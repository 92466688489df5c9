"""Conditional requests on single records: by date on every object, by ETag on accounts.

Facts: salesforce_api.md §4.1. A record that is gone meets no condition: the request is told what it would be told
without one. DELETE takes none of these headers. A date that cannot be read is refused in a write and passed over in a
read, which is assumed.
"""

from __future__ import annotations

import zlib
from datetime import datetime

from pardotflow.emulator.clock import http_date, parse_http_date, parse_instant
from pardotflow.emulator.exchange import Call, to_json
from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.errors import SalesforceError, refuse
from pardotflow.emulator.salesforce.records.catalog import ObjectInfo
from pardotflow.emulator.salesforce.records.row_store import Values

_WITH_ETAG = "Account"
_CONDITIONS = frozenset({"if-match", "if-none-match", "if-modified-since", "if-unmodified-since"})


def is_conditional(call: Call) -> bool:
    """Whether a request has any condition at all."""
    return not _CONDITIONS.isdisjoint(call.headers)


def validators(info: ObjectInfo, row: Values) -> dict[str, str]:
    """The headers that a later request on the record can be made conditional with."""
    headers = {"Last-Modified": http_date(_modified(row).timestamp())}
    if info.name == _WITH_ETAG:
        headers["ETag"] = f'"{zlib.crc32(to_json(row)):08x}"'
    return headers


def is_held(context: Context, call: Call, row: Values, etag: str | None) -> bool:
    """Whether the client of a read has the record as it is; raises 412 where it wants another state."""
    if not is_conditional(call):
        return False
    _check_match(context, call, etag)
    before = parse_http_date(call.headers.get("if-unmodified-since", ""))
    if before is not None and _modified(row) > before:
        raise _failed(context, "If-Unmodified-Since")
    if etag is not None and "if-none-match" in call.headers:
        return _names(call.headers["if-none-match"], etag)
    since = parse_http_date(call.headers.get("if-modified-since", ""))
    return since is not None and _modified(row) <= since


def check_write(context: Context, call: Call, info: ObjectInfo, row: Values | None) -> None:
    """Refuse with 412 a write to a record that is not as the client wants it; `row` is None for a new one."""
    before = _read_date(call)
    if row is None or row["IsDeleted"] or not is_conditional(call):
        return
    etag = validators(info, row).get("ETag")
    _check_match(context, call, etag)
    if etag is not None and _names(call.headers.get("if-none-match", ""), etag):
        raise _failed(context, "If-None-Match")
    if before is not None and _modified(row) > before:
        raise _failed(context, "If-Unmodified-Since")


def _check_match(context: Context, call: Call, etag: str | None) -> None:
    if etag is not None and "if-match" in call.headers and not _names(call.headers["if-match"], etag):
        raise _failed(context, "If-Match")


def _names(header: str, etag: str) -> bool:
    """Whether a list of ETags names this one."""
    return not {etag, "*"}.isdisjoint(part.strip().removeprefix("W/") for part in header.split(","))


def _read_date(call: Call) -> datetime | None:
    text = call.headers.get("if-unmodified-since")
    if text is None:
        return None
    moment = parse_http_date(text)
    if moment is None:
        raise refuse(400, "INVALID_HTTP_HEADER", f"invalid date in If-Unmodified-Since: {text}")
    return moment


def _modified(row: Values) -> datetime:
    """When a record was last modified; histories never are."""
    moment = parse_instant(str(row.get("LastModifiedDate") or row["CreatedDate"]))
    return _NEVER if moment is None else moment


def _failed(context: Context, header: str) -> SalesforceError:
    code = context.state.switches.precondition_code
    return refuse(412, code, f"The record does not meet the condition of the {header} header")


_NEVER = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
