"""The words that the engine and every connector share: what to read, what to write, and what came back.

A write has two halves with a seam between them where the engine keeps its journal: `prepare` is pure and its bytes
are final, `send` does exactly those bytes. Row results stand in the order of the batch, one for each row, always.
"""

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from pardotflow.core.describe import ObjectInfo
from pardotflow.core.values import FieldType, System

Value = str | int | float | bool | None | Sequence[str]
"""What a field can be set to. None clears it; dates and times are texts in the form that the system takes."""


class Operation(StrEnum):
    """Everything that costs calls."""

    DESCRIBE = "describe"
    READ = "read"
    READ_BY_ID = "read_by_id"
    READ_ONE = "read_one"
    READ_BY_JOB = "read_by_job"
    """A full read as files of asynchronous jobs: a Bulk 2.0 query, or exports."""
    UPDATE = "update"
    """By record id; repeating it changes nothing."""
    UPDATE_UNMODIFIED = "update_unmodified"
    """By record id, each row only where its record has not changed since `Row.unmodified_since`."""
    UPSERT = "upsert"
    """By a unique external id, for creates that a repeat must not double."""
    CREATE = "create"
    DELETE = "delete"
    """Into the system's recycle bin."""
    UNDELETE = "undelete"
    """Out of it again, in Salesforce: by SOAP, for its REST API has no such request."""
    IMPORT_UPDATES = "import_updates"
    IMPORT_CREATES = "import_creates"
    IMPORT_UNDELETES = "import_undeletes"
    """The same in Account Engagement: by id, several prospects may share an address."""
    BULK_UPDATES = "bulk_updates"
    BULK_UPSERTS = "bulk_upserts"
    BULK_CREATES = "bulk_creates"
    BULK_DELETES = "bulk_deletes"
    """Bulk 2.0 in Salesforce, a bulk action in Account Engagement."""

    @property
    def is_import(self) -> bool:
        """True for the imports of Account Engagement."""
        return self in _IMPORTS

    @property
    def is_job(self) -> bool:
        """True where rows travel as files of one asynchronous job, which `send` names before it starts."""
        return self.is_import or self in _BULK

    @property
    def has_values(self) -> bool:
        """False where a row says only which record is meant."""
        return self not in _NO_VALUES

    @property
    def is_upsert(self) -> bool:
        """True where rows are addressed by the value of `Batch.key_field`, which then stands in no row's values."""
        return self in (Operation.UPSERT, Operation.BULK_UPSERTS)

    @property
    def is_create(self) -> bool:
        """True where nothing addresses a row: a repeat makes a second record."""
        return self in (Operation.CREATE, Operation.BULK_CREATES)


_IMPORTS = frozenset((Operation.IMPORT_UPDATES, Operation.IMPORT_CREATES, Operation.IMPORT_UNDELETES))
_NO_VALUES = frozenset((Operation.DELETE, Operation.UNDELETE, Operation.IMPORT_UNDELETES, Operation.BULK_DELETES))
_BULK = frozenset((Operation.BULK_UPDATES, Operation.BULK_UPSERTS, Operation.BULK_CREATES, Operation.BULK_DELETES))


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What an operation takes. Prices add up: groups of rows are sent one after the other.

    It is the price where nothing is refused or repeated: a job with refused rows takes a call more for their list.
    """

    calls: int = 0
    """Calls that the vendor counts, `polls` among them."""
    jobs: int = 0
    polls: int = 0
    """Calls that ask how far jobs are, for as long as `job_seconds` assumes."""
    job_seconds: float = 0.0
    """How long the vendor is assumed to work on the jobs, all together."""
    size: int = 0
    """Bytes that travel."""
    seconds: float = 0.0
    """The least time that it takes, with as many requests under way as the connector allows."""

    def __add__(self, other: "Price") -> "Price":
        return Price(
            calls=self.calls + other.calls,
            jobs=self.jobs + other.jobs,
            polls=self.polls + other.polls,
            job_seconds=self.job_seconds + other.job_seconds,
            size=self.size + other.size,
            seconds=self.seconds + other.seconds,
        )


NOTHING = Price()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRequest:
    """One extraction.

    `since` is the cursor minus its overlap, aware; None reads everything. `where` is the system's own language, sent as
    it is: a SOQL condition, or for Pardot a query string of filters (`userId=5&score=…`). `ids` reads these records
    only, and then `since` and `where` must not be given. `stamp` replaces the field that `since` is compared with.
    `expected` is how many records a full read brought the last time, 0 where that is not known: it decides nothing but
    the route. `types` says what the fields are, by the names that are asked for; empty where that is not known.
    """

    object: str
    fields: tuple[str, ...]
    since: datetime | None = None
    include_deleted: bool = True
    where: str | None = None
    ids: tuple[str, ...] | None = None
    stamp: str = ""
    expected: int = 0
    types: Mapping[str, FieldType] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.since is not None and self.since.tzinfo is None:
            raise ValueError("ReadRequest.since must carry a time zone")
        if self.ids is not None and (self.since is not None or self.where):
            raise ValueError("ReadRequest.ids excludes since and where")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """What a read landed on disk: raw response bodies, one file a page.

    A file is JSON, or CSV where its name ends so: with a header of the fields' names (a parent's as `Account.Name`),
    and an empty cell for null.

    A record can stand in several files: once for each of `passes` (each pass holds other fields of the same records;
    where a field is absent from a row, another pass has it), and again where a long read was restarted at a boundary.
    """

    files: tuple[Path, ...]
    rows: int
    """Rows over all files of the first pass."""
    calls: int
    server_time_at_start: datetime
    """The system's own time, never later than the moment at which the read began: the next cursor."""
    complete: bool
    """False where the system says that it kept rows back, or sent another number of rows than it announced."""
    records_pointer: str
    """JSON pointer of the array of records in each JSON file: `/records` or `/values`."""
    passes: int = 1
    respelled: Mapping[str, str] = field(default_factory=dict)
    """Of CSV: fields whose values are spelled otherwise than in JSON, and how (`instant`, `number`, `escaped`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One record to write. `key` is the engine's own name for it and comes back with the result.

    `id` addresses the record: its id for updates, deletes and undeletes, the value of the key field for upserts, the
    Salesforce id for imports of creates, nothing for plain creates.
    """

    key: str
    id: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    unmodified_since: datetime | None = None
    """Aware. Of `UPDATE_UNMODIFIED`: the record's stamp as it was read; None writes whatever the record is now."""

    def __post_init__(self) -> None:
        if self.unmodified_since is not None and self.unmodified_since.tzinfo is None:
            raise ValueError("Row.unmodified_since must carry a time zone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Rows of one object for one operation. `key_field` is the external id field of an upsert."""

    operation: Operation
    object: str
    rows: tuple[Row, ...]
    key_field: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    """What the requests say in place of the connection's own headers of these names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedRequest:
    """A write whose bytes are final. It holds no credentials, so it may be stored.

    `path` is relative to the system's address and includes the query. `files` are the CSV files of a job, `body` is
    then the JSON that creates it.
    """

    system: System
    kind: Operation
    object: str
    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    calls: int
    """Calls that sending takes when nothing is repeated; an estimate for jobs, which are polled."""
    rows: tuple[str, ...]
    """Keys of the rows, in order."""
    ids: tuple[str, ...]
    """What addresses the rows, in the same order."""
    files: tuple[bytes, ...] = ()

    @property
    def key(self) -> str:
        """A digest of everything that will be sent: equal requests have equal keys, on every machine."""
        digest = hashlib.sha256()
        head = [self.system, self.kind, self.object, self.method, self.path]
        for part in (*head, *(f"{name}: {value}" for name, value in self.headers), *self.rows):
            digest.update(part.encode() + b"\0")
        for content in (self.body, *self.files):
            digest.update(len(content).to_bytes(8, "big") + content)
        return digest.hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class RowResult:
    """What became of one row.

    `error_code` is the vendor's own code, as text; `explain_code` says what it means. `created` is None where the
    system does not tell. `fields` is what the system stored, None where the answer does not carry it.
    """

    key: str
    ok: bool
    id: str = ""
    created: bool | None = None
    error_code: str = ""
    error_message: str = ""
    error_fields: tuple[str, ...] = ()
    fields: Mapping[str, Any] | None = None
    moved: bool = False
    """The record is not what was planned for: it changed after `Row.unmodified_since` and nothing was written, or one
    that was to be made was there, and only its blanks were filled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to one prepared request. Invariant: `rows` has one result for each row of it, in its order."""

    status: int
    rows: tuple[RowResult, ...]
    server_date: datetime | None
    calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Calls of the day, as the system counts them for all its users."""

    used: int
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who we are over there: the organisation (or business unit) and the connected user, empty where not told."""

    organization_id: str
    user_id: str


def ignore_handle(handle: str) -> None:
    """The default of `send(note=)`: the name of a running job is not kept."""


class Connector(Protocol):
    """One outside system. Every method may be called from several threads."""

    system: System
    concurrency: int
    """How many requests may be under way at once; more wait their turn inside."""
    jobs_from: int
    """Rows from which changes may go by a job; 0 where they never do."""

    @property
    def calls(self) -> int:
        """Calls made so far, as the vendor counts them."""

    @property
    def calls_left(self) -> int | None:
        """Calls that the user's budget has left; None where there is no budget."""

    def describe(self, object_name: str) -> ObjectInfo:
        """The object's fields, types and rights; raises RequestRefused where the system does not know it."""

    def read(self, request: ReadRequest, into: Path) -> Extract:
        """Land every page of a read in the folder `into`, which must be empty or absent."""

    def read_record(self, object_name: str, record_id: str, fields: Sequence[str]) -> Mapping[str, Any] | None:
        """One record as the system writes it in JSON, or None where it answers that there is none."""

    def split(self, batch: Batch) -> Iterator[Batch]:
        """Cut a batch of any size into batches that each fit one request, in order."""

    def unsendable(self, batch: Batch) -> tuple[RowResult, ...]:
        """A refusal of ours for each row that no request can carry: too large, a field too long. Pure. The codes are
        explained by `explain_code`; the caller takes these rows out before it splits the batch."""

    def prepare(self, batch: Batch) -> PreparedRequest:
        """Build the request; pure. Raises ValueError for rows that this operation cannot carry."""

    def send(self, prepared: PreparedRequest, *, note: Callable[[str], None] = ignore_handle) -> Answer:
        """Do what was prepared.

        Raises OutcomeUnknown where it was sent and nobody knows whether it happened; every other exception means that
        nothing happened: RequestRefused (the request as a whole), LoginRefused, RateLimited, QuotaSpent, BudgetSpent,
        Unreachable, ServerTrouble. `note` gets the name of a job before the job starts, for `resume`.
        """

    def resume(self, prepared: PreparedRequest, handle: str) -> Answer:
        """What became of a job that `send` had named; waits for it, and begins none. Raises JobStillOpen where it can
        be asked for later, OutcomeUnknown where nobody can tell any more; every other exception means that nothing
        happened, and that nothing will by this job."""

    def price(self, operation: Operation, rows: int, size: int = 0, *, job_seconds: float | None = None) -> Price:
        """What an operation on so many rows, with so many bytes of values, takes; pure. `job_seconds` is how long the
        vendor works on one job, None for what the connector assumes."""

    def barred(self, operation: Operation, object_name: str, headers: Sequence[tuple[str, str]] = ()) -> str:
        """Why rows of an object cannot go by an operation under these headers, empty where they can; pure."""

    def usage(self) -> Usage:
        """The day's allowance; costs a call."""

    def identity(self) -> Identity:
        """Organisation and connected user."""

    def server_now(self) -> datetime:
        """The system's time as its answers show it; the machine's own before the first answer."""

    def stop_waiting(self) -> None:
        """Wait for nothing any more: what would be tried again later ends with its trouble now, and a job that runs
        with an outcome that is not known, to be asked for by its name."""

    def close(self) -> None:
        """Close all connections."""


def calls_for(rows: int, per_call: int) -> int:
    """How many calls carry so many rows."""
    return math.ceil(rows / per_call)
