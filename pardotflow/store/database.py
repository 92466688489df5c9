"""The one seam between what the ledger says in SQL and the database that keeps it: a SQLite file, or PostgreSQL.

Statements are written in what both understand: `?` for values, `insert … on conflict`, `nulls last`, double quotes
around a column that is a reserved word. Each statement is durable when it returns, unless a transaction is open.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


Row = tuple[Any, ...]


class Rows(Protocol):
    """What a statement found."""

    @property
    def rowcount(self) -> int:
        """How many rows a statement changed."""

    @property
    def description(self) -> Sequence[Sequence[Any]] | None:
        """The columns; the first item of each is its name."""

    def fetchone(self) -> Row | None:
        """The next row, or None."""

    def fetchall(self) -> list[Row]:
        """Every row that is left."""

    def __iter__(self) -> Iterator[Row]:
        """Row after row."""


class Database(Protocol):
    """One connection to a database. Not shared between threads."""

    def execute(self, sql: str, values: Sequence[object] = ()) -> Rows:
        """One statement."""

    def executemany(self, sql: str, rows: Iterable[Sequence[object]]) -> object:
        """One statement for each row of values."""

    def run_script(self, sql: str) -> None:
        """Statements without values, all or none."""

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing, durable when the block ends; nobody else writes meanwhile to what it writes."""

    def only(self, table: str) -> AbstractContextManager[None]:
        """A transaction in which nobody else reads that table in such a block, nor writes it."""

    def moment(self) -> datetime:
        """The database's own clock, in UTC."""

    def another(self) -> Database:
        """Another connection to the same database."""

    def close(self) -> None:
        """Let go of it."""


class SqliteDatabase:
    """A SQLite file. Raises sqlite3.Error."""

    def __init__(self, path: Path, *, timeout: float = 10, pragmas: Sequence[str] = ()) -> None:
        self._path, self._timeout, self._pragmas = path, timeout, pragmas
        self.connection = sqlite3.connect(path, isolation_level=None, timeout=timeout)
        try:
            for pragma in pragmas:
                self.connection.execute(f"pragma {pragma}")
        except sqlite3.Error:
            self.connection.close()
            raise

    def execute(self, sql: str, values: Sequence[object] = ()) -> Rows:
        """One statement."""
        return self.connection.execute(sql, tuple(values))

    def executemany(self, sql: str, rows: Iterable[Sequence[object]]) -> object:
        """One statement for each row of values."""
        return self.connection.executemany(sql, rows)

    def run_script(self, sql: str) -> None:
        """Statements without values, all or none."""
        self.connection.executescript(f"begin; {sql} commit;")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, durable when the block ends; nobody else writes meanwhile."""
        self.execute("begin immediate")
        is_done = False
        try:
            yield
            is_done = True
        finally:
            if is_done:
                self.execute("commit")
            elif self.connection.in_transaction:
                self.execute("rollback")

    def only(self, table: str) -> AbstractContextManager[None]:
        """A transaction; SQLite has one writer at a time for all tables."""
        return self.transaction()

    def moment(self) -> datetime:
        """The clock of this machine."""
        return datetime.now(UTC)

    def another(self) -> SqliteDatabase:
        """Another connection to the same file."""
        return SqliteDatabase(self._path, timeout=self._timeout, pragmas=self._pragmas)

    def close(self) -> None:
        """Close the file."""
        self.connection.close()


def upsert(table: str, columns: Sequence[str], key: Sequence[str]) -> str:
    """The statement that adds a row, or replaces the one with the same key."""
    others = [c for c in columns if c not in key]
    marks = ", ".join("?" for _ in columns)
    change = ", ".join(f"{c} = excluded.{c}" for c in others)
    return (
        f"insert into {table} ({', '.join(columns)}) values ({marks})"
        f" on conflict ({', '.join(key)}) do {f'update set {change}' if others else 'nothing'}"
    )


class Remote(Protocol):
    """A remote state, as far as a ledger speaks to it."""

    @property
    def database(self) -> Database:
        """Where runs, journal, sync errors, plans and decisions are kept."""

    @property
    def is_new(self) -> bool:
        """Nothing is known of former runs."""

    def keep_plan(self, plan_id: str, path: Path) -> None:
        """Keep a plan file for other machines."""

    def fetch_plan(self, plan_id: str, path: Path) -> Path:
        """Write a plan file that is kept to that path, and return it."""

    def drop_plan(self, plan_id: str) -> None:
        """Keep a plan file no more."""

    def fence(self) -> None:
        """Raises LockLost inside a transaction where the lock is not ours any more; it stays ours until its end."""

    def publish(self, con: DuckDBPyConnection) -> None:
        """Send what changed of the memory that is attached as `mem`."""

    def check_published(self) -> None:
        """Raises StateError where memory was written and not published."""
