"""A job is started once its name is written down, and where that fails it is not, and nobody waits for ever."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Thread
from typing import cast

import pytest

from pardotflow.connectors.protocol import Answer, Connector, PreparedRequest, ignore_handle
from pardotflow.core.errors import StateError
from pardotflow.engine.jobnames import JobNames, NameNotWritten

from .send_test import Bench, Scripted, fill_up


class Jobs(Scripted):
    """Each request starts a job, with its first row for a name; `started` are those that did."""

    started: list[str]
    known: list[str]
    path: Path

    def send(self, prepared: PreparedRequest, *, note: Callable[[str], None] = ignore_handle) -> Answer:
        """Name the job, then start it."""
        note(f"job{prepared.rows[0]}")
        # What a process sees that comes after a crash: the file, not our own connection.
        with closing(sqlite3.connect(self.path)) as after:
            found = after.execute("select handle from requests where status = 'sent' and handle <> ''").fetchall()
        self.known += [handle for (handle,) in found]
        self.started.append(f"job{prepared.rows[0]}")
        return super().send(prepared)


def bench_with_jobs(folder: Path, *, concurrency: int = 3) -> tuple[Bench, Jobs]:
    """A bench whose requests are jobs of a row each."""
    bench = Bench(folder, lambda rows: ["ok"] * len(rows))
    jobs = Jobs(bench.connector.answers, bench.clock, rows_a_call=1, concurrency=concurrency)
    jobs.started, jobs.known, jobs.path = [], [], folder / "ledger.sqlite"
    bench.connector = jobs
    bench.sender.connectors = {"salesforce": cast(Connector, jobs)}
    return bench, jobs


def test_a_job_that_starts_is_known(tmp_path: Path) -> None:
    bench, jobs = bench_with_jobs(tmp_path, concurrency=1)
    assert set(bench.send(4).values()) == {"confirmed"}
    assert jobs.known == jobs.started == ["job1", "job2", "job3", "job4"]


@pytest.mark.parametrize("concurrency", [1, 3])
def test_without_its_name_no_job_starts(concurrency: int, tmp_path: Path) -> None:
    bench, jobs = bench_with_jobs(tmp_path, concurrency=concurrency)
    bench.ledger.note_handle = lambda *_: (_ for _ in ()).throw(StateError("the lock was lost"))  # type: ignore[method-assign]
    with pytest.raises(StateError, match="lost"):
        bench.send(8)
    assert jobs.started == []
    assert set(bench.journalled().values()) <= {"planned"}


def test_where_the_disk_is_full_no_job_starts(tmp_path: Path) -> None:
    bench, jobs = bench_with_jobs(tmp_path)
    fill_up(bench.ledger, 7)
    with pytest.raises(sqlite3.Error, match="full"):
        bench.send(8)
    assert len(jobs.started) < 3


def test_who_comes_too_late_is_told() -> None:
    names, told = JobNames(), list[str]()

    def say(number: int) -> None:
        try:
            names.say(number, "job")
        except NameNotWritten:
            told.append("not written")

    waiting = Thread(target=say, args=(1,))
    waiting.start()
    names.bell.result(timeout=10)
    names.give_up()
    waiting.join(timeout=10)
    say(2)
    assert told == ["not written", "not written"]
