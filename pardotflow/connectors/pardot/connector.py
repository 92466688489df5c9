"""The Pardot side: one business unit of Account Engagement, through API v5.

Everything that the engine asks of a business unit goes through here; the modules beside it each know one part of the
API. No more than five requests are ever under way: the sixth would be refused.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from pardotflow.connectors.auth import TokenSource, keep_nothing
from pardotflow.connectors.budget import CallBudget
from pardotflow.connectors.grants import Grant
from pardotflow.connectors.http import HttpClient, Limits
from pardotflow.connectors.landing import Landing
from pardotflow.connectors.pardot.bulk_actions import BulkActions, prepare_action
from pardotflow.connectors.pardot.describe import CUSTOM_FIELD_COLUMNS, build_object
from pardotflow.connectors.pardot.dialect import PardotDialect
from pardotflow.connectors.pardot.exports import Exports, can_be_exported, count_windows, spellings
from pardotflow.connectors.pardot.import_file import MOST_BYTES, split_rows
from pardotflow.connectors.pardot.imports import Imports, prepare_import
from pardotflow.connectors.pardot.objects import find_object
from pardotflow.connectors.pardot.prices import BULK_ACTION_ROWS, JOBS_FROM, Tariff
from pardotflow.connectors.pardot.query import PAGE_ROWS, split_fields
from pardotflow.connectors.pardot.reads import Reader
from pardotflow.connectors.pardot.sizes import OlderLimits, unsendable_rows
from pardotflow.connectors.pardot.writes import ClearWith, SeveralValues, prepare_single, send_single, why_barred
from pardotflow.connectors.polling import Polling
from pardotflow.connectors.protocol import (
    Answer,
    Batch,
    Extract,
    Identity,
    Operation,
    PreparedRequest,
    Price,
    ReadRequest,
    RowResult,
    Usage,
    calls_for,
    ignore_handle,
)
from pardotflow.connectors.salesforce.ids import is_id, long_id
from pardotflow.connectors.session import Call, Session
from pardotflow.core.clock import Clock
from pardotflow.core.describe import ObjectInfo
from pardotflow.core.errors import RequestRefused, UsageError
from pardotflow.core.secret import Secret
from pardotflow.core.values import FieldType, System

MOST_AT_ONCE = 5
"""Requests under way for one business unit (Account Engagement API, "Rate Limits")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PardotSettings:
    """One business unit. `api_url` is `https://pi.pardot.com`, or `https://pi.demo.pardot.com` for sandboxes."""

    business_unit_id: str
    api_url: str = "https://pi.pardot.com"
    clear_with: ClearWith = ClearWith.NULL
    several_values: SeveralValues = SeveralValues.ARRAY
    polling: Polling = field(default_factory=Polling)
    export_polling: Polling = field(default_factory=lambda: Polling(first_wait=30.0))
    import_batch_bytes: int = MOST_BYTES
    jobs_from: int = JOBS_FROM
    """Rows from which changes may go by an import or a bulk action; 0 for never."""
    creates_by_import: bool = True
    older: OlderLimits = field(default_factory=OlderLimits)
    limits: Limits = field(default_factory=lambda: Limits(concurrency=MOST_AT_ONCE))


class PardotConnector:
    """One business unit. Satisfies `Connector`; signs in at first use.

    `transport` replaces the network in tests, for the login server too. `may_send` is asked before each try of a write.
    """

    system = System.PARDOT

    def __init__(
        self,
        grant: Grant,
        settings: PardotSettings,
        *,
        budget: CallBudget | None = None,
        clock: Clock | None = None,
        transport: httpx.BaseTransport | None = None,
        on_rotated: Callable[[Secret], None] = keep_nothing,
        may_send: Callable[[], None] = lambda: None,
    ) -> None:
        self._settings = settings
        self.concurrency = min(MOST_AT_ONCE, settings.limits.concurrency)
        self.jobs_from = settings.jobs_from
        dialect = PardotDialect(settings.api_url, settings.business_unit_id)
        http = HttpClient(
            system=self.system,
            limits=replace(settings.limits, concurrency=self.concurrency),
            judge=dialect.judge,
            budget=budget,
            transport=transport,
            clock=clock,
            may_send=may_send,
        )
        self._session = Session(http, TokenSource(grant, http.for_login(), on_rotated=on_rotated), dialect)
        self._reader = Reader(self._session, concurrency=self.concurrency)
        self._imports = Imports(self._session, self._reader, settings.polling)
        self._actions = BulkActions(self._session, settings.polling)
        self._tariff = Tariff(
            concurrency=self.concurrency,
            import_batch_bytes=settings.import_batch_bytes,
            polling=settings.polling,
            export_polling=settings.export_polling,
        )
        self._arrays: frozenset[str] = frozenset()

    @property
    def calls(self) -> int:
        """Calls made so far, as the vendor counts them."""
        return self._session.http.calls

    @property
    def calls_left(self) -> int | None:
        """What the budget has left; None without one."""
        return self._session.http.calls_left

    def stop_waiting(self) -> None:
        """Wait for nothing any more."""
        self._session.http.waits.stop()

    def close(self) -> None:
        """Close all connections."""
        self._session.close()

    def describe(self, object_name: str) -> ObjectInfo:
        """The object's fields: the shipped table, for prospects with the unit's custom fields (costs a call)."""
        known = find_object(object_name)
        if known.name != "prospect":
            return build_object(known)
        found = build_object(known, self._custom_fields())
        self._arrays = frozenset(f.name.lower() for f in found.fields if f.type is FieldType.ARRAY)
        return found

    def has_delta(self, object_name: str) -> bool:
        """False where the API cannot select changed records of an object, so that every read is a full one."""
        return bool(find_object(object_name).stamp)

    def read(self, request: ReadRequest, into: Path) -> Extract:
        """Land every page of a read in an empty folder; raises UsageError for fields that hold several values."""
        arrays = sorted(f for f in request.fields if f.lower() in self._arrays)
        if arrays:
            raise UsageError(
                f"{', '.join(arrays)} cannot be read by a query: it holds several values",
                hint="leave it out, or read it one record at a time",
            )
        known = find_object(request.object)
        if can_be_exported(known.name, request):
            found = self._read_by_export(known.name, request, into)
            if found is not None:
                return found
        return self._reader.read(request, into)

    def _read_by_export(self, name: str, request: ReadRequest, into: Path) -> Extract | None:
        """A full read by exports, where that is cheaper than pages; None where it is not. How many records there are is
        known from the last full read alone, so the first one always goes by pages."""
        pages = calls_for(request.expected, PAGE_ROWS)
        exports = Exports(self._session, self._tariff)
        # Of several passes over the pages, a record that stands in an export too would be a mixture.
        is_one_pass = len(tuple(split_fields(request.fields))) == 1
        if not is_one_pass or not exports.is_cheaper(request.expected, 1, pages):
            return None
        began = self._session.http.clock.now()
        oldest = self._reader.oldest_update(request)
        now = self.server_now()
        if oldest is None or not exports.is_cheaper(request.expected, count_windows(oldest, now), pages):
            return None
        landing = Landing(into)
        read = exports.read(name, request, landing, oldest, now)
        if read is None:
            return None
        # What was changed meanwhile may have left a window before that was read.
        rest = self._reader.land(replace(request, since=now), landing, first_part=read.parts + 1)
        return replace(
            rest,
            files=(*read.files, *rest.files),
            rows=read.rows + rest.rows,
            calls=1 + exports.calls + rest.calls,
            server_time_at_start=self._session.http.server_clock.at(began),
            respelled=spellings(request),
        )

    def read_record(self, object_name: str, record_id: str, fields: Sequence[str]) -> Mapping[str, Any] | None:
        """One record, a recycled one too, or None. Fields that hold several values can be read here."""
        return self._reader.read_record(object_name, record_id, fields)

    def find(self, object_name: str, where: str, fields: Sequence[str]) -> list[dict[str, Any]]:
        """Records that filters select (`salesforceId=00Q…`), recycled ones too; at least one call."""
        return self._reader.find(object_name, where, fields)

    def unsendable(self, batch: Batch) -> tuple[RowResult, ...]:
        """A refusal for each row that no request can carry; pure."""
        return unsendable_rows(batch, self._settings.import_batch_bytes, self._settings.older)

    def split(self, batch: Batch) -> Iterator[Batch]:
        """One record each, or imports and bulk actions that are as large as the API takes."""
        most = BULK_ACTION_ROWS if batch.operation is Operation.BULK_DELETES else 1
        groups = (
            split_rows(batch, self._settings.import_batch_bytes, self._settings.older.payload_rows)
            if batch.operation.is_import
            else (batch.rows[at : at + most] for at in range(0, len(batch.rows), most))
        )
        for rows in groups:
            yield replace(batch, rows=rows)

    def prepare(self, batch: Batch) -> PreparedRequest:
        """The request for one record, one import or one bulk action; pure."""
        polls = self._tariff.job_polls(len(batch.rows))
        if batch.operation is Operation.BULK_DELETES:
            return prepare_action(batch, polls=polls)
        if batch.operation.is_import:
            return prepare_import(batch, polls=polls, most_bytes=self._settings.import_batch_bytes)
        settings = self._settings
        return prepare_single(batch, clear_with=settings.clear_with, several_values=settings.several_values)

    def send(self, prepared: PreparedRequest, *, note: Callable[[str], None] = ignore_handle) -> Answer:
        """Send; `note` gets the id of an import or a bulk action after its upload and before it is started."""
        if prepared.kind is Operation.BULK_DELETES:
            return self._actions.run(prepared, note)
        if prepared.kind.is_import:
            return self._imports.run(prepared, note)
        return send_single(self._session, prepared)

    def resume(self, prepared: PreparedRequest, handle: str) -> Answer:
        """What became of an import or a bulk action that was noted; waits for it."""
        if prepared.kind is Operation.BULK_DELETES:
            return self._actions.resume(prepared, handle)
        return self._imports.resume(prepared, handle)

    def price(self, operation: Operation, rows: int, size: int = 0, *, job_seconds: float | None = None) -> Price:
        """What so many rows take; pure. `size` is an import's bytes of CSV, guessed where it is 0."""
        return self._tariff.price(operation, rows, size, job_seconds)

    def price_of_exports(self, exports: int, rows: int, *, job_seconds: float | None = None) -> Price:
        """What a full read by so many exports takes; pure. How many it needs depends on how old the records are."""
        return self._tariff.exports(exports, rows, job_seconds)

    def barred(self, operation: Operation, object_name: str, headers: Sequence[tuple[str, str]] = ()) -> str:
        """Why rows of an object cannot go by an operation, empty where they can; pure."""
        if operation is Operation.IMPORT_CREATES and not self._settings.creates_by_import:
            return "creates_by_import is false"
        return why_barred(operation, object_name)

    def usage(self) -> Usage:
        """The day's calls of the whole unit (Account Engagement API v5, "Account"); costs a call."""
        path = "/api/v5/objects/account?fields=id,apiCallsUsed,maximumDailyApiCalls"
        _, body = self._session.fetch_json(Call(path=path))
        return Usage(used=int(body["apiCallsUsed"]), limit=int(body["maximumDailyApiCalls"]))

    def identity(self) -> Identity:
        """The unit and our own user in it, empty where we may not read users; costs a call."""
        ours = self._session.token().user_id
        try:
            users = self._reader.find("user", "", ("id", "salesforceId")) if is_id(ours) else []
        except RequestRefused:
            users = []
        found = [str(u["id"]) for u in users if is_id(u["salesforceId"] or "") and _same(u["salesforceId"], ours)]
        return Identity(organization_id=self._settings.business_unit_id, user_id=found[0] if len(found) == 1 else "")

    def server_now(self) -> datetime:
        """The unit's time as its answers show it."""
        return self._session.http.server_clock.now()

    def _custom_fields(self) -> list[dict[str, Any]]:
        return self._reader.find("custom_field", "", CUSTOM_FIELD_COLUMNS)


def _same(one: str, other: str) -> bool:
    return long_id(one) == long_id(other)
