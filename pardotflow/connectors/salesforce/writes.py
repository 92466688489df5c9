"""Writes to an org through sObject Collections: up to 200 records of one object in one call.

Source: REST API Developer Guide, "sObject Collections". `allOrNone` is false: each record stands for itself, and the
answer has one item for each, in order. Every write says that assignment rules must not run (unless asked to).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from pardotflow.connectors.http import Effect, Json, Reply
from pardotflow.connectors.protocol import (
    Answer,
    Batch,
    Operation,
    PreparedRequest,
    Row,
    RowResult,
    Value,
)
from pardotflow.connectors.salesforce.duplicates import REFUSED, ask_matches, tell_error
from pardotflow.connectors.salesforce.ids import long_id
from pardotflow.connectors.salesforce.prices import COLLECTION_ROWS as MOST_ROWS
from pardotflow.connectors.salesforce.prices import COMPOSITE_ROWS, INGEST
from pardotflow.connectors.salesforce.sizes import Sizes, json_size, split_rows
from pardotflow.connectors.salesforce.soql import check_name
from pardotflow.connectors.session import Call, Session
from pardotflow.core.errors import OutcomeUnknown
from pardotflow.core.values import System

_METHODS = {
    Operation.UPDATE: "PATCH",
    Operation.UPSERT: "PATCH",
    Operation.CREATE: "POST",
    Operation.DELETE: "DELETE",
}
_EFFECTS = {Operation.UPDATE: Effect.SAME}
"""An upsert by a unique key makes no second record, but a repeat would report a create of ours as an update: like a
create it is looked up, not repeated."""


ASSIGNMENT, DUPLICATES = "Sforce-Auto-Assign", "Sforce-Duplicate-Rule-Header"


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteHeaders:
    """What every write of a connection says.

    `auto_assign` is FALSE, TRUE or the id of an assignment rule. `duplicate_rule` is the value of the duplicate-rule
    header, for example `allowSave=true`; empty sends none.
    """

    auto_assign: str = "FALSE"
    duplicate_rule: str = ""

    def items(self) -> tuple[tuple[str, str], ...]:
        """As headers."""
        headers = [("Content-Type", "application/json"), (ASSIGNMENT, self.auto_assign)]
        if self.duplicate_rule:
            headers.append((DUPLICATES, self.duplicate_rule))
        return tuple(headers)


def split_batch(batch: Batch, sizes: Sizes) -> Iterator[Batch]:
    """Batches of at most 200 rows, 25 where each is conditional, whose body is not too large."""
    most = COMPOSITE_ROWS if batch.operation is Operation.UPDATE_UNMODIFIED else MOST_ROWS
    return split_rows(batch, most, sizes.body, json_size)


def why_barred(operation: Operation, headers: Mapping[str, str]) -> str:
    """Why an operation cannot carry rows under these headers; empty where it can.

    A Bulk 2.0 job has no header for assignment: it runs the rule whose id it is given (`assignmentRuleId`), and none
    without one. It has none for duplicate rules either.
    """
    if operation is Operation.UNDELETE or operation.is_import:
        return "Salesforce has no such request"
    if operation in INGEST and operation.has_values:
        if headers.get(ASSIGNMENT, "").upper() == "TRUE":
            return "Bulk 2.0 runs an assignment rule by its id only, not the active one"
        if headers.get(DUPLICATES):
            return "Bulk 2.0 takes no duplicate-rule header"
    return ""


def prepare_batch(batch: Batch, *, version: str, headers: WriteHeaders) -> PreparedRequest:
    """The request for at most 200 rows; pure. Raises ValueError for rows that cannot be carried."""
    _check(batch)
    base = f"/services/data/v{version}/composite/sobjects"
    path, body = base, b""
    if batch.operation is Operation.DELETE:
        path = f"{base}?ids={','.join(long_id(r.id) for r in batch.rows)}&allOrNone=false"
    else:
        body = to_json({"allOrNone": False, "records": [_record(batch, row) for row in batch.rows]})
    if batch.operation is Operation.UPSERT:
        path = f"{base}/{check_name(batch.object)}/{quote(check_name(batch.key_field), safe='')}"
    return PreparedRequest(
        system=System.SALESFORCE,
        kind=batch.operation,
        object=batch.object,
        method=_METHODS[batch.operation],
        path=path,
        headers=tuple((dict(headers.items()) | dict(batch.headers)).items()),
        body=body,
        calls=1,
        rows=tuple(r.key for r in batch.rows),
        ids=tuple(r.id for r in batch.rows),
    )


def send_batch(session: Session, prepared: PreparedRequest, *, version: str) -> Answer:
    """Send a prepared request, and ask what duplicate rules found where the answer does not say it.

    A request that is refused as a whole raises RequestRefused and wrote nothing; refused rows are results. An answer
    that cannot be read in full leaves the outcome unknown.
    """
    call = Call(
        path=prepared.path,
        method=prepared.method,
        effect=_EFFECTS.get(prepared.kind, Effect.AGAIN),
        headers=dict(prepared.headers),
        content=prepared.body or None,
    )
    reply = session.fetch(call)
    items = _read_items(prepared, reply)
    rows = tuple(
        _read_result(session, prepared, key, row_id, item)
        for key, row_id, item in zip(prepared.rows, prepared.ids, items, strict=True)
    )
    silent = [at for at, item in enumerate(items) if any(_names_none(e) for e in item.get("errors") or ())]
    rows, asked = ask_matches(session, prepared, silent, rows, version=version)
    return Answer(status=reply.status, rows=rows, server_date=reply.server_date, calls=reply.calls + asked)


def _check(batch: Batch) -> None:
    if batch.operation not in _METHODS:
        raise ValueError(f"Salesforce has no operation {batch.operation}")
    if not 0 < len(batch.rows) <= MOST_ROWS:
        raise ValueError(f"a request carries 1 to {MOST_ROWS} rows, not {len(batch.rows)}")
    if batch.operation is Operation.UPSERT and not batch.key_field:
        raise ValueError("an upsert needs its external id field")
    if batch.operation is not Operation.CREATE and not all(r.id for r in batch.rows):
        raise ValueError(f"every row of {batch.operation} needs an id")


def _record(batch: Batch, row: Row) -> dict[str, Any]:
    head: dict[str, Any] = {"attributes": {"type": check_name(batch.object)}}
    values = {check_name(name): row.values[name] for name in sorted(row.values)}
    if batch.operation is Operation.UPDATE:
        head["id"] = long_id(row.id)
        refuse_key(values, "id")
    if batch.operation is Operation.UPSERT:
        head[batch.key_field] = row.id
        refuse_key(values, batch.key_field)
    return head | {name: plain_value(value) for name, value in values.items()}


def refuse_key(values: Mapping[str, Any], key: str) -> None:
    """The field that addresses the record is never among the fields that are written."""
    if key.lower() in {name.lower() for name in values}:
        raise ValueError(f"{key} addresses the record and cannot be written")


def plain_value(value: Value) -> Value:
    """Multi-select picklists travel as one text with semicolons."""
    return value if value is None or isinstance(value, str | int | float | bool) else ";".join(value)


def to_json(body: Mapping[str, Json]) -> bytes:
    """A body to the byte."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _read_items(prepared: PreparedRequest, reply: Reply) -> list[dict[str, Any]]:
    """One item for each row, in order."""
    try:
        items = reply.json()
    except ValueError:
        items = None
    if not isinstance(items, list) or len(items) != len(prepared.rows):
        raise OutcomeUnknown(
            f"{prepared.method} {prepared.path.partition('?')[0]} was granted, but its answer cannot be read",
            system=prepared.system,
            hint="the next run looks it up before anything is sent again",
        )
    return items


def _names_none(error: Mapping[str, Any]) -> bool:
    """True for the refusal of a duplicate rule that does not show what it found."""
    return error.get("statusCode") == REFUSED and tell_error(error) == str(error.get("message", ""))


def _read_result(session: Session, prepared: PreparedRequest, key: str, row_id: str, item: dict[str, Any]) -> RowResult:
    errors = item.get("errors") or []
    addressed = row_id if prepared.kind in (Operation.UPDATE, Operation.DELETE) else ""
    if item.get("success"):
        created = item.get("created", prepared.kind is Operation.CREATE)
        return RowResult(key=key, ok=True, id=item.get("id") or addressed, created=bool(created))
    return RowResult(
        key=key,
        ok=False,
        id=item.get("id") or addressed,
        created=False,
        error_code=str(errors[0].get("statusCode", "")) if errors else "",
        error_message=session.http.redactor.redact("; ".join(tell_error(e) for e in errors)),
        error_fields=tuple(str(name) for e in errors for name in e.get("fields") or ()),
    )
