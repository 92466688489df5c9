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
from pardotflow.core.values import System

Value = str | int | float | bool | None | Sequence[str]
"""What a field can be set to. None clears it; dates and times are texts in the form that the system takes."""


class Operation(StrEnum):
    """Everything that costs calls."""

    DESCRIBE = "describe"
    READ = "read"
    READ_BY_ID = "read_by_id"
    READ_ONE = "read_one"
    UPDATE = "update"
    """By record id; repeating it changes nothing."""
    UPSERT = "upsert"
    """By a unique external id, for creates that a repeat must not double."""
    CREATE = "create"
    DELETE = "delete"
    """Into the system's recycle bin."""
    UNDELETE = "undelete"
    """Out of it again; in Salesforce by SOAP, for its REST API has no such request."""
    IMPORT_UPDATES = "import_updates"
    IMPORT_CREATES = "import_creates"

    @property
    def is_import(self) -> bool:
        """True where rows travel as files of one asynchronous job."""
        return self in (Operation.IMPORT_UPDATES, Operation.IMPORT_CREATES)

    @property
    def has_values(self) -> bool:
        """False where a row says only which record is meant."""
        return self not in (Operation.DELETE, Operation.UNDELETE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRequest:
    """One extraction.

    `since` is the cursor minus its overlap, aware; None reads everything. `where` is the system's own language, sent as
    it is: a SOQL condition, or for Pardot a query string of filters (`userId=5&score=…`). `ids` reads these records
    only, and then `since` and `where` must not be given. `stamp` replaces the field that `since` is compared with.
    """

    object: str
    fields: tuple[str, ...]
    since: datetime | None = None
    include_deleted: bool = True
    where: str | None = None
    ids: tuple[str, ...] | None = None
    stamp: str = ""

    def __post_init__(self) -> None:
        if self.since is not None and self.since.tzinfo is None:
            raise ValueError("ReadRequest.since must carry a time zone")
        if self.ids is not None and (self.since is not None or self.where):
            raise ValueError("ReadRequest.ids excludes since and where")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """What a read landed on disk: raw response bodies, one file a page.

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
    """JSON pointer of the array of records in each file: `/records` or `/values`."""
    passes: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One record to write. `key` is the engine's own name for it and comes back with the result.

    `id` addresses the record: its id for updates, deletes and undeletes, the value of the key field for upserts, the
    Salesforce id for imports of creates, nothing for plain creates.
    """

    key: str
    id: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)


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

    `path` is relative to the system's address and includes the query. `files` are the CSV batches of an import, `body`
    is then the JSON that creates the import.
    """

    system: System
    kind: Operation
    object: str
    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    calls: int
    """Calls that sending takes when nothing is repeated; an estimate for imports, which are polled."""
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

    @property
    def calls(self) -> int:
        """Calls made so far, as the vendor counts them."""

    def describe(self, object_name: str) -> ObjectInfo:
        """The object's fields, types and rights; raises RequestRefused where the system does not know it."""

    def read(self, request: ReadRequest, into: Path) -> Extract:
        """Land every page of a read in the folder `into`, which must be empty or absent."""

    def read_record(self, object_name: str, record_id: str, fields: Sequence[str]) -> Mapping[str, Any] | None:
        """One record as the system writes it in JSON, or None where it answers that there is none."""

    def split(self, batch: Batch) -> Iterator[Batch]:
        """Cut a batch of any size into batches that each fit one request, in order."""

    def prepare(self, batch: Batch) -> PreparedRequest:
        """Build the request; pure. Raises ValueError for rows that this operation cannot carry."""

    def send(self, prepared: PreparedRequest, *, note: Callable[[str], None] = ignore_handle) -> Answer:
        """Do what was prepared.

        Raises OutcomeUnknown where it was sent and nobody knows whether it happened; every other exception means that
        nothing happened: RequestRefused (the request as a whole), LoginRefused, RateLimited, QuotaSpent, BudgetSpent,
        Unreachable, ServerTrouble. `note` gets the name of a job before the job starts, for `resume`.
        """

    def resume(self, prepared: PreparedRequest, handle: str) -> Answer:
        """Wait for a job that `send` had named and started; raises like `send`."""

    def cost(self, operation: Operation, rows: int, size: int = 0) -> int:
        """Calls that an operation on so many rows (and, for imports, bytes) takes; pure."""

    def usage(self) -> Usage:
        """The day's allowance; costs a call."""

    def identity(self) -> Identity:
        """Organisation and connected user."""

    def server_now(self) -> datetime:
        """The system's time as its answers show it; the machine's own before the first answer."""

    def close(self) -> None:
        """Close all connections."""


def calls_for(rows: int, per_call: int) -> int:
    """How many calls carry so many rows."""
    return math.ceil(rows / per_call)
