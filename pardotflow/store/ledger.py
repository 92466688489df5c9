"""Runs, the journal of requests, sync errors, cached describes: a SQLite file that can be read while a run writes.

A request is durable in the journal before it is sent and after it is answered; nothing is sent that is not written
down first.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pardotflow.core.errors import StateError
from pardotflow.store.calls import read_calls
from pardotflow.store.damage import ledger_error
from pardotflow.store.database import Database, Remote, SqliteDatabase, upsert
from pardotflow.store.decisions import Decision, delete_decisions, read_decisions, write_decisions
from pardotflow.store.described import DescribeCache
from pardotflow.store.journal import (
    HAS_OPEN_JOB,
    JournalEntry,
    JournalRow,
    OpenJob,
    RunPart,
    after_others,
    close_requests,
    give_up_rows,
    read_journal,
    read_open_creates,
    read_open_jobs,
    read_parts,
    resolve_rows,
)
from pardotflow.store.layout import make_private
from pardotflow.store.ledgertables import set_up
from pardotflow.store.runs import RunRecord, read_runs
from pardotflow.store.syncerrors import ErrorState, SyncError, delete_errors, read_errors, set_states, write_errors

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class Ledger(DescribeCache):
    """One open ledger. Not shared between threads."""

    def __init__(self, path: Path, remote: Remote | None = None, *, may_migrate: bool = True) -> None:
        """Who does not hold the lock may not migrate it."""
        self._path = path
        self.guard: Callable[[], None] = lambda: None
        """Is asked before a request is written down; raises LockLost where this process may not write any more."""
        try:
            # Everything but describes and identities is elsewhere where the state is remote.
            super().__init__(SqliteDatabase(path, pragmas=("journal_mode = wal", "synchronous = full")))
            self.is_new = set_up(self._cache, path, may_migrate=may_migrate)
            """Nothing is known of former runs: the file was made just now, or was empty."""
        except sqlite3.DatabaseError as trouble:
            raise ledger_error(path, trouble) from trouble
        except StateError:
            self.close()
            raise
        make_private(path)
        self._remote = remote
        self._db: Database = remote.database if remote else self._cache
        if remote:
            self.is_new = remote.is_new

    @property
    def folder(self) -> Path:
        """The environment's folder: the places of plans are relative to it."""
        return self._path.parent

    @property
    def database(self) -> Database:
        """Where what cannot be rebuilt stands."""
        return self._db

    def close(self) -> None:
        """Close the file."""
        self._cache.close()

    # plans

    def save_plan(self, plan_id: str, path: Path, digest: str, at: datetime) -> None:
        """Register a saved plan. Inside the environment's folder it is found again after the project has moved."""
        values = (plan_id, self._place(path), digest, at.isoformat(), None)
        if self._remote:
            self._remote.keep_plan(plan_id, path)
        self._db.execute(upsert("plans", ("id", "path", "digest", "created_at", "spent_by"), ("id",)), values)

    def _file(self, plan_id: str, place: str) -> Path:
        """Where the plan stands here; one that another machine made is fetched."""
        path = self._path.parent / place
        if not self._remote or path.is_file():
            return path
        return self._remote.fetch_plan(plan_id, self._path.parent / "plans" / f"{plan_id}.plan")

    def _place(self, path: Path) -> str:
        home, file = self._path.parent.resolve(), path.resolve()
        return str(file.relative_to(home) if file.is_relative_to(home) else file)

    def drop_plan(self, plan_id: str) -> None:
        """A plan's file is not kept any more; which run applied it is."""
        self._db.execute("update plans set path = null where id = ?", (plan_id,))
        if self._remote:
            self._remote.drop_plan(plan_id)

    def plans(self) -> list[tuple[str, Path, str]]:
        """Every plan whose file is kept, oldest first: id, file, and the run that applied it or the empty text."""
        query = "select id, path, spent_by from plans where path is not null order by created_at nulls first, id"
        return [(row[0], self._file(row[0], row[1]), row[2] or "") for row in self._db.execute(query).fetchall()]

    def newest_plans(self) -> Iterator[tuple[str, Path]]:
        """Saved plans, newest first; the file of one that another machine made is fetched when it is its turn."""
        query = "select id, path from plans where path is not null order by created_at desc nulls last, id desc"
        for row in self._db.execute(query).fetchall():
            yield row[0], self._file(row[0], row[1])

    def find_plan(self, prefix: str) -> list[tuple[str, Path]]:
        """Saved plans whose id begins with the text, newest first."""
        query = (
            "select id, path from plans where path is not null and id like ? || '%' order by created_at desc nulls last"
        )
        return [(row[0], self._file(row[0], row[1])) for row in self._db.execute(query, (prefix,))]

    def latest_plan(self) -> tuple[str, Path] | None:
        """The plan that was saved last, or None."""
        query = "select id, path from plans where path is not null order by created_at desc nulls last, id desc limit 1"
        row = self._db.execute(query).fetchone()
        return (row[0], self._file(row[0], row[1])) if row else None

    def find_run(self, plan_id: str) -> tuple[str, datetime] | None:
        """The run that applied the plan, and when it began; None where none did."""
        row = self._db.execute("select id, started_at from runs where plan_id = ?", (plan_id,)).fetchone()
        return (row[0], datetime.fromisoformat(row[1])) if row else None

    def spent_by(self, plan_id: str) -> str:
        """The run that applied the plan, or the empty text."""
        row = self._db.execute("select spent_by from plans where id = ?", (plan_id,)).fetchone()
        return (row[0] or "") if row else ""

    # runs and journal

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing, durable when the block ends."""
        return self._db.transaction()

    @contextmanager
    def _fenced(self) -> Iterator[None]:
        """A transaction of what allows something to leave. Raises LockLost where the lock is not ours any more."""
        self.guard()
        with self.transaction():
            if self._remote:
                self._remote.fence()
            yield

    def start_run(self, run_id: str, plan_id: str, at: datetime, path: Path, continues: str = "") -> None:
        """Open a run and mark its plan, which stands at `path`, as spent, in one step. `continues` is the run that left
        the plan unfinished. Runs stand in the order in which they began, whatever the clocks say."""
        if self._remote:
            self._remote.keep_plan(plan_id, path)
        with self.transaction():
            values = (run_id, plan_id, after_others(self._db, at).isoformat(), "running", continues or None)
            self._db.execute(
                "insert into runs (id, plan_id, started_at, status, continues) values (?, ?, ?, ?, ?)", values
            )
            self._db.execute(
                "insert into plans (id, path, spent_by) values (?, ?, ?)"
                " on conflict (id) do update set spent_by = excluded.spent_by, path = excluded.path",
                (plan_id, self._place(path), run_id),
            )

    def publish(self, con: DuckDBPyConnection) -> None:
        """Send what changed of the attached memory to the remote state, where there is one. Nothing may be written to
        the memory afterwards in the same session."""
        if self._remote:
            self._remote.publish(con)

    def runs(self, prefix: str = "") -> list[RunRecord]:
        """The runs whose id begins with the text, the last one first."""
        return read_runs(self._db, self._file, prefix)

    def last_run(self) -> str:
        """The run that began last, or the empty text."""
        row = self._db.execute("select id from runs order by started_at desc, id desc limit 1").fetchone()
        return row[0] if row else ""

    def runs_since(self, at: str, last: str | None = None) -> list[str]:
        """The runs that began after the run `last`, or all where it is the empty text: that holds whatever the clocks
        of several machines say. Where it is not known, those that began after the moment (ISO 8601 in UTC)."""
        query = "select id from runs where started_at > coalesce((select started_at from runs where id = ?), ?)"
        return [row[0] for row in self._db.execute(query, (last or "", "" if last == "" else at))]

    def end_run(
        self, run_id: str, at: datetime, status: str, counts: Mapping[str, int], calls: Mapping[str, int]
    ) -> None:
        """Close a run with its counts. What it leaves in memory has been published before: a run that is not closed is
        remembered again."""
        if self._remote:
            self._remote.check_published()
        self._db.execute(
            "update runs set ended_at = ?, status = ?, confirmed = ?, refused = ?, unknown = ?, not_started = ?,"
            " moved = ?, calls = ? where id = ?",
            (
                at.isoformat(),
                status,
                *(counts.get(k, 0) for k in ("confirmed", "refused", "unknown", "not_started", "moved")),
                json.dumps(dict(calls)),
                run_id,
            ),
        )

    def calls_since(self, at: datetime) -> dict[str, int]:
        """How many calls of each system were counted in the hours that ended after a moment."""
        return read_calls(self._db, at)

    def correct_run(self, run_id: str, counts: Mapping[str, int]) -> None:
        """What became known of a run after it was closed; `moved` stays what it was."""
        self._db.execute(
            "update runs set confirmed = ?, refused = ?, unknown = ?, not_started = ? - moved where id = ?",
            (*(counts[k] for k in ("confirmed", "refused", "unknown", "not_started")), run_id),
        )

    def plan_request(self, run_id: str, number: int, request: Mapping[str, str], rows: Sequence[JournalRow]) -> None:
        """Write a request down before anything is sent; `request` has system, kind, object, key and planned_at.

        Raises LockLost where another process may be at work by now.
        """
        with self._fenced():
            self._db.execute(
                "insert into requests (run_id, number, system, kind, object, key, status, planned_at)"
                " values (?, ?, ?, ?, ?, ?, 'planned', ?)",
                (run_id, number, *(request[k] for k in ("system", "kind", "object", "key", "planned_at"))),
            )
            self._db.executemany(
                "insert into request_rows (run_id, number, change, record_key, status) values (?, ?, ?, ?, ?)",
                [(run_id, number, r.change, r.record_key, r.status) for r in rows],
            )

    def mark_sent(self, run_id: str, number: int, at: datetime) -> None:
        """The request leaves now, by the system's own clock: its outcome is unknown until an answer is written down."""
        query = "update requests set status = 'sent', sent_at = ? where run_id = ? and number = ?"
        self._db.execute(query, (at.isoformat(), run_id, number))

    def note_handle(self, run_id: str, number: int, handle: str) -> None:
        """Remember the name of a request's job, which starts after that. Raises LockLost as `plan_request` does."""
        with self._fenced():
            query = "update requests set handle = ? where run_id = ? and number = ?"
            self._db.execute(query, (handle, run_id, number))

    def answer_request(
        self, run_id: str, number: int, at: datetime, status: str, detail: str, rows: Sequence[JournalRow]
    ) -> None:
        """Write the outcome down, of the request and of every row; `at` is by the system's own clock."""
        with self.transaction():
            self._db.execute(
                "update requests set status = ?, answered_at = ?, detail = ? where run_id = ? and number = ?",
                (status, at.isoformat(), detail, run_id, number),
            )
            self._db.executemany(
                "update request_rows set status = ?, record_id = ?, code = ?, message = ?"
                " where run_id = ? and number = ? and change = ?",
                [(r.status, r.record_id, r.code, r.message, run_id, number, r.change) for r in rows],
            )

    def parts_of(self, plan_id: str) -> list[RunPart]:
        """The runs that worked at a plan, in their order."""
        return read_parts(self._db, self._file, "r.plan_id = ?", plan_id)

    def newest_run(self, *, unplanned: bool = False) -> RunPart | None:
        """The run that began last; with `unplanned` only where no plan was saved since."""
        since = "r.started_at >= coalesce((select max(created_at) from plans), '')" if unplanned else "true"
        found = read_parts(self._db, self._file, since)
        return found[-1] if found else None

    def unfinished_runs(self) -> list[RunPart]:
        """Runs that nothing closed, and closed ones with a job whose outcome is not known, oldest first."""
        return read_parts(self._db, self._file, f"r.ended_at is null or {HAS_OPEN_JOB}")

    def open_jobs(self, run_id: str) -> list[OpenJob]:
        """Requests of a run that left a job behind whose outcome nobody has written down."""
        return read_open_jobs(self._db, run_id)

    def close_requests(self, run_id: str) -> None:
        """What a killed run left open: a request that left is unknown from now on, one that did not was not started."""
        with self.transaction():
            close_requests(self._db, run_id)

    def resolve_rows(self, run_id: str, rows: Sequence[JournalRow]) -> None:
        """Write down what a look has shown of changes whose outcome was not known."""
        with self.transaction():
            resolve_rows(self._db, run_id, rows)

    def give_up_rows(self, run_id: str, rows: Sequence[tuple[int, str]]) -> None:
        """Write down that changes, each with its status, which were to be tried again are not."""
        with self.transaction():
            give_up_rows(self._db, run_id, rows)

    def journal(self, run_id: str) -> list[JournalEntry]:
        """What the journal says of every change that the run put into a request."""
        return read_journal(self._db, run_id)

    def open_creates(self) -> list[tuple[str, str, str, datetime, bool]]:
        """Creates whose outcome is not known."""
        return read_open_creates(self._db)

    # decisions

    def decisions(self) -> list[Decision]:
        """What people decided of conflicts, in one order."""
        return read_decisions(self._db)

    def save_decisions(self, decisions: Sequence[Decision]) -> None:
        """Keep decisions, all or none; the last one about a conflict counts."""
        with self.transaction():
            write_decisions(self._db, decisions)

    def forget_decisions(self, decisions: Sequence[tuple[str, ...]]) -> None:
        """Forget decisions: (sync, a object, a id, b object, b id, mapping, decided at)."""
        with self.transaction():
            delete_decisions(self._db, decisions)

    # sync errors

    def save_errors(self, errors: Sequence[SyncError]) -> None:
        """Keep refusals, all or none."""
        with self.transaction():
            write_errors(self._db, errors)

    def clear_errors(self, about: Sequence[tuple[str, str, str, str]]) -> None:
        """Forget refusals that are resolved: (system, object, record, action)."""
        with self.transaction():
            delete_errors(self._db, about)

    def decide_errors(self, errors: Sequence[SyncError], state: ErrorState, at: datetime) -> None:
        """Remember what people want done about refusals, all or none."""
        with self.transaction():
            set_states(self._db, errors, state, at.isoformat())

    def sync_errors(self) -> list[SyncError]:
        """All kept refusals, in one order."""
        return read_errors(self._db)
