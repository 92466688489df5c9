"""Writes one record in one call: the exact way, with the stored values in the answer.

Source: Account Engagement API v5, "Create", "Update", "Delete". Addressed by id only. The answer is asked for the
fields that were written, with who changed the record and when: what was stored is then known without another read.
"""

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from pardotflow.connectors.http import Effect, Reply
from pardotflow.connectors.pardot.objects import PardotObject, find_object
from pardotflow.connectors.pardot.query import LONGEST_FIELDS, check_name, collection_path, record_path
from pardotflow.connectors.protocol import Answer, Batch, Operation, PreparedRequest, Row, RowResult, Value
from pardotflow.connectors.session import Call, Session, encode_query
from pardotflow.connectors.verdict import Verdict
from pardotflow.core.errors import OutcomeUnknown
from pardotflow.core.values import System

_METHODS = {
    Operation.UPDATE: "PATCH",
    Operation.CREATE: "POST",
    Operation.DELETE: "DELETE",
}
_VERBS = {Operation.UPDATE: "u", Operation.CREATE: "c", Operation.DELETE: "d"}
_WHO_AND_WHEN = ("updatedAt", "updatedById")


class ClearWith(StrEnum):
    """How a field is cleared; which of the two a unit accepts is not documented for v5."""

    NULL = "null"
    EMPTY = "empty"


class SeveralValues(StrEnum):
    """How several values of one field are written; which of the two a unit accepts is not documented for v5."""

    ARRAY = "array"
    JOINED = "joined"


def why_barred(operation: Operation, object_name: str) -> str:
    """Why an operation cannot carry rows of an object; empty where it can."""
    known = find_object(object_name)
    if operation in _VERBS:
        return "" if _VERBS[operation] in known.verbs else f"the API cannot {operation} a {known.name}"
    if operation.is_import or operation is Operation.BULK_DELETES:
        return "" if known.name == "prospect" else "only prospects go by import or bulk action"
    return "Account Engagement has no such request"


def prepare_single(
    batch: Batch, *, clear_with: ClearWith, several_values: SeveralValues = SeveralValues.ARRAY
) -> PreparedRequest:
    """The request for the one row of a batch; pure. Raises ValueError for what cannot be carried."""
    known, row = find_object(batch.object), _only_row(batch)
    if _VERBS[batch.operation] not in known.verbs:
        raise ValueError(f"the API cannot {batch.operation} a {known.name}")
    body = _body(row, clear_with, several_values) if batch.operation.has_values else b""
    return PreparedRequest(
        system=System.PARDOT,
        kind=batch.operation,
        object=known.name,
        method=_METHODS[batch.operation],
        path=_path(known, batch.operation, row),
        headers=(("Content-Type", "application/json"),) if body else (),
        body=body,
        calls=1,
        rows=(row.key,),
        ids=(row.id,),
    )


def send_single(session: Session, prepared: PreparedRequest) -> Answer:
    """Send a prepared request.

    A refusal of the record is its result; a refusal that every request would meet (rights, headers) raises
    RequestRefused. In both cases nothing was written.
    """
    call = Call(
        path=prepared.path,
        method=prepared.method,
        effect=Effect.SAME if prepared.kind is Operation.UPDATE else Effect.AGAIN,
        headers=dict(prepared.headers),
        content=prepared.body or None,
    )
    reply = session.send(call)
    verdict = session.verdict(reply)
    if verdict not in (None, Verdict.ROW):
        raise session.refusal(call, reply)
    result = _refused(session, prepared, reply) if verdict else _granted(prepared, reply)
    return Answer(status=reply.status, rows=(result,), server_date=reply.server_date, calls=reply.calls)


def _only_row(batch: Batch) -> Row:
    if batch.operation not in _METHODS:
        raise ValueError(f"Pardot has no single operation {batch.operation}")
    if len(batch.rows) != 1:
        raise ValueError(f"a request carries one record, not {len(batch.rows)}")
    row = batch.rows[0]
    if batch.operation.has_values and not row.values:
        raise ValueError("there is nothing to write")
    return row


def _path(known: PardotObject, operation: Operation, row: Row) -> str:
    if operation is Operation.DELETE:
        return record_path(known, row.id)
    written = sorted(check_name(name) for name in row.values)
    if operation is Operation.UPDATE:
        return f"{record_path(known, row.id)}?{_fields([*written, *_WHO_AND_WHEN])}"
    return f"{collection_path(known)}?{_fields(['id', *written, *_WHO_AND_WHEN])}"


def _fields(names: list[str]) -> str:
    """What the answer is asked for; where that makes too long an address, only who wrote and when: what was stored is
    then known by reading."""
    wanted = ",".join(dict.fromkeys(names))
    return encode_query({"fields": wanted if len(wanted) <= LONGEST_FIELDS else ",".join(["id", *_WHO_AND_WHEN])})


def _body(row: Row, clear_with: ClearWith, several: SeveralValues) -> bytes:
    cleared = "" if clear_with is ClearWith.EMPTY else None
    values = {name: _plain(row.values[name], cleared, several) for name in sorted(row.values)}
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _plain(value: Value, cleared: str | None, several: SeveralValues) -> Value:
    """No value at all is a clear, of a field that holds several too."""
    if value is None or value == "" or value == []:
        return cleared
    if isinstance(value, str | int | float):
        return value
    return ";".join(value) if several is SeveralValues.JOINED else list(value)


def _granted(prepared: PreparedRequest, reply: Reply) -> RowResult:
    """An empty answer (204) is a success too: the record was written, and we may not see it. A new one then has no id
    in the result."""
    stored: Mapping[str, Any] | None = None
    if reply.body and prepared.kind is not Operation.DELETE:
        stored = _read_stored(prepared, reply)
    created = prepared.kind is Operation.CREATE
    own_id = str((stored or {}).get("id") or "") or _id_from_location(reply)
    return RowResult(
        key=prepared.rows[0],
        ok=True,
        id=own_id if created else prepared.ids[0],
        created=created,
        fields=stored,
    )


def _read_stored(prepared: PreparedRequest, reply: Reply) -> Mapping[str, Any]:
    try:
        body = reply.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise OutcomeUnknown(
            f"{prepared.method} {urlsplit(prepared.path).path} was granted, but its answer cannot be read",
            system=prepared.system,
            hint="the next run looks it up before anything is sent again",
        )
    return body


def _id_from_location(reply: Reply) -> str:
    """A created record's id from the address that the answer names."""
    last = urlsplit(reply.headers.get("location", "")).path.rpartition("/")[2]
    return last if last.isdecimal() else ""


def _refused(session: Session, prepared: PreparedRequest, reply: Reply) -> RowResult:
    error = session.error(reply)
    return RowResult(
        key=prepared.rows[0],
        ok=False,
        id=prepared.ids[0],
        created=False,
        error_code=error.code or f"HTTP {reply.status}",
        error_message=error.message,
    )
