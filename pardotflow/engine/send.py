"""Send the changes of a plan, each request durable in the journal before it leaves and after it is answered.

Requests of one system go several at a time, within its limit. Trouble that would meet every further request (no
network, no quota, no login), a spent budget, too many refusals and Ctrl-C end the sending in good order: what is in
flight is answered and written down, the rest was never started.
"""

import random
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from pardotflow.connectors.protocol import Answer, Connector, PreparedRequest
from pardotflow.core.clock import Clock
from pardotflow.core.errors import ApplyStopped, BudgetSpent, ConnectionTrouble, PardotflowError, StateError
from pardotflow.core.progress import Progress
from pardotflow.engine.again import Again, SendRules, to_try_again, without_common_causes
from pardotflow.engine.changes import Change, batch_of
from pardotflow.engine.jobnames import JobNames, NameNotWritten
from pardotflow.engine.outcome import Outcome, Place, journal_row, last_word, outcome_of, settle
from pardotflow.store.journal import JournalRow
from pardotflow.store.ledger import Ledger

POLL = 0.2
"""Seconds after which a wait looks whether the sending is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Flight:
    """A request under way, and the changes in it."""

    number: int
    prepared: PreparedRequest
    sent_at: datetime
    sent: Again


@dataclass(slots=True, kw_only=True)
class Sender:
    """Sends batches of one run. `stopped` holds what ended the sending."""

    run_id: str
    ledger: Ledger
    connectors: Mapping[str, Connector]
    clock: Clock
    progress: Progress
    rules: SendRules = field(default_factory=SendRules)
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    earlier: dict[int, Outcome] = field(default_factory=dict)
    """What became of changes of the plan in runs before this one."""
    stopped: PardotflowError | None = None
    interrupted: bool = False
    requests: int = 0
    _records: dict[str, str] = field(default_factory=dict)
    """By change of this step: the record's id, for a new one the id of the record that it is made from."""
    _names: JobNames = field(default_factory=JobNames)
    _not_final: dict[int, Outcome] = field(default_factory=dict)
    """The last word about changes that are tried again."""
    _in_doubt: dict[int, Outcome] = field(default_factory=dict)
    """Changes that are tried again although they may have been done: unknown until a further request tells."""
    _again: list[Again] = field(default_factory=list)
    _tries: Counter[int] = field(default_factory=Counter)
    """How often a locked change was tried."""
    _refused_in_a_row: int = 0

    @property
    def confirmed(self) -> dict[int, str]:
        """By change, the id of the record that it was about or made, in this run or an earlier one."""
        return {n: o.record_id for n, o in (self.earlier | self.outcomes).items() if o.status == "confirmed"}

    @property
    def is_over(self) -> bool:
        """True where nothing more is to be started."""
        return self.stopped is not None or self.interrupted

    def interrupt(self) -> None:
        """Start nothing more; what is in flight is answered and written down, and a job that runs is asked for by the
        next run. Asked again: raise KeyboardInterrupt."""
        if self.interrupted:
            raise KeyboardInterrupt
        self.interrupted = True

    def send(self, step: str, changes: Sequence[Change]) -> None:
        """Send changes of one system, object and operation, in order; outcomes are collected."""
        if not changes or self.is_over:
            return
        self.progress.start(step, len(changes))
        connector = self.connectors[changes[0].system]
        self._records = {str(c.number): _subject(c) for c in changes}
        sendable = self._refuse_unsendable(step, connector, changes)
        try:
            with _workers(connector.concurrency) as pool:
                self._pump(step, connector, pool, self._split(connector, sendable), connector.concurrency)
                self._try_again(step, connector, pool)
        finally:
            # However the sending ended: no further request has told of these. The journal says so already.
            self.outcomes |= self._in_doubt
            self._in_doubt = {}
        self.progress.finish(step)

    def _split(self, connector: Connector, changes: Sequence[Change]) -> Iterator[Again]:
        """The changes as requests carry them. Their rows are not kept: each request makes its own of them."""
        by_number = {str(change.number): change for change in changes}
        parts = [
            tuple(row.key for row in part.rows) for part in (connector.split(batch_of(changes)) if changes else ())
        ]
        for keys in parts:
            yield Again(changes=tuple(by_number[key] for key in keys), family=0)

    def _try_again(self, step: str, connector: Connector, pool: ThreadPoolExecutor) -> None:
        """What is worth another try goes one request after the other, so that our own do not lock each other out."""
        attempt = 0
        while self._again and not self.is_over:
            wanted, self._again = self._again, []
            again = without_common_causes(wanted)
            self._give_up(change for each in wanted if each not in again for change in each.changes)
            if any(each.locked for each in again):
                attempt += 1
                wait = self.rules.wait(attempt) + random.uniform(0, self.rules.first_wait)
                self._wait(min(wait, self.rules.longest_wait))
            self._pump(step, connector, pool, iter(again), 1)

    def _wait(self, seconds: float) -> None:
        """Wait, unless the sending is over."""
        while seconds > 0 and not self.is_over:
            self.clock.sleep(min(POLL, seconds))
            seconds -= POLL

    def _pump(
        self, step: str, connector: Connector, pool: ThreadPoolExecutor, requests: Iterator[Again], at_once: int
    ) -> None:
        """Keep so many of the connector's slots full. The journal is written in this thread only."""
        flying: dict[Future[Answer], _Flight] = {}
        more = True
        ready: tuple[Again, PreparedRequest] | None = None
        try:
            while more or flying:
                while more and not self.is_over and len(flying) < at_once:
                    ready = ready or _next_prepared(connector, requests)
                    more = ready is not None
                    if ready is None or not self._is_affordable(connector, ready[1], flying.values()):
                        break
                    (sent, prepared), ready = ready, None
                    flight = self._journal(connector, prepared, sent)
                    flying[pool.submit(_send, connector, prepared, self._names, flight.number)] = flight
                more = more and not self.is_over
                if self.interrupted:
                    connector.stop_waiting()
                if flying:
                    news: list[Future[Any]] = [*flying, self._names.bell]
                    wait(news, timeout=POLL, return_when=FIRST_COMPLETED)
                self._names.write(self._name_job)
                for future in [each for each in flying if each.done()]:
                    self._settle(step, connector, future, flying.pop(future))
        except (sqlite3.Error, StateError):
            # The journal cannot be written (a full disk), or the lock is lost: nothing more leaves, and what came of
            # what is in flight may fit in yet.
            self._names.give_up()
            for future in wait(flying).done:
                self._settle(step, connector, future, flying.pop(future))
            raise
        finally:
            if flying:
                self._names.give_up()

    def _is_affordable(self, connector: Connector, prepared: PreparedRequest, flying: Collection[_Flight]) -> bool:
        """A request begins only where the budget has room for all of it, and for all that those under way may take
        still; where these leave no room it waits for them, and else the sending is over."""
        left = connector.calls_left
        if left is None or prepared.calls + sum(flight.prepared.calls for flight in flying) <= left:
            return True
        if not flying:
            self.stopped = BudgetSpent(
                f"the budget has {left:,} calls left, and the next request takes {prepared.calls:,}",
                system=str(prepared.system),
                hint="Raise the budget, or go on when it is renewed: pardotflow apply",
            )
        return False

    def _name_job(self, number: int, name: str) -> None:
        """The name under which the outcome of a request's job can be asked for later."""
        self.ledger.note_handle(self.run_id, number, name)

    def _journal(self, connector: Connector, prepared: PreparedRequest, sent: Again) -> _Flight:
        number = self._plan(prepared)
        sent_at = connector.server_now()
        self.ledger.mark_sent(self.run_id, number, sent_at)
        return _Flight(
            number=number, prepared=prepared, sent_at=sent_at, sent=replace(sent, family=sent.family or number)
        )

    def _plan(self, prepared: PreparedRequest) -> int:
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
        return self.requests

    def _settle(self, step: str, connector: Connector, future: Future[Answer], flight: _Flight) -> None:
        """Write down what became of one request, and decide what of it is tried again."""
        place = Place(
            ledger=self.ledger,
            run_id=self.run_id,
            number=flight.number,
            sent_at=flight.sent_at,
            is_half=flight.sent.level > 0,
        )
        again: list[Again] = []

        def not_final(outcomes: Mapping[int, Outcome]) -> set[int]:
            again.extend(to_try_again(flight.sent, outcomes, self._tries, self.rules))
            found = {change.number for each in again for change in each.changes}
            self._not_final |= {number: outcomes[number] for number in found}
            doubtful = {number: outcomes[number] for number in found if outcomes[number].status == "unknown"}
            self._in_doubt |= {n: last_word(self._in_doubt.get(n), outcome) for n, outcome in doubtful.items()}
            return found

        outcomes, trouble = settle(place, connector, flight.prepared, future.result, not_final)
        self.stopped = self.stopped or trouble
        self._again += again
        self._tries.update(change.number for each in again if each.locked for change in each.changes)
        self._keep(outcomes)
        self.progress.advance(step, len(outcomes))

    def _keep(self, outcomes: Mapping[int, Outcome]) -> None:
        """Keep what is final, and end the sending where refusals are too many."""
        told = {number: last_word(self._in_doubt.pop(number, None), outcome) for number, outcome in outcomes.items()}
        self.outcomes |= told
        for outcome in told.values():
            if outcome.status in ("confirmed", "refused"):
                self._refused_in_a_row = self._refused_in_a_row + 1 if outcome.status == "refused" else 0
            if self.stopped is None and outcome.status == "refused":
                self.stopped = self._too_many(outcome)

    def _give_up(self, changes: Iterable[Change]) -> None:
        """What is not tried again after all has come to its end."""
        ended = {change.number: self._not_final[change.number] for change in changes}
        self.ledger.give_up_rows(self.run_id, [(number, outcome.status) for number, outcome in ended.items()])
        self._keep(ended)

    def _too_many(self, last: Outcome) -> PardotflowError | None:
        hint = "See what was refused, mend its cause, and go on: pardotflow apply"
        if not self.rules.skip_invalid:
            return ApplyStopped(f"a change was refused ({last.code}), and skip_invalid is false", hint=hint)
        if self.rules.stop_after and self._refused_in_a_row >= self.rules.stop_after:
            refused = f"{self._refused_in_a_row:,} changes were refused one after the other"
            return ApplyStopped(f"{refused}, the last one with {last.code}", hint=hint)
        return None

    def _refuse_unsendable(self, step: str, connector: Connector, changes: Sequence[Change]) -> Sequence[Change]:
        """Refuse the rows that no request can carry; returns the others."""
        refused = {int(result.key): result for result in connector.unsendable(batch_of(changes))}
        if not refused:
            return changes
        self.requests += 1
        first, now = changes[0], connector.server_now()
        head = {
            "system": first.system,
            "kind": str(first.operation),
            "object": first.object,
            "key": "",
            "planned_at": self.clock.now().isoformat(),
        }
        rows = [journal_row(result, self._records[result.key]) for result in refused.values()]
        self.ledger.plan_request(self.run_id, self.requests, head, rows)
        self.ledger.answer_request(self.run_id, self.requests, now, "answered", "not sent", rows)
        outcomes = {number: outcome_of(result, now, now) for number, result in refused.items()}
        self._keep(outcomes)
        self.progress.advance(step, len(refused))
        return [change for change in changes if change.number not in refused]


def _next_prepared(connector: Connector, requests: Iterator[Again]) -> tuple[Again, PreparedRequest] | None:
    """The next request with its bytes; None after the last one."""
    sent = next(requests, None)
    return None if sent is None else (sent, connector.prepare(batch_of(sent.changes)))


@contextmanager
def _workers(number: int) -> Iterator[ThreadPoolExecutor]:
    """Threads that send. Whatever ends the block, their answers are waited for, but where the user asked twice: then
    the journal does not know them, as after a kill."""
    pool = ThreadPoolExecutor(max_workers=number)
    is_patient = True
    try:
        yield pool
    except KeyboardInterrupt:
        is_patient = False
        raise
    finally:
        pool.shutdown(wait=is_patient, cancel_futures=not is_patient)


def _send(connector: Connector, prepared: PreparedRequest, names: JobNames, number: int) -> Answer:
    """In a thread of the pool: send; a job is started once its name is written down."""
    try:
        return connector.send(prepared, note=lambda name: names.say(number, name))
    except NameNotWritten:
        raise ConnectionTrouble(
            "a job was not started, for its name could not be written down", system=str(connector.system)
        ) from None


def _subject(change: Change) -> str:
    """The record that a change is about: for a new one the record that it is made from (`new:Contact/003…`)."""
    return change.id.partition("/")[2] if change.id.startswith("new:") else change.id
