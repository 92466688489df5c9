"""Send the changes of a plan, each request durable in the journal before it leaves and after it is answered.

Requests of one system go several at a time, within its limit. Trouble that would meet every further request (no
network, no quota, no login) stops the sending in good order: what is in flight is answered and written down, the rest
was never started.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime
from queue import SimpleQueue
from typing import Any

from pardotflow.connectors.protocol import Answer, Connector, PreparedRequest, RowResult
from pardotflow.core.clock import Clock
from pardotflow.core.errors import ConnectionTrouble, OutcomeUnknown, RequestRefused
from pardotflow.core.progress import Progress
from pardotflow.core.values import join_values
from pardotflow.engine.changes import Change, batch_of
from pardotflow.store.journal import JournalRow
from pardotflow.store.ledger import Ledger

POLL = 0.2
"""Seconds after which the names of running jobs are written down although nothing has been answered."""


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
    earlier: dict[int, Outcome] = field(default_factory=dict)
    """What became of changes of the plan in runs before this one."""
    stopped: ConnectionTrouble | None = None
    interrupted: bool = False
    requests: int = 0
    last_rows: tuple[str, ...] = ()
    _records: dict[str, str] = field(default_factory=dict)
    """By change: the record's id, for a new one the id of the record that it is made from."""
    _handles: SimpleQueue[tuple[int, str]] = field(default_factory=SimpleQueue)

    @property
    def confirmed(self) -> dict[int, str]:
        """By change, the id of the record that it was about or made, in this run or an earlier one."""
        return {n: o.record_id for n, o in (self.earlier | self.outcomes).items() if o.status == "confirmed"}

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
        for part in connector.split(batch_of(changes)):
            yield connector.prepare(part)

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
        self.last_rows = prepared.rows
        place = Place(ledger=self.ledger, run_id=self.run_id, number=number, sent_at=sent_at)
        outcomes, trouble = settle(place, connector, prepared, future.result)
        self.outcomes |= outcomes
        self.stopped = self.stopped or trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a request stands in the journal, and when it left, by the system's clock."""

    ledger: Ledger
    run_id: str
    number: int
    sent_at: datetime


def settle(
    place: Place, connector: Connector, prepared: PreparedRequest, answered: Callable[[], Answer]
) -> tuple[dict[int, Outcome], ConnectionTrouble | None]:
    """Write down what became of one request that was sent; returns the outcomes of its changes, and the trouble that
    every further request would meet. `answered` gives the answer, or raises what `Connector.send` raises."""
    try:
        answer = answered()
    except OutcomeUnknown as unknown:
        return _record(place, prepared, connector.server_now(), "unknown", unknown), None
    except RequestRefused as refused:
        return _record(place, prepared, connector.server_now(), "refused", refused, refused.code), None
    except ConnectionTrouble as trouble:
        # Nothing happened at the other side: these changes count as not started.
        now = connector.server_now()
        place.ledger.answer_request(place.run_id, place.number, now, "not_started", str(trouble), [])
        return {}, trouble
    answered_at = answer.server_date or connector.server_now()
    outcomes, rows = dict[int, Outcome](), list[JournalRow]()
    for result in answer.rows:
        status = "confirmed" if result.ok else "refused"
        rows.append(_journal_row(result, status))
        outcomes[int(result.key)] = _outcome(result, status, place.sent_at, answered_at)
    place.ledger.answer_request(place.run_id, place.number, answered_at, "answered", "", rows)
    return outcomes, None


def _record(
    place: Place, prepared: PreparedRequest, answered_at: datetime, status: str, why: Exception, code: str = ""
) -> dict[int, Outcome]:
    """The same outcome for every row of a request."""
    message = str(why)
    rows = [
        JournalRow(change=int(key), record_key="", status=status, code=code, message=message) for key in prepared.rows
    ]
    place.ledger.answer_request(place.run_id, place.number, answered_at, status, message, rows)
    return {
        row.change: Outcome(
            number=row.change,
            status=status,
            code=code,
            message=message,
            of_request=len(rows) > 1,
            sent_at=place.sent_at,
            answered_at=answered_at,
        )
        for row in rows
    }


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


def stored_text(value: object) -> str | None:
    """A value of an answer as the snapshot would hold it."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return join_values(value) if isinstance(value, list) else str(value)
