"""Send the changes of a plan, each request durable in the journal before it leaves and after it is answered.

Requests of one system go several at a time, within its limit. Trouble that would meet every further request (no
network, no quota, no login) stops the sending in good order: what is in flight is answered and written down, the rest
was never started.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import datetime
from queue import SimpleQueue
from typing import Any

from pardotflow.connectors.protocol import Answer, Batch, Connector, Operation, PreparedRequest, Row, RowResult, Value
from pardotflow.core.clock import Clock
from pardotflow.core.errors import ConnectionTrouble, OutcomeUnknown, RequestRefused
from pardotflow.core.progress import Progress
from pardotflow.core.values import FieldType, join_values, split_values
from pardotflow.store.ledger import JournalRow, Ledger

POLL = 0.2
"""Seconds after which the names of running jobs are written down although nothing has been answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One planned change, ready to be sent. `values` is field to (type, text or None)."""

    number: int
    system: str
    object: str
    id: str
    operation: Operation
    key_field: str
    key_value: str
    values: Mapping[str, tuple[str, str | None]]
    headers: tuple[tuple[str, str], ...] = ()
    unmodified_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one change. Times are the server's, of before and after the request."""

    number: int
    status: str
    """`confirmed`, `refused` or `unknown`; changes without an outcome were not started."""
    record_id: str = ""
    code: str = ""
    message: str = ""
    stored: Mapping[str, Any] | None = None
    of_request: bool = False
    """True where the system judged a request of several rows as one: that says nothing about this row."""
    sent_at: datetime
    answered_at: datetime


@dataclass(slots=True, kw_only=True)
class Sender:
    """Sends batches of one run. `stopped` holds the trouble that ended the sending."""

    run_id: str
    ledger: Ledger
    connectors: Mapping[str, Connector]
    clock: Clock
    progress: Progress
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    stopped: ConnectionTrouble | None = None
    interrupted: bool = False
    requests: int = 0
    last_rows: tuple[str, ...] = ()
    moved: list[int] = field(default_factory=list)
    """Changes that the system refused because their record was changed meanwhile; nothing of them was written."""
    _records: dict[str, str] = field(default_factory=dict)
    """By change: the record's id, for a new one the id of the record that it is made from."""
    _handles: SimpleQueue[tuple[int, str]] = field(default_factory=SimpleQueue)

    def interrupt(self) -> None:
        """Start nothing more; what is in flight is answered and written down. Asked again: raise KeyboardInterrupt."""
        if self.interrupted:
            raise KeyboardInterrupt
        self.interrupted = True

    def send(self, step: str, changes: Sequence[Change]) -> None:
        """Send changes of one system, object and operation, in order; outcomes are collected."""
        if not changes or self.stopped or self.interrupted:
            return
        self.progress.start(step, len(changes))
        connector = self.connectors[changes[0].system]
        self._records |= {str(c.number): _subject(c) for c in changes}
        with ThreadPoolExecutor(max_workers=connector.concurrency) as pool:
            self._pump(step, connector, pool, self._prepared(connector, changes))
        self.progress.finish(step)

    def _prepared(self, connector: Connector, changes: Sequence[Change]) -> Iterator[PreparedRequest]:
        first = changes[0]
        rows = tuple(
            Row(key=str(c.number), id=_address(c), values=_typed(c), unmodified_since=c.unmodified_since)
            for c in changes
        )
        batch = Batch(
            operation=first.operation, object=first.object, rows=rows, key_field=first.key_field, headers=first.headers
        )
        for part in connector.split(self._sendable(connector, batch)):
            yield connector.prepare(part)

    def _sendable(self, connector: Connector, batch: Batch) -> Batch:
        """The batch without the rows that no request can carry, which are refused here and now."""
        refused = connector.unsendable(batch)
        now = connector.server_now()
        self.outcomes |= {int(r.key): _outcome(r, "refused", now, now) for r in refused}
        keys = {r.key for r in refused}
        return replace(batch, rows=tuple(r for r in batch.rows if r.key not in keys)) if keys else batch

    def _pump(
        self, step: str, connector: Connector, pool: ThreadPoolExecutor, requests: Iterator[PreparedRequest]
    ) -> None:
        """Keep the connector's slots full. The journal is written in this thread only."""
        flying: dict[Future[Answer], tuple[int, PreparedRequest, datetime]] = {}
        more = True
        while more or flying:
            while more and not self.stopped and not self.interrupted and len(flying) < connector.concurrency:
                prepared = next(requests, None)
                if prepared is None:
                    more = False
                    break
                number, sent_at = self._journal(connector, prepared)
                flying[pool.submit(_send, connector, prepared, self._handles, number)] = (number, prepared, sent_at)
            more = more and not self.stopped and not self.interrupted
            done = wait(flying, timeout=POLL, return_when=FIRST_COMPLETED).done if flying else set()
            self._note_handles()
            for future in done:
                self._settle(connector, future, *flying.pop(future))
                self.progress.advance(step, len(self.last_rows))

    def _note_handles(self) -> None:
        """Jobs that requests have started, by the name under which their outcome can be asked for later."""
        while not self._handles.empty():
            self.ledger.note_handle(self.run_id, *self._handles.get())

    def _journal(self, connector: Connector, prepared: PreparedRequest) -> tuple[int, datetime]:
        self.requests += 1
        head = {
            "system": str(prepared.system),
            "kind": str(prepared.kind),
            "object": prepared.object,
            "key": prepared.key,
            "planned_at": self.clock.now().isoformat(),
        }
        rows = [JournalRow(change=int(key), record_key=self._records[key], status="planned") for key in prepared.rows]
        self.ledger.plan_request(self.run_id, self.requests, head, rows)
        sent_at = connector.server_now()
        self.ledger.mark_sent(self.run_id, self.requests, sent_at)
        return self.requests, sent_at

    def _settle(
        self, connector: Connector, future: Future[Answer], number: int, prepared: PreparedRequest, sent_at: datetime
    ) -> None:
        """Write down what became of one request."""
        self.last_rows = prepared.rows
        try:
            answer = future.result()
        except OutcomeUnknown as unknown:
            self._record(number, prepared, sent_at, connector.server_now(), "unknown", str(unknown))
            return
        except RequestRefused as refused:
            self._record(number, prepared, sent_at, connector.server_now(), "refused", str(refused), refused.code)
            return
        except ConnectionTrouble as trouble:
            # Nothing happened at the other side: these changes count as not started.
            self.ledger.answer_request(self.run_id, number, connector.server_now(), "not_started", str(trouble), [])
            self.stopped = self.stopped or trouble
            return
        answered_at = answer.server_date or connector.server_now()
        rows = []
        for result in answer.rows:
            if result.moved:
                self.moved.append(int(result.key))
                rows.append(_journal_row(result, "moved"))
                continue
            status = "confirmed" if result.ok else "refused"
            rows.append(_journal_row(result, status))
            self.outcomes[int(result.key)] = _outcome(result, status, sent_at, answered_at)
        self.ledger.answer_request(self.run_id, number, answered_at, "answered", "", rows)

    def _record(
        self,
        number: int,
        prepared: PreparedRequest,
        sent_at: datetime,
        answered_at: datetime,
        status: str,
        message: str,
        code: str = "",
    ) -> None:
        """The same outcome for every row of a request."""
        rows = [
            JournalRow(change=int(key), record_key=self._records[key], status=status, code=code, message=message)
            for key in prepared.rows
        ]
        self.ledger.answer_request(self.run_id, number, answered_at, status, message, rows)
        for row in rows:
            self.outcomes[row.change] = Outcome(
                number=row.change,
                status=status,
                code=code,
                message=message,
                of_request=len(rows) > 1,
                sent_at=sent_at,
                answered_at=answered_at,
            )


def _journal_row(result: RowResult, status: str) -> JournalRow:
    return JournalRow(
        change=int(result.key),
        record_key="",
        status=status,
        record_id=result.id,
        code=result.error_code,
        message=result.error_message,
    )


def _outcome(result: RowResult, status: str, sent_at: datetime, answered_at: datetime) -> Outcome:
    return Outcome(
        number=int(result.key),
        status=status,
        record_id=result.id,
        code=result.error_code,
        message=result.error_message,
        stored=result.fields,
        sent_at=sent_at,
        answered_at=answered_at,
    )


def _send(
    connector: Connector, prepared: PreparedRequest, handles: SimpleQueue[tuple[int, str]], number: int
) -> Answer:
    """In a thread of the pool: send, and pass on the name of the job that it starts."""
    return connector.send(prepared, note=lambda handle: handles.put((number, handle)))


def _subject(change: Change) -> str:
    """The record that a change is about: for a new one the record that it is made from (`new:Contact/003…`)."""
    return change.id.partition("/")[2] if change.id.startswith("new:") else change.id


def _address(change: Change) -> str:
    """What addresses the row: the key's value for an upsert, nothing for a plain create, else the id."""
    if change.operation.is_upsert or change.operation is Operation.IMPORT_CREATES:
        return change.key_value
    return "" if change.operation.is_create else change.id


def _typed(change: Change) -> dict[str, Value]:
    """Field values as the API takes them. The key of an upsert stands in the address, not among the values."""
    keyed = change.key_field if change.operation.is_upsert else ""
    return {f: typed_value(kind, text) for f, (kind, text) in change.values.items() if f != keyed}


_CONVERT: Mapping[str, Callable[[str], Value]] = {
    FieldType.INTEGER: int,
    FieldType.NUMBER: lambda text: float(text) if "." in text or "e" in text.lower() else int(text),
    FieldType.BOOLEAN: lambda text: text == "true",
    FieldType.ARRAY: split_values,
}


def typed_value(kind: str, text: str | None) -> Value:
    """A planned text as the JSON value that a field of that type takes."""
    if text is None:
        return None
    convert = _CONVERT.get(kind)
    if convert is None:
        return text
    try:
        return convert(text)
    except ValueError:
        return text


def stored_text(value: object) -> str | None:
    """A value of an answer as the snapshot would hold it."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return join_values(value) if isinstance(value, list) else str(value)
