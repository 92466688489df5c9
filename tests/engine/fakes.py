"""Two connectors over vendors in memory: what they read lands as files of the recorded shapes, what they send is kept.

They count calls and remember every row that was written, so that a test can say what was sent and what was not.
"""

import itertools
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pardotflow.connectors.protocol import (
    Answer,
    Batch,
    Extract,
    Identity,
    Operation,
    PreparedRequest,
    Price,
    ReadRequest,
    Row,
    RowResult,
    Usage,
    calls_for,
    ignore_handle,
)
from pardotflow.core.describe import ObjectInfo
from pardotflow.core.values import System
from tests.engine.vendor import OURS, Record, Vendor, Version

ROWS_IN_A_CALL: Mapping[System, int] = {System.SALESFORCE: 200, System.PARDOT: 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One row of a request as it left; `ok` is false where it was refused."""

    system: System
    object: str
    operation: Operation
    id: str
    values: Mapping[str, Any]
    ok: bool
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True, kw_only=True)
class Paging:
    """How rows come: in pages of this many, in an order of their own where `seed` is given."""

    size: int = 1000
    seed: int | None = None


class FakeConnector:
    """One vendor behind the protocol of connectors."""

    concurrency = 1
    calls_left: int | None = None
    jobs_from = 100

    def __init__(self, vendor: Vendor, log: list[Sent]) -> None:
        self.system = vendor.system
        self.vendor = vendor
        self.calls = 0
        self.paging = Paging()
        self.offers: frozenset[Operation] = frozenset()
        """Kinds of requests that it takes besides those that everybody does."""
        self.longest = 0
        """The longest value that a request takes; 0 for any."""
        self.log = log

    def stop_waiting(self) -> None:
        """There is nothing to wait for."""

    # reading

    def describe(self, object_name: str) -> ObjectInfo:
        """What the vendor declares."""
        self.calls += 1
        return self.vendor.infos[object_name]

    def read(self, request: ReadRequest, into: Path) -> Extract:
        """Land what a reader sees at this moment."""
        if request.object.endswith("History"):
            rows = self._entries(request)
        else:
            rows = [self._row(request, r, v) for r, v in self._seen(request)]
        if self.paging.seed is not None:
            random.Random(self.paging.seed).shuffle(rows)
        size = self.paging.size
        pages = [rows[at : at + size] for at in range(0, len(rows), size)] or [[]]
        into.mkdir(parents=True)
        files = [into / f"00001-{n:06d}.json" for n in range(1, len(pages) + 1)]
        for file, page in zip(files, pages, strict=True):
            file.write_text(json.dumps(self._page(page)), "utf-8")
        self.calls += len(pages)
        return Extract(
            files=tuple(files),
            rows=len(rows),
            calls=len(pages),
            server_time_at_start=self.vendor.clock.now(),
            complete=True,
            records_pointer="/records" if self.system is System.SALESFORCE else "/values",
        )

    def _entries(self, request: ReadRequest) -> list[dict[str, Any]]:
        """Field history: an entry for each change of a tracked field; a hidden record hides its own."""
        parent = request.object.removesuffix("History")
        found = []
        names_records = f"{parent}Id" in (request.where or "")
        for record in self.vendor.objects[parent].values():
            is_left_out = record.hidden or (names_records and f"'{record.id}'" not in (request.where or ""))
            for number, (before, after) in enumerate(() if is_left_out else itertools.pairwise(record.versions)):
                for field in sorted(self.vendor.habits.tracked):
                    is_asked = request.where is None or f"'{field}'" in request.where
                    is_new = request.since is None or after.stamp >= request.since
                    if is_asked and is_new and before.values.get(field) != after.values.get(field):
                        head = {"attributes": {"type": request.object}, f"{parent}Id": record.id, "Field": field}
                        stamp = {"CreatedDate": _time(after.stamp, self.system), "CreatedById": after.writer}
                        found.append({**head, **stamp, "Id": f"{record.id} {field} {number}"})
        return found

    def _page(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        if self.system is System.SALESFORCE:
            return {"totalSize": len(rows), "done": True, "records": rows}
        return {"nextPageToken": None, "nextPageUrl": None, "values": rows}

    def _seen(self, request: ReadRequest) -> Iterator[tuple[Record, Version]]:
        at = self.vendor.clock.now() - self.vendor.habits.lag
        for record in self.vendor.objects.get(request.object, {}).values():
            version = None if record.hidden else record.seen_at(at)
            if version is None or (version.deleted and not request.include_deleted):
                continue
            is_asked = request.ids is None or record.id in request.ids
            if is_asked and (request.since is None or version.stamp >= request.since):
                yield record, version

    def _row(self, request: ReadRequest, record: Record, version: Version) -> dict[str, Any]:
        crm, made = self.system is System.SALESFORCE, record.versions[0]
        system = {
            "Id" if crm else "id": record.id if crm else int(record.id),
            "SystemModstamp" if crm else "updatedAt": _time(version.stamp, self.system),
            "LastModifiedById" if crm else "updatedById": version.writer if crm else _number(version.writer),
            "IsDeleted" if crm else "isDeleted": version.deleted,
        }
        # A test that declares these fields says what they hold.
        system |= {
            name: value
            for name, value in (
                ("CreatedDate" if crm else "createdAt", _time(made.stamp, self.system)),
                ("CreatedById" if crm else "createdById", made.writer if crm else _number(made.writer)),
            )
            if name not in version.values
        }
        head = {"attributes": {"type": request.object}} if crm else {}
        row = head | {f: system[f] if f in system else version.values.get(f) for f in request.fields if "." not in f}
        return row | {f.partition(".")[0]: self._parent(request.object, version, f) for f in request.fields if "." in f}

    def _parent(self, object_name: str, version: Version, path: str) -> dict[str, Any] | None:
        """The parent record that a path leads to, with the one field of it that is asked for."""
        relation, _, name = path.partition(".")
        reference = self.vendor.infos[object_name].field(f"{relation}Id")
        parent = version.values.get(reference.name) if reference else None
        found = self.vendor.objects[reference.reference_to[0]].get(str(parent)) if reference and parent else None
        return None if found is None else {name: found.last.values.get(name)}

    def read_record(self, object_name: str, record_id: str, fields: Sequence[str]) -> Mapping[str, Any] | None:
        """One record, or None."""
        self.calls += 1
        record = self.vendor.objects[object_name].get(record_id)
        return None if record is None else {f: record.last.values.get(f) for f in fields}

    # writing

    def split(self, batch: Batch) -> Iterator[Batch]:
        """As many rows as one request of the vendor takes."""
        size = 10_000 if batch.operation.is_job else ROWS_IN_A_CALL[self.system]
        for at in range(0, len(batch.rows), size):
            yield replace(batch, rows=batch.rows[at : at + size])

    def prepare(self, batch: Batch) -> PreparedRequest:
        """The rows as JSON; refuses what no vendor takes."""
        if batch.operation.has_values and not all(r.values for r in batch.rows):
            raise ValueError("there is nothing to write")
        since = {r.key: r.unmodified_since.isoformat() if r.unmodified_since else None for r in batch.rows}
        rows = [{"key": r.key, "id": r.id, "values": dict(r.values), "since": since[r.key]} for r in batch.rows]
        return PreparedRequest(
            system=self.system,
            kind=batch.operation,
            object=batch.object,
            method="POST",
            path=batch.key_field,
            headers=batch.headers,
            body=json.dumps(rows, sort_keys=True).encode(),
            calls=1,
            rows=tuple(r.key for r in batch.rows),
            ids=tuple(r.id for r in batch.rows),
        )

    def send(self, prepared: PreparedRequest, *, note: Callable[[str], None] = ignore_handle) -> Answer:
        """Write every row that is not refused."""
        self.calls += prepared.calls
        rows = [
            Row(
                key=r["key"],
                id=r["id"],
                values=r["values"],
                unmodified_since=datetime.fromisoformat(r["since"]) if r["since"] else None,
            )
            for r in json.loads(prepared.body)
        ]
        results = tuple(self._write(prepared, row) for row in rows)
        return Answer(status=200, rows=results, server_date=self.vendor.clock.now(), calls=1)

    def resume(self, prepared: PreparedRequest, handle: str) -> Answer:
        """There are no jobs to wait for."""
        raise NotImplementedError(handle)

    def _write(self, prepared: PreparedRequest, row: Row) -> RowResult:
        name = prepared.object
        code = self.vendor.habits.refuses(name, row.id, row.values)
        moved = row.unmodified_since is not None and self._is_newer(name, row)
        self._keep(prepared, row, ok=not code and not moved)
        if moved:
            return RowResult(key=row.key, ok=False, error_code="PRECONDITION_FAILED", moved=True)
        if code:
            return RowResult(key=row.key, ok=False, error_code=code, error_message=f"refused by {code}")
        if not prepared.kind.has_values:
            return self._turn(prepared, row)
        known = self._addressed(prepared, row)
        if known is None:
            keyed = {prepared.path: row.id} if prepared.kind.is_upsert else {}
            record = self.vendor.make(name, {**row.values, **keyed})
        else:
            record = known.id
            self.vendor.write(name, record, row.values)
        return RowResult(
            key=row.key, ok=True, id=record, created=known is None, fields=self._stored(prepared, row, record)
        )

    def _is_newer(self, name: str, row: Row) -> bool:
        """Whether the record was changed after the moment that the row names."""
        record = self.vendor.objects[name][row.id]
        return row.unmodified_since is not None and record.last.stamp > row.unmodified_since

    def _turn(self, prepared: PreparedRequest, row: Row) -> RowResult:
        """Into the recycle bin, or out of it."""
        if prepared.kind in (Operation.DELETE, Operation.BULK_DELETES):
            self.vendor.delete(prepared.object, row.id, writer=OURS[self.system])
        else:
            self.vendor.undelete(prepared.object, row.id, writer=OURS[self.system])
        return RowResult(key=row.key, ok=True, id=row.id, created=False)

    def _addressed(self, prepared: PreparedRequest, row: Row) -> Record | None:
        if prepared.kind.is_upsert:
            return self.vendor.find(prepared.object, prepared.path, row.id)
        return self.vendor.objects[prepared.object][row.id] if row.id else None

    def _stored(self, prepared: PreparedRequest, row: Row, record: str) -> Mapping[str, Any] | None:
        """Account Engagement answers a single write with what it stored; Salesforce and imports do not."""
        if self.system is System.SALESFORCE or prepared.kind.is_import or not self.vendor.habits.answers:
            return None
        return {f: self.vendor.value(prepared.object, record, f) for f in row.values}

    def _keep(self, prepared: PreparedRequest, row: Row, *, ok: bool) -> None:
        sent = Sent(
            system=self.system,
            object=prepared.object,
            operation=prepared.kind,
            id=row.id,
            values=dict(row.values),
            ok=ok,
            headers=prepared.headers,
        )
        self.log.append(sent)

    # the rest

    def price(self, operation: Operation, rows: int, size: int = 0, *, job_seconds: float | None = None) -> Price:
        """Calls for so many rows; the jobs of imports take a moment."""
        if operation.is_job:
            return Price(calls=3, jobs=1, size=size)
        return Price(calls=calls_for(rows, ROWS_IN_A_CALL[self.system]), size=size)

    def barred(self, operation: Operation, object_name: str, headers: Sequence[tuple[str, str]] = ()) -> str:
        """The requests that every vendor has, and the imports of one of them."""
        if operation.is_import:
            return "" if self.system is System.PARDOT and object_name == "prospect" else "no imports"
        is_special = operation.is_job or operation is Operation.UPDATE_UNMODIFIED
        return "no such request" if is_special and operation not in self.offers else ""

    def unsendable(self, batch: Batch) -> tuple[RowResult, ...]:
        """Rows with a longer value than any request takes."""
        return tuple(
            RowResult(key=r.key, ok=False, id=r.id, error_code="ROW_TOO_LARGE", error_message="too large")
            for r in batch.rows
            if self.longest and any(len(str(v)) > self.longest for v in r.values.values())
        )

    def usage(self) -> Usage:
        """An allowance that is never spent."""
        return Usage(used=0, limit=100_000)

    def identity(self) -> Identity:
        """The connected user."""
        return Identity(organization_id=f"org-{self.system}", user_id=OURS[self.system])

    def server_now(self) -> datetime:
        """The vendor's clock."""
        return self.vendor.clock.now()

    def close(self) -> None:
        """Nothing is open."""


def _time(at: datetime, system: System) -> str:
    """A stamp in the vendor's own spelling."""
    if system is System.SALESFORCE:
        return at.strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    return (at - timedelta(hours=5)).strftime("%Y-%m-%dT%H:%M:%S-05:00")


def _number(writer: str) -> int | str:
    return int(writer) if writer.isdigit() else writer
