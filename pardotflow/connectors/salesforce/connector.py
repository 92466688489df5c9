"""The Salesforce side: one org, through REST.

Everything that the engine asks of an org goes through here; the modules beside it each know one part of the API. API
versions from 46 on answer collections upserts with `created`; older ones are not spoken.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from pardotflow.connectors.auth import TokenSource, keep_nothing
from pardotflow.connectors.budget import CallBudget
from pardotflow.connectors.grants import Grant
from pardotflow.connectors.http import HttpClient, Limits
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
    ignore_handle,
)
from pardotflow.connectors.salesforce.cascades import count_cascades
from pardotflow.connectors.salesforce.conditional import prepare_conditional, send_conditional
from pardotflow.connectors.salesforce.describe import read_object
from pardotflow.connectors.salesforce.dialect import SalesforceDialect
from pardotflow.connectors.salesforce.ids import long_id
from pardotflow.connectors.salesforce.ingest import Ingest, prepare_ingest
from pardotflow.connectors.salesforce.job_file import split_jobs
from pardotflow.connectors.salesforce.prices import BULK_FROM, INGEST, Tariff
from pardotflow.connectors.salesforce.reads import Deleted, Reader
from pardotflow.connectors.salesforce.sizes import Sizes, unsendable_rows
from pardotflow.connectors.salesforce.soql import check_name
from pardotflow.connectors.salesforce.undelete import prepare_undelete, send_undelete
from pardotflow.connectors.salesforce.writes import WriteHeaders, prepare_batch, send_batch, split_batch, why_barred
from pardotflow.connectors.session import Call, Session
from pardotflow.core.clock import Clock
from pardotflow.core.describe import ObjectInfo
from pardotflow.core.secret import Secret
from pardotflow.core.values import System


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesforceSettings:
    """One org. `page_rows` is a hint between 200 and 2000."""

    api_version: str = "60.0"
    client_name: str = "pardotflow"
    page_rows: int = 2000
    headers: WriteHeaders = field(default_factory=WriteHeaders)
    polling: Polling = field(default_factory=Polling)
    sizes: Sizes = field(default_factory=Sizes)
    jobs_from: int = BULK_FROM
    """Rows from which changes may go by a Bulk 2.0 job; 0 for never."""
    limits: Limits = field(default_factory=Limits)


class SalesforceConnector:
    """One org. Satisfies `Connector`; signs in at first use.

    `transport` replaces the network in tests, for the login server too. `may_send` is asked before each try of a write.
    """

    system = System.SALESFORCE

    def __init__(
        self,
        grant: Grant,
        settings: SalesforceSettings | None = None,
        *,
        budget: CallBudget | None = None,
        clock: Clock | None = None,
        transport: httpx.BaseTransport | None = None,
        on_rotated: Callable[[Secret], None] = keep_nothing,
        may_send: Callable[[], None] = lambda: None,
    ) -> None:
        self._settings = settings or SalesforceSettings()
        self.concurrency = self._settings.limits.concurrency
        self.jobs_from = self._settings.jobs_from
        dialect = SalesforceDialect(self._settings.client_name)
        http = HttpClient(
            system=self.system,
            limits=self._settings.limits,
            judge=dialect.judge,
            budget=budget,
            transport=transport,
            clock=clock,
            may_send=may_send,
        )
        tokens = TokenSource(grant, http.for_login(), on_rotated=on_rotated)
        self._session = Session(http, tokens, dialect)
        self._ingest = Ingest(self._session, self._settings.polling)
        self._tariff = Tariff(
            page_rows=self._settings.page_rows, concurrency=self.concurrency, polling=self._settings.polling
        )
        self._reader = Reader(self._session, version=self._settings.api_version, tariff=self._tariff)

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

    def versions(self) -> tuple[str, ...]:
        """API versions that the org's host speaks, oldest first; not counted."""
        _, body = self._session.fetch_json(Call(path="/services/data", signed=False))
        return tuple(v["version"] for v in body)

    def object_names(self) -> tuple[str, ...]:
        """Every object that the user can see."""
        return tuple(o["name"] for o in self._get("/sobjects")["sobjects"])

    def describe(self, object_name: str) -> ObjectInfo:
        """The object's fields, types and rights; raises RequestRefused where there is no such object."""
        return read_object(self._get(f"/sobjects/{check_name(object_name)}/describe"))

    def read(self, request: ReadRequest, into: Path) -> Extract:
        """Land every page of a read in an empty folder."""
        return self._reader.read(request, into)

    def read_record(self, object_name: str, record_id: str, fields: Sequence[str]) -> Mapping[str, Any] | None:
        """One live record, or None."""
        return self._reader.read_record(object_name, record_id, fields)

    def find_by_key(
        self, object_name: str, key_field: str, keys: Sequence[str], fields: Sequence[str]
    ) -> list[dict[str, Any]]:
        """Records that carry one of these keys in a text field, deleted ones too."""
        return self._reader.find_by_key(object_name, key_field, keys, fields)

    def read_deleted(self, object_name: str, start: datetime, end: datetime) -> Deleted:
        """Ids deleted between two moments of the last 15 days, with what the org's log covers."""
        return self._reader.read_deleted(object_name, start, end)

    def unsendable(self, batch: Batch) -> tuple[RowResult, ...]:
        """A refusal for each row that no request can carry; pure."""
        return unsendable_rows(batch, self._settings.sizes)

    def cascades(self, object_name: str, ids: Sequence[str]) -> list[tuple[str, str, int]]:
        """What is deleted together with these records: child object, its field, and how many; some calls."""
        return count_cascades(self._session, object_name, ids, version=self._settings.api_version)

    def split(self, batch: Batch) -> Iterator[Batch]:
        """Batches of at most 200 rows, 25 where each is conditional; for jobs, as many as one file takes."""
        sizes = self._settings.sizes
        return split_jobs(batch, sizes.job) if batch.operation.is_job else split_batch(batch, sizes)

    def prepare(self, batch: Batch) -> PreparedRequest:
        """The request for one batch of `split`; pure."""
        version, headers = self._settings.api_version, self._settings.headers
        if batch.operation is Operation.UPDATE_UNMODIFIED:
            return prepare_conditional(batch, version=version, headers=headers)
        if batch.operation is Operation.UNDELETE:
            return prepare_undelete(batch, version=version)
        if batch.operation in INGEST:
            polls = self._tariff.job_polls(len(batch.rows))
            return prepare_ingest(batch, version=version, headers=headers, polls=polls)
        return prepare_batch(batch, version=version, headers=headers)

    def send(self, prepared: PreparedRequest, *, note: Callable[[str], None] = ignore_handle) -> Answer:
        """Send; raises RequestRefused where the whole request is refused, OutcomeUnknown where nobody knows.

        `note` gets the id of a job before its rows are uploaded.
        """
        if prepared.kind is Operation.UPDATE_UNMODIFIED:
            return send_conditional(self._session, prepared)
        if prepared.kind is Operation.UNDELETE:
            return send_undelete(self._session, prepared)
        if prepared.kind in INGEST:
            return self._ingest.run(prepared, note)
        return send_batch(self._session, prepared, version=self._settings.api_version)

    def resume(self, prepared: PreparedRequest, handle: str) -> Answer:
        """What became of a job that was noted; nothing but a job can be resumed."""
        if prepared.kind not in INGEST:
            raise ValueError("a Salesforce request of this kind leaves no job behind")
        return self._ingest.resume(prepared, handle)

    def price(self, operation: Operation, rows: int, size: int = 0, *, job_seconds: float | None = None) -> Price:
        """What so many rows take; pure. Reads by id are an estimate, the length of the fields decides."""
        return self._tariff.price(operation, rows, size, job_seconds)

    def barred(self, operation: Operation, object_name: str, headers: Sequence[tuple[str, str]] = ()) -> str:
        """Why an operation cannot carry rows under these headers, empty where it can; pure."""
        return why_barred(operation, dict(self._settings.headers.items()) | dict(headers))

    def usage(self) -> Usage:
        """The rolling 24 hours of the whole org (REST API Developer Guide, "List Org Limits"); costs a call."""
        daily = self._get("/limits")["DailyApiRequests"]
        return Usage(used=daily["Max"] - daily["Remaining"], limit=daily["Max"])

    def identity(self) -> Identity:
        """The org and the connected user, as the token names them."""
        token = self._session.token()
        return Identity(
            organization_id=long_id(token.organization_id) if token.organization_id else "",
            user_id=long_id(token.user_id) if token.user_id else "",
        )

    def server_now(self) -> datetime:
        """The org's time as its answers show it."""
        return self._session.http.server_clock.now()

    def _get(self, resource: str) -> dict[str, Any]:
        body: dict[str, Any]
        _, body = self._session.fetch_json(Call(path=f"/services/data/v{self._settings.api_version}{resource}"))
        return body
