"""Sending: what is tried again and in what company, what ends it, and that the journal says what the run counts."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import sleep
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pardotflow.connectors.protocol import (
    Answer,
    Batch,
    Connector,
    Operation,
    PreparedRequest,
    RowResult,
    ignore_handle,
)
from pardotflow.core.errors import (
    ApplyStopped,
    BudgetSpent,
    OutcomeUnknown,
    RequestRefused,
    ServerTrouble,
    StateError,
    Unreachable,
)
from pardotflow.core.progress import NullProgress
from pardotflow.core.values import System
from pardotflow.engine.again import SendRules
from pardotflow.engine.changes import Change
from pardotflow.engine.parts import outcomes_of
from pardotflow.engine.send import Sender
from pardotflow.store.ledger import Ledger

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
RUN = "run1"
LOCK = "UNABLE_TO_LOCK_ROW"
BAD = "STRING_TOO_LONG"
FEW = settings(max_examples=24, deadline=None)
Answers = Callable[[tuple[str, ...]], Sequence[str]]
"""By the rows of a request a word for each: `ok`, the code of a refusal, or for all of them what `raise_for` raises."""


class StillClock:
    """A clock that moves where somebody sleeps."""

    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> datetime:
        """The time."""
        return self.time

    def sleep(self, seconds: float) -> None:
        """Move on."""
        self.time += timedelta(seconds=seconds)


def raise_for(word: str) -> None:
    """What ends a request as a whole."""
    if word.startswith("refused:"):
        raise RequestRefused("refused", code=word.removeprefix("refused:"), status=400)
    if word == "broke":
        raise OutcomeUnknown("nobody knows") from ServerTrouble("the server has trouble")
    if word == "lost":
        raise OutcomeUnknown("nobody knows") from Unreachable("the line broke")
    if word == "cut":
        raise Unreachable("there is no network")


@dataclass(slots=True)
class Scripted:
    """A connector that answers as it is told, in requests of so many rows."""

    answers: Answers
    clock: StillClock
    rows_a_call: int = 4
    concurrency: int = 3
    calls_left: int | None = None
    calls: int = 1
    """Of each request. They are made one by one, while others are under way."""
    too_large: frozenset[str] = frozenset()
    requests: list[tuple[str, ...]] = field(default_factory=list)
    system: System = System.SALESFORCE

    def split(self, batch: Batch) -> Iterator[Batch]:
        """In pieces."""
        for at in range(0, len(batch.rows), self.rows_a_call):
            yield replace(batch, rows=batch.rows[at : at + self.rows_a_call])

    def unsendable(self, batch: Batch) -> tuple[RowResult, ...]:
        """The rows that are too large."""
        return tuple(
            RowResult(key=row.key, ok=False, error_code="ROW_TOO_LARGE")
            for row in batch.rows
            if row.key in self.too_large
        )

    def prepare(self, batch: Batch) -> PreparedRequest:
        """A request that says nothing but its rows."""
        keys = tuple(row.key for row in batch.rows)
        return PreparedRequest(
            system=self.system, kind=batch.operation, object=batch.object, method="PATCH", path="/", headers=(),
            body=b"", calls=self.calls, rows=keys, ids=keys,
        )  # fmt: skip

    def send(self, prepared: PreparedRequest, *, note: Callable[[str], None] = ignore_handle) -> Answer:
        """As it is told."""
        self.requests.append(prepared.rows)
        for _ in range(self.calls if self.calls_left is not None else 0):
            sleep(0.02 if self.calls > 1 else 0)
            self._take()
        words = self.answers(prepared.rows)
        raise_for(words[0])
        rows = tuple(
            RowResult(key=key, ok=word == "ok", id=key, error_code="" if word == "ok" else word, moved=word == "moved")
            for key, word in zip(prepared.rows, words, strict=True)
        )
        return Answer(status=200, rows=rows, server_date=self.clock.now(), calls=1)

    def stop_waiting(self) -> None:
        """There is nothing to wait for."""

    def _take(self) -> None:
        assert self.calls_left
        self.calls_left -= 1

    def server_now(self) -> datetime:
        """The clock's time."""
        return self.clock.now()


def change(number: int, operation: Operation = Operation.UPDATE) -> Change:
    """A change of one field."""
    return Change(
        number=number, system="salesforce", object="Contact", id=f"003{number}", operation=operation, key_field="",
        key_value="", values={"Title": ("text", "x")},
    )  # fmt: skip


class Bench:
    """A ledger, a clock and a sender."""

    def __init__(self, folder: Path, answers: Answers, rules: SendRules | None = None, **more: Any) -> None:
        self.clock = StillClock()
        self.connector = Scripted(answers, self.clock, **more)
        self.ledger = Ledger(folder / "ledger.sqlite")
        self.ledger.start_run(RUN, "plan1", NOW, folder / "p.plan")
        self.sender = Sender(
            run_id=RUN,
            ledger=self.ledger,
            connectors={"salesforce": cast(Connector, self.connector)},
            clock=self.clock,
            progress=NullProgress(),
            rules=rules or SendRules(first_wait=1.0),
        )

    def send(self, count: int, operation: Operation = Operation.UPDATE) -> dict[int, str]:
        """Send so many changes; returns by number what became of each."""
        self.sender.send("update", [change(n, operation) for n in range(1, count + 1)])
        return {number: outcome.status for number, outcome in self.sender.outcomes.items()}

    def journalled(self) -> dict[int, str]:
        """What the journal says."""
        return {number: outcome.status for number, outcome in outcomes_of(self.ledger.journal(RUN)).items()}


def test_all_is_well(tmp_path: Path) -> None:
    bench = Bench(tmp_path, lambda rows: ["ok"] * len(rows))
    assert bench.send(9) == dict.fromkeys(range(1, 10), "confirmed") == bench.journalled()
    assert sorted(map(len, bench.connector.requests)) == [1, 4, 4]


def test_locked_rows_go_again_in_smaller_requests(tmp_path: Path) -> None:
    """Rows 1 to 3 are locked while more than one of them is in a request."""
    among = {"1", "2", "3"}

    def answers(rows: tuple[str, ...]) -> list[str]:
        return [LOCK if row in among and len(among & set(rows)) > 1 else "ok" for row in rows]

    bench = Bench(tmp_path, answers, rows_a_call=8)
    assert set(bench.send(8).values()) == {"confirmed"} == set(bench.journalled().values())
    assert bench.connector.requests == [tuple("12345678"), tuple("123"), ("1",), ("2",), ("3",)]
    # One wait before each attempt, the second twice as long; the jitter makes each at most a second longer.
    assert 3 <= (bench.clock.now() - NOW).total_seconds() <= 5.5


def test_a_row_that_stays_locked_is_refused_in_the_end(tmp_path: Path) -> None:
    bench = Bench(tmp_path, lambda rows: [LOCK if row == "2" else "ok" for row in rows], SendRules(retries=3))
    assert bench.send(4) == {1: "confirmed", 2: "refused", 3: "confirmed", 4: "confirmed"} == bench.journalled()
    assert bench.connector.requests == [tuple("1234"), ("2",), ("2",), ("2",)]


@pytest.mark.parametrize("word", ["refused:UNKNOWN", "refused:INVALID_FIELD", "broke"])
def test_a_poisoned_request_is_halved_until_the_bad_row_is_alone(word: str, tmp_path: Path) -> None:
    bench = Bench(tmp_path, lambda rows: [word if "77" in rows else "ok"] * len(rows), rows_a_call=200)
    found = bench.send(200)
    assert found == bench.journalled()
    assert {n for n, status in found.items() if status != "confirmed"} == {77}
    assert not bench.sender.outcomes[77].of_request
    # 200, 100, 50, 25, 13, 7, 4, 2, 1: one request for all of them, and two for each time that one was halved.
    assert len(bench.connector.requests) <= 1 + 2 * 8


def test_creates_that_broke_the_server_are_not_sent_again(tmp_path: Path) -> None:
    bench = Bench(tmp_path, lambda rows: ["broke"] * len(rows))
    assert set(bench.send(4, Operation.CREATE).values()) == {"unknown"}
    assert len(bench.connector.requests) == 1


@pytest.mark.parametrize(("last", "told"), [("stop", "unknown"), ("cut", "unknown"), ("lost", "unknown"), ("ok", "")])
def test_updates_that_broke_the_server_are_unknown_until_a_further_request_tells(
    last: str, told: str, tmp_path: Path
) -> None:
    """The server may have written all of it before it answered 500; then the sending ends in one way or the other."""

    def answers(rows: tuple[str, ...]) -> list[str]:
        if len(rows) == 4 and last == "stop":
            bench.sender.interrupt()
        return ["broke" if len(rows) == 4 else last if "1" in rows else "ok"] * len(rows)

    bench = Bench(tmp_path, answers)
    found = bench.send(4)
    assert found == bench.journalled() and found.keys() == {1, 2, 3, 4}
    assert {found[1], found[2]} == {told or "confirmed"}
    assert {found[3], found[4]} == {"unknown" if last in ("stop", "cut") else "confirmed"}
    assert bench.sender.outcomes[1].sent_at == NOW


@pytest.mark.parametrize("word", ["moved", "refused:UNKNOWN"])
def test_what_says_nothing_about_a_row_does_not_undo_a_doubt(word: str, tmp_path: Path) -> None:
    """After the first half broke the server it is refused in a way that may be our own doing, or as a whole."""
    bench = Bench(tmp_path, lambda rows: ["broke" if len(rows) == 64 else word] * len(rows), rows_a_call=64)
    assert set(bench.send(64).values()) == {"unknown"} == set(bench.journalled().values())


def test_a_cause_that_is_common_to_all_rows_is_not_hunted(tmp_path: Path) -> None:
    bench = Bench(tmp_path, lambda rows: ["refused:INVALID_FIELD"] * len(rows), rows_a_call=200)
    assert set(bench.send(200).values()) == {"refused"} == set(bench.journalled().values())
    assert len(bench.connector.requests) == 1 + 2 + 4 + 8
    assert all(outcome.of_request for outcome in bench.sender.outcomes.values())


def test_the_first_refusal_ends_it_where_invalid_records_are_not_skipped(tmp_path: Path) -> None:
    rules = SendRules(skip_invalid=False)
    bench = Bench(tmp_path, lambda rows: [BAD if row == "3" else "ok" for row in rows], rules, concurrency=1)
    assert bench.send(12) == {1: "confirmed", 2: "confirmed", 3: "refused", 4: "confirmed"}
    assert isinstance(bench.sender.stopped, ApplyStopped)


def test_refusals_one_after_the_other_end_it(tmp_path: Path) -> None:
    rules = SendRules(stop_after=10)
    bench = Bench(tmp_path, lambda rows: [BAD if int(row) > 8 else "ok" for row in rows], rules, concurrency=1)
    found = bench.send(100)
    assert isinstance(bench.sender.stopped, ApplyStopped)
    assert list(found.values()).count("refused") == 12
    assert len(found) == 20


def test_refusals_here_and_there_do_not_end_it(tmp_path: Path) -> None:
    rules = SendRules(stop_after=3)
    bench = Bench(tmp_path, lambda rows: [BAD if int(row) % 3 else "ok" for row in rows], rules, concurrency=1)
    assert list(bench.send(60).values()).count("refused") == 40
    assert bench.sender.stopped is None


@pytest.mark.parametrize(("calls_left", "begun"), [(2, 0), (3, 1), (5, 1), (6, 2), (12, 4)])
def test_the_room_of_requests_under_way_is_theirs(calls_left: int, begun: int, tmp_path: Path) -> None:
    """Each is a job of three calls, and none is cut short because another one began beside it."""
    bench = Bench(tmp_path, lambda rows: ["ok"] * len(rows), calls_left=calls_left, rows_a_call=4, calls=3)
    assert list(bench.send(20).values()) == ["confirmed"] * 4 * begun
    assert isinstance(bench.sender.stopped, BudgetSpent)
    assert bench.connector.calls_left == calls_left - 3 * begun


def test_no_wait_is_longer_than_the_longest(tmp_path: Path) -> None:
    rules = SendRules(retries=4, first_wait=1.0, longest_wait=1.0)
    bench = Bench(tmp_path, lambda rows: [LOCK] * len(rows), rules, rows_a_call=1)
    bench.send(1)
    assert len(bench.connector.requests) == 5
    assert (bench.clock.now() - NOW).total_seconds() <= 4.0


def test_a_spent_budget_ends_it_in_good_order(tmp_path: Path) -> None:
    bench = Bench(tmp_path, lambda rows: ["ok"] * len(rows), calls_left=2, concurrency=1)
    assert len(bench.send(20)) == 8
    assert isinstance(bench.sender.stopped, BudgetSpent)
    assert len(bench.connector.requests) == 2


def test_what_no_request_can_carry_is_refused_and_not_sent(tmp_path: Path) -> None:
    bench = Bench(tmp_path, lambda rows: ["ok"] * len(rows), too_large=frozenset({"2"}))
    assert bench.send(3) == {1: "confirmed", 2: "refused", 3: "confirmed"} == bench.journalled()
    assert bench.connector.requests == [("1", "3")]


def test_what_moved_at_the_last_moment_is_neither_done_nor_refused(tmp_path: Path) -> None:
    bench = Bench(tmp_path, lambda rows: ["moved" if row == "2" else "ok" for row in rows])
    assert bench.send(3) == {1: "confirmed", 2: "moved", 3: "confirmed"} == bench.journalled()


@pytest.mark.parametrize("at", range(1, 7))
def test_a_full_disk_loses_nothing(at: int, tmp_path: Path) -> None:
    """The journal breaks at its n-th write: whatever left stands in it, at least as sent."""
    bench = Bench(tmp_path, lambda rows: ["ok"] * len(rows), rows_a_call=1, concurrency=2)
    fill_up(bench.ledger, after=at)
    with pytest.raises(Exception, match="full"):
        bench.send(8)
    make_room(bench.ledger)
    bench.ledger.close_requests(RUN)
    left = {int(row) for rows in bench.connector.requests for row in rows}
    assert left <= bench.journalled().keys()
    assert len(left) < 8


def test_what_is_in_flight_is_written_down_although_the_lock_is_lost(tmp_path: Path) -> None:
    bench = Bench(tmp_path, lambda rows: ["ok"] * len(rows), rows_a_call=1, concurrency=3)
    asked = 0

    def guard() -> None:
        nonlocal asked
        asked += 1
        if asked > 3:
            raise StateError("the lock was lost")

    bench.ledger.guard = guard
    with pytest.raises(StateError, match="lost"):
        bench.send(8)
    assert len(bench.connector.requests) == 3
    assert bench.journalled() == {int(row): "confirmed" for rows in bench.connector.requests for row in rows}


def fill_up(ledger: Ledger, after: int) -> None:
    """From the n-th write of the journal on, SQLite says that the disk is full."""
    db = ledger._db
    db.execute("create table quota (left_over integer)")
    db.execute("insert into quota values (?)", (after,))
    for number, event in enumerate(("insert on requests", "update on requests")):
        db.execute(
            f"create trigger full{number} before {event} begin update quota set left_over = left_over - 1;"
            " select raise(abort, 'database or disk is full') from quota where left_over < 0; end"
        )


def make_room(ledger: Ledger) -> None:
    """There is room again."""
    for number in range(2):
        ledger._db.execute(f"drop trigger full{number}")


WORDS = ("ok", "ok", "ok", LOCK, BAD, "moved")
WHOLE = ("", "", "", "", "refused:UNKNOWN", "broke", "lost", "cut")


@FEW
@given(st.randoms(use_true_random=False), st.integers(1, 40), st.integers(1, 9), st.sampled_from(["update", "create"]))
def test_every_change_has_one_fate_and_the_journal_knows_it(draw: Random, count: int, size: int, kind: str) -> None:
    said: dict[str, list[str]] = {}

    def answers(rows: tuple[str, ...]) -> list[str]:
        whole = draw.choice(WHOLE)
        words = [whole or draw.choice(WORDS) for _ in rows]
        for row, word in zip(rows, words, strict=True):
            said.setdefault(row, []).append(word)
        return words

    with TemporaryDirectory() as folder:
        bench = Bench(Path(folder), answers, rows_a_call=size, concurrency=1)
        found = bench.send(count, Operation(kind))
        assert found == bench.journalled()
        assert bench.sender.stopped is not None or found.keys() == set(range(1, count + 1))
        for words in said.values():
            # What was done, or may have been, is not sent again; an update that broke the server may be.
            final = {"ok", BAD, "moved", "lost", "cut"} | ({"broke"} if kind == "create" else set())
            assert not final & set(words[:-1])
        bench.ledger.close()
