"""Updates that happen only where nobody changed the record meanwhile: up to 25 in one composite call.

Source: REST API Developer Guide, "Composite" and "Conditional Request Headers". Each subrequest says
`If-Unmodified-Since`, which the org compares with the record's LastModifiedDate, to the second: a change within the
second of the stamp is not seen, and neither is one that moves SystemModstamp alone. 412 means: nothing was written.

A composite is never repeated once it was sent: what a lost first try wrote would make the second one look like somebody
else's edit.
"""

from collections.abc import Mapping
from datetime import UTC
from email.utils import format_datetime
from typing import Any

from pardotflow.connectors.http import Effect, Json, Reply
from pardotflow.connectors.protocol import Answer, Batch, PreparedRequest, Row, RowResult
from pardotflow.connectors.salesforce.duplicates import tell_error
from pardotflow.connectors.salesforce.ids import long_id
from pardotflow.connectors.salesforce.prices import COMPOSITE_ROWS
from pardotflow.connectors.salesforce.soql import check_name
from pardotflow.connectors.salesforce.writes import WriteHeaders, plain_value, refuse_key, to_json
from pardotflow.connectors.session import Call, Session
from pardotflow.core.errors import OutcomeUnknown
from pardotflow.core.values import System

_MOVED = 412
_NOT_OF_PARTS = frozenset({"content-type"})
_REFERENCE = "@{"
"""Begins a reference to another subrequest, in values too."""


def prepare_conditional(batch: Batch, *, version: str, headers: WriteHeaders) -> PreparedRequest:
    """The request for at most 25 updates; pure. Raises ValueError for rows that cannot be carried."""
    if not 0 < len(batch.rows) <= COMPOSITE_ROWS:
        raise ValueError(f"a request carries 1 to {COMPOSITE_ROWS} rows, not {len(batch.rows)}")
    said = dict(headers.items()) | dict(batch.headers)
    parts = [_part(batch, row, f"row{n}", version, said) for n, row in enumerate(batch.rows)]
    return PreparedRequest(
        system=System.SALESFORCE,
        kind=batch.operation,
        object=batch.object,
        method="POST",
        path=f"/services/data/v{version}/composite",
        headers=tuple(said.items()),
        body=to_json({"allOrNone": False, "collateSubrequests": False, "compositeRequest": parts}),
        calls=1,
        rows=tuple(row.key for row in batch.rows),
        ids=tuple(row.id for row in batch.rows),
    )


def send_conditional(session: Session, prepared: PreparedRequest) -> Answer:
    """Send it; an answer that does not tell of every row leaves the outcome unknown."""
    call = Call(
        path=prepared.path,
        method=prepared.method,
        effect=Effect.AGAIN,
        headers=dict(prepared.headers),
        content=prepared.body,
    )
    reply = session.fetch(call)
    parts = _read_parts(prepared, reply)
    rows = tuple(
        _read_result(session, key, row_id, part)
        for key, row_id, part in zip(prepared.rows, prepared.ids, parts, strict=True)
    )
    return Answer(status=reply.status, rows=rows, server_date=reply.server_date, calls=reply.calls)


def _part(batch: Batch, row: Row, name: str, version: str, said: Mapping[str, str]) -> dict[str, Json]:
    values = {check_name(field): plain_value(row.values[field]) for field in sorted(row.values)}
    refuse_key(values, "id")
    if any(isinstance(value, str) and _REFERENCE in value for value in values.values()):
        raise ValueError(f"a value with {_REFERENCE} would be read as a reference to another row")
    headers = {name: value for name, value in said.items() if name.lower() not in _NOT_OF_PARTS}
    if row.unmodified_since is not None:
        headers["If-Unmodified-Since"] = format_datetime(row.unmodified_since.astimezone(UTC), usegmt=True)
    return {
        "method": "PATCH",
        "url": f"/services/data/v{version}/sobjects/{check_name(batch.object)}/{long_id(row.id)}",
        "referenceId": name,
        "httpHeaders": headers,
        "body": values,
    }


def _read_parts(prepared: PreparedRequest, reply: Reply) -> list[dict[str, Any]]:
    """One answer for each row, in order."""
    try:
        found = {part["referenceId"]: part for part in reply.json()["compositeResponse"]}
        return [found[f"row{n}"] for n in range(len(prepared.rows))]
    except (ValueError, KeyError, TypeError) as error:
        raise OutcomeUnknown(
            f"{prepared.method} {prepared.path} was granted, but its answer cannot be read",
            system=prepared.system,
            hint="the next run looks it up before anything is sent again",
        ) from error


def _read_result(session: Session, key: str, row_id: str, part: Mapping[str, Any]) -> RowResult:
    status = int(part.get("httpStatusCode") or 0)
    if 200 <= status < 300:
        return RowResult(key=key, ok=True, id=row_id, created=False)
    body = part.get("body")
    errors = [e for e in body if isinstance(e, dict)] if isinstance(body, list) else []
    message = "; ".join(tell_error(e) for e in errors)
    return RowResult(
        key=key,
        ok=False,
        id=row_id,
        created=False,
        error_code=str(errors[0].get("errorCode", "")) if errors else f"HTTP_{status}",
        error_message=session.http.redactor.redact(message),
        error_fields=tuple(str(name) for e in errors for name in e.get("fields") or ()),
        moved=status == _MOVED,
    )
