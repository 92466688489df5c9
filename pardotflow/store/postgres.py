"""A PostgreSQL database as the seam `store.database` wants it: a schema of its own for each environment.

Every statement is committed, and flushed to the server's disk, before it returns. What psycopg raises becomes a
StateError; the address with its password is in none of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql as names
from psycopg.conninfo import conninfo_to_dict

from pardotflow.core.errors import StateError
from pardotflow.core.secret import Secret
from pardotflow.store.database import Rows

CONNECT_SECONDS = 15
KEEPALIVES = {"keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 30_000}
"""By them both ends notice within half a minute that the other one is gone; seconds, tries, and milliseconds. What the
address says of them goes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds that others are waited for."""

    idle: float = 60.0
    """Until the server ends a transaction in which nothing is asked for: of a machine that vanished, or sleeps."""
    lock: float = 10.0
    """Until a command gives up waiting for the lock's row."""


class PostgresDatabase:
    """One connection. Raises StateError where the server cannot be reached, or refuses."""

    def __init__(self, url: Secret, schema: str, *, make: bool = True, patience: Patience | None = None) -> None:
        self._url, self._schema = url, schema
        self.where = f"schema {schema}"
        self._patience = patience or Patience()
        try:
            said = conninfo_to_dict(url.reveal())
        except psycopg.Error:
            # What is said of a text that is no address repeats it, with its password.
            raise StateError(
                "the url of the remote state is no address of a PostgreSQL database",
                hint="Write postgresql://user:password@host/database",
            ) from None
        with _named("cannot be reached"):
            more: dict[str, Any] = {name: value for name, value in KEEPALIVES.items() if name not in said}
            self._connection = psycopg.connect(url.reveal(), autocommit=True, connect_timeout=CONNECT_SECONDS, **more)
        info = self._connection.info
        self.where = f"the schema {schema} of {info.dbname} on {info.host or 'this machine'}"
        # Without it a server may answer before what it was told is on its disk.
        self.execute("set synchronous_commit = on")
        self.execute("set client_min_messages = warning")
        self._end_with_the_machine()
        if make and not self.execute("select 1 from pg_namespace where nspname = ?", (schema,)).fetchone():
            self._run(names.SQL("create schema if not exists {}").format(names.Identifier(schema)))
        self._run(names.SQL("set search_path to {}").format(names.Identifier(schema)))

    def _end_with_the_machine(self) -> None:
        """The server is to end our session, and what it holds, where we vanish. Older ones lack some settings."""
        wanted = {
            "idle_in_transaction_session_timeout": int(self._patience.idle * 1000),
            **{name if name == "tcp_user_timeout" else f"tcp_{name}": value for name, value in KEEPALIVES.items()},
        }
        for name, value in wanted.items():
            self.execute("select set_config(name, ?, false) from pg_settings where name = ?", (str(value), name))

    def _run(self, statement: names.Composed) -> None:
        with _named("refuses"):
            self._connection.execute(statement)

    def execute(self, sql: str, values: Sequence[object] = ()) -> Rows:
        """One statement."""
        with _named("refuses"):
            return self._connection.execute(_translated(sql), tuple(values))

    def executemany(self, sql: str, rows: Iterable[Sequence[object]]) -> object:
        """One statement for each row of values."""
        with _named("refuses"), self._connection.cursor() as cursor:
            cursor.executemany(_translated(sql), [tuple(row) for row in rows])
        return None

    def run_script(self, sql: str) -> None:
        """Statements without values, all or none."""
        with _named("refuses"), self._connection.transaction():
            self._connection.execute(sql)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, durable when the block ends."""
        with _named("refuses"), self._connection.transaction():
            yield

    @contextmanager
    def only(self, table: str) -> Iterator[None]:
        """A transaction in which nobody else is in such a block of the same table, nor writes it. Raises StateError
        where somebody else is for too long."""
        with self.transaction():
            self.execute("select set_config('lock_timeout', ?, true)", (str(int(self._patience.lock * 1000)),))
            try:
                with self._connection.transaction():
                    self._connection.execute(
                        names.SQL("lock table {} in exclusive mode").format(names.Identifier(table))
                    )
            except psycopg.errors.LockNotAvailable as trouble:
                raise StateError(
                    f"{self.where} is held by a transaction that does not end",
                    hint="Try again in a minute: of a machine that vanished the database ends it by itself.",
                ) from trouble
            yield

    def moment(self) -> datetime:
        """The server's clock."""
        [(found,)] = self.execute("select clock_timestamp() at time zone 'UTC'").fetchall()
        return datetime.fromisoformat(f"{found.isoformat()}+00:00")

    def another(self) -> PostgresDatabase:
        """Another connection to the same schema."""
        return PostgresDatabase(self._url, self._schema, make=False)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def _translated(sql: str) -> str:
    """Statements are ours; what comes from outside stands in the values."""
    return sql.replace("%", "%%").replace("?", "%s")


@contextmanager
def _named(what: str) -> Iterator[None]:
    try:
        yield
    except psycopg.Error as trouble:
        told = (trouble.diag.message_primary or str(trouble) or type(trouble).__name__).splitlines()[0]
        raise StateError(
            f"the database of the remote state {what}: {told}",
            hint="Check url and schema under state: in the environment's file, the user's rights, and the network.",
        ) from trouble
