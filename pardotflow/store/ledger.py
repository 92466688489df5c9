"""Runs, the journal of requests, sync errors, cached describes: a SQLite file that can be read while a run writes.

A request is durable in the journal before it is sent and after it is answered; nothing is sent that is not written
down first.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pardotflow.core.errors import StateError
from pardotflow.store.database import Database, Remote, SqliteDatabase, upsert
from pardotflow.store.decisions import TABLE as DECISIONS
from pardotflow.store.decisions import Decision, delete_decisions, read_decisions, write_decisions
from pardotflow.store.described import DescribeCache
from pardotflow.store.layout import make_private
from pardotflow.store.premigration import back_up_ledger

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

VERSION = 3

TABLES = f"""
create table about (key text primary key, value text);
create table runs (
  id text primary key, plan_id text, started_at text, ended_at text, status text,
  confirmed integer default 0, refused integer default 0, unknown integer default 0,
  not_started integer default 0, moved integer default 0, calls text
);
create table plans (id text primary key, path text, digest text, created_at text, spent_by text);
create table requests (
  run_id text, number integer, system text, kind text, object text, key text, status text,
  planned_at text, sent_at text, answered_at text, handle text, detail text,
  primary key (run_id, number)
);
create table request_rows (
  run_id text, number integer, change integer, record_key text, status text, record_id text,
  code text, message text, primary key (run_id, number, change)
);
create index open_requests on requests (status);
create table sync_errors (
  system text, object text, record text, action text, payload text, code text, message text,
  run_id text, at text, primary key (system, object, record, action)
);
create table describes (connection text, object text, at text, body text, primary key (connection, object));
create table identities (connection text primary key, organization text, "user" text);
{DECISIONS}
"""

ERROR_COLUMNS = ("system", "object", "record", "action", "payload", "code", "message", "run_id", "at")

MIGRATIONS: Mapping[int, str] = {1: DECISIONS, 2: "delete from describes where connection = 'pardot';"}
"""By version: the statements that bring a ledger of it to the next one. What an older version described of Pardot does
not say which custom fields the vendor's connector maps, and is read again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalRow:
    """What became of one change of a request."""

    change: int
    record_key: str
    status: str
    record_id: str = ""
    code: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """A journalled change with what is known of its request, which had `size` changes. Times are the system's own."""

    row: JournalRow
    request_status: str
    sent_at: datetime | None
    answered_at: datetime | None
    size: int


class Ledger(DescribeCache):
    """One open ledger. Not shared between threads."""

    def __init__(self, path: Path, remote: Remote | None = None) -> None:
        self._path = path
        self.guard: Callable[[], None] = lambda: None
        """Is asked before a request is written down; raises LockLost where this process may not write any more."""
        try:
            # Everything but describes and identities is elsewhere where the state is remote.
            super().__init__(SqliteDatabase(path, pragmas=("journal_mode = wal", "synchronous = full")))
            self._migrate()
        except sqlite3.DatabaseError as trouble:
            raise ledger_error(path, trouble) from trouble
        make_private(path)
        self._remote = remote
        self._db: Database = remote.database if remote else self._cache
        if remote:
            self.is_new = remote.is_new

    def _migrate(self) -> None:
        [(version,)] = self._cache.execute("pragma user_version").fetchall()
        self.is_new = version == 0
        """Nothing is known of former runs: the file was made just now, or was empty."""
        if self.is_new:
            self._cache.run_script(f"{TABLES} pragma user_version = {VERSION};")
            return
        if version in MIGRATIONS:
            back_up_ledger(self._path, version)
        while version in MIGRATIONS:
            self._cache.run_script(f"{MIGRATIONS[version]} pragma user_version = {version + 1};")
            version += 1
        if version != VERSION:
            raise StateError(
                f"{self._path} was written by another version of pardotflow",
                hint="Use the version that wrote it, or move the file away: runs and sync errors are then forgotten.",
            )

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

    def start_run(self, run_id: str, plan_id: str, at: datetime, path: Path) -> None:
        """Open a run and mark its plan, which stands at `path`, as spent, in one step."""
        if self._remote:
            self._remote.keep_plan(plan_id, path)
        with self.transaction():
            values = (run_id, plan_id, at.isoformat(), "running")
            self._db.execute("insert into runs (id, plan_id, started_at, status) values (?, ?, ?, ?)", values)
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

    def runs_since(self, at: str) -> list[str]:
        """The runs that were started after that moment (ISO 8601 in UTC)."""
        return [row[0] for row in self._db.execute("select id from runs where started_at > ?", (at,))]

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

    def plan_request(self, run_id: str, number: int, request: Mapping[str, str], rows: Sequence[JournalRow]) -> None:
        """Write a request down before anything is sent; `request` has system, kind, object, key and planned_at.

        Raises LockLost where another process may be at work by now.
        """
        self.guard()
        with self.transaction():
            if self._remote:
                self._remote.fence()
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
        """Remember the name of the job that a request started."""
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

    def unfinished_runs(self) -> list[tuple[str, str, Path | None]]:
        """Runs that nothing closed, oldest first: run id, plan id, and where the plan was saved."""
        rows = self._db.execute(
            "select r.id, r.plan_id, p.path from runs r left join plans p on p.id = r.plan_id"
            " where r.ended_at is null order by r.started_at, r.id"
        ).fetchall()
        return [(row[0], row[1], self._file(row[1], row[2]) if row[2] else None) for row in rows]

    def journal(self, run_id: str) -> list[JournalEntry]:
        """What the journal says of every change that the run put into a request."""
        rows = self._db.execute(
            "select w.change, w.record_key, r.status, w.status, w.record_id, w.code, w.message, r.sent_at,"
            " r.answered_at, count(*) over (partition by w.number) from requests r"
            " join request_rows w on w.run_id = r.run_id and w.number = r.number"
            " where r.run_id = ? order by w.number, w.change",
            (run_id,),
        )
        return [
            JournalEntry(
                row=JournalRow(
                    change=r[0],
                    record_key=r[1],
                    status=r[3],
                    record_id=r[4] or "",
                    code=r[5] or "",
                    message=r[6] or "",
                ),
                request_status=r[2],
                sent_at=_time(r[7]),
                answered_at=_time(r[8]),
                size=r[9],
            )
            for r in rows
        ]

    def open_creates(self) -> list[tuple[str, str, str, datetime]]:
        """Creates whose outcome is not known: system, object, record key and when they were sent."""
        rows = self._db.execute(
            "select r.system, r.object, w.record_key, r.sent_at from requests r"
            " join request_rows w on w.run_id = r.run_id and w.number = r.number"
            " where r.status in ('sent', 'unknown') and r.kind in ('create', 'upsert', 'import_creates')"
            " order by r.sent_at, w.record_key"
        ).fetchall()
        return [(r[0], r[1], r[2], datetime.fromisoformat(r[3])) for r in rows]

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

    def save_errors(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Keep refusals: (system, object, record, action, payload digest, code, message, run, at)."""
        self._db.executemany(upsert("sync_errors", ERROR_COLUMNS, ERROR_COLUMNS[:4]), rows)

    def clear_errors(self, rows: Sequence[tuple[str, str, str, str]]) -> None:
        """Forget refusals that were overcome: (system, object, record, action)."""
        query = "delete from sync_errors where system = ? and object = ? and record = ? and action = ?"
        self._db.executemany(query, rows)

    def sync_errors(self) -> list[tuple[str, str, str, str, str, str, str]]:
        """All kept refusals: system, object, record, action, payload digest, code, message."""
        return self._db.execute(
            "select system, object, record, action, payload, code, message from sync_errors order by 1, 2, 3, 4"
        ).fetchall()

    def refusals(self) -> list[tuple[str, str, str, str, str, str, str, datetime]]:
        """All kept refusals for people: system, object, record, action, code, message, the run and the moment."""
        rows = self._db.execute(
            "select system, object, record, action, code, message, run_id, at from sync_errors order by 1, 2, 3, 4"
        )
        return [(*row[:7], datetime.fromisoformat(row[7])) for row in rows]


def ledger_error(path: Path, trouble: sqlite3.Error) -> StateError:
    """What a ledger that SQLite cannot use means: it is damaged, or it may not be written, or it is in use."""
    if path.is_dir():
        return StateError(f"{path} is a folder, and a file is needed there", hint="Move it away.")
    code = getattr(trouble, "sqlite_errorcode", 0) & 0xFF
    way_out = {
        sqlite3.SQLITE_CANTOPEN: "Check the rights of the file and its folder.",
        sqlite3.SQLITE_READONLY: "Check the rights of the file and its folder.",
        sqlite3.SQLITE_FULL: "Make room on the disk.",
        sqlite3.SQLITE_BUSY: "Another program has it open: end that first.",
    }
    damaged = "Restore it from a backup, or move it away: runs and sync errors are then forgotten."
    return StateError(f"{path} cannot be used: {trouble}", hint=way_out.get(code, damaged))


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
