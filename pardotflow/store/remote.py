"""What an environment remembers, kept in a database that several machines share.

Runs, journal, sync errors, plans and decisions are rows, written by the ledger and durable before a request leaves.
Links and bases stay a DuckDB file while a command works; between commands they are parts, one a table and hash bucket,
under a generation that every publication counts up. The file beside a project is a copy: it is used while it is known
to be of the last generation, and fetched anew otherwise. What was not published is in the journal of a run that is not
closed, and is remembered again.
"""

import json
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import duckdb

from pardotflow.core.errors import StateError
from pardotflow.plan.instance import in_memory
from pardotflow.store.archive import copy_remote
from pardotflow.store.database import Database, upsert
from pardotflow.store.layout import Layout, make_private
from pardotflow.store.ledgertables import MIGRATIONS, TABLES, VERSION
from pardotflow.store.lock import TABLE as HOLDER
from pardotflow.store.lock import LockLost
from pardotflow.store.memory import VERSION as MEMORY_VERSION
from pardotflow.store.memory import attach_memory, copy_mark

BUCKET_ROWS = 16_384
"""Rows of a table for each bucket, as far as it can be told: one that changes is sent whole."""
MOST_BUCKETS = 1024

_PARTS = """
create table if not exists memory_parts (
  name text, bucket integer, buckets integer, digest text, body bytea, primary key (name, bucket)
);
create table if not exists plan_files (id text primary key, body bytea);
"""


class RemoteState:
    """The remote state of one environment over one connection, with its copy in the environment's folder."""

    def __init__(self, database: Database, where: str, layout: Layout, owner: str) -> None:
        """`owner` is the project and environment that it belongs to; raises StateError where it is another's."""
        self.database = database
        self.where = where
        self.token = ""
        """Of the lock that this process holds; without one it only reads."""
        self._layout = layout
        self.is_new = self._set_up(owner)
        self._generation = int(self._about("generation") or 0)

    def _set_up(self, owner: str) -> bool:
        found = self.database.execute(
            "select 1 from information_schema.tables where table_schema = current_schema() and table_name = 'about'"
        ).fetchone()
        if not found:
            # Two machines may come first at the same time.
            with suppress(StateError):
                about = {"version": str(VERSION), "id": uuid4().hex, "owner": owner, "generation": "0"}
                values = ", ".join(f"('{key}', {_quoted(value)})" for key, value in about.items())
                self.database.run_script(f"{TABLES} {HOLDER} {_PARTS} insert into about values {values};")
        whose, version = self._about("owner"), int(self._about("version") or 0)
        if whose != owner:
            raise StateError(
                f"{self.where} holds the state of {whose or 'something else'}, not of {owner}",
                hint="Name another schema under state: in the environment's file.",
            )
        if version > VERSION or (version < VERSION and version not in MIGRATIONS):
            raise StateError(
                f"{self.where} was written by another version of pardotflow", hint="Use the version that wrote it."
            )
        self._version = version
        return not found

    def check_version(self) -> None:
        """Raises StateError where an older version wrote it, and nobody has brought it up yet."""
        if self._version != VERSION:
            raise StateError(
                f"{self.where} was written by an older version of pardotflow",
                hint="The next command that takes the lock brings it up: pardotflow plan",
            )

    def bring_up(self) -> None:
        """Bring what an older version wrote up to this one, after a copy of it was written into the environment's
        folder. The lock is ours."""
        if self._version == VERSION:
            return
        copy_remote(self.database, self._layout.ledger, self._version)
        while self._version in MIGRATIONS:
            step = f"update about set value = '{self._version + 1}' where key = 'version';"
            self.database.run_script(f"{MIGRATIONS[self._version]} {step}")
            self._version += 1

    def _about(self, key: str) -> str:
        row = self.database.execute("select value from about where key = ?", (key,)).fetchone()
        return row[0] if row else ""

    # plans

    def keep_plan(self, plan_id: str, path: Path) -> None:
        """Keep a plan file for other machines; nothing where it is kept already."""
        if self.database.execute("select 1 from plan_files where id = ?", (plan_id,)).fetchone() is None:
            self.database.execute(upsert("plan_files", ("id", "body"), ("id",)), (plan_id, path.read_bytes()))

    def fetch_plan(self, plan_id: str, path: Path) -> Path:
        """Write a plan file that is kept to that path; nothing where it is there, or not kept any more."""
        row = (
            None
            if path.exists()
            else self.database.execute("select body from plan_files where id = ?", (plan_id,)).fetchone()
        )
        if row is not None:
            _write_whole(path, bytes(row[0]))
        return path

    def drop_plan(self, plan_id: str) -> None:
        """Keep a plan file no more."""
        self.database.execute("delete from plan_files where id = ?", (plan_id,))

    # the lock

    def fence(self) -> None:
        """Raises LockLost inside a transaction where the lock is not ours; it stays ours until the transaction ends."""
        if not self.database.execute("select 1 from holder where token = ? for share", (self.token,)).fetchone():
            raise LockLost(
                f"the lock of {self.where} was lost: it expired, or somebody released it by force",
                hint="Nothing more was sent. What was sent stands in the journal: run the command again.",
            )

    # links and bases

    def fetch_memory(self) -> bool:
        """Make the environment's memory a copy of the last generation; false where it is one already.

        A file that was changed and never published is kept aside.
        """
        path = self._layout.memory
        self._generation = int(self._about("generation") or 0)
        if path.is_file() and self._mark() == _read_mark(path):
            return False
        if path.is_file() and not copy_mark(path).exists():
            if not self._generation and _has_links(path):
                raise StateError(
                    f"{self.where} is empty, and {path} is not",
                    hint="Take it along: without state: in the environment's file run pardotflow state backup, and"
                    " with it pardotflow state restore FILE. To begin anew, move it away.",
                )
            path.replace(path.with_name(f"{path.name}.unpublished"))
        self.write_memory(path)
        copy_mark(path).write_text(self._mark())
        make_private(copy_mark(path))
        return True

    def write_memory(self, path: Path) -> None:
        """Write the last generation to a file; nothing of an unfinished write is left under that name."""
        part = path.with_name(f"{path.name}.part")
        part.unlink(missing_ok=True)
        with in_memory() as con, tempfile.TemporaryDirectory(dir=self._layout.root) as folder:
            attach_memory(con, part, read_only=False)
            con.execute("delete from mem.about")
            for number, (name, body) in enumerate(
                self.database.execute("select name, body from memory_parts order by name, bucket").fetchall()
            ):
                file = Path(folder) / f"{number}.parquet"
                file.write_bytes(bytes(body))
                con.execute(f"insert into mem.{name} by name from read_parquet({_quoted(str(file))})")
                if name == "about":
                    self._check_version(con)
            con.execute("insert or ignore into mem.about values ('version', ?)", [str(MEMORY_VERSION)])
            con.execute("checkpoint mem")
        part.replace(path)
        make_private(path)

    def _check_version(self, con: duckdb.DuckDBPyConnection) -> None:
        """The table `about` is the first by name: nothing else is read of a newer memory."""
        [(version,)] = con.execute("select coalesce(max(value), '0') from mem.about where key = 'version'").fetchall()
        if int(version) > MEMORY_VERSION:
            raise StateError(
                f"{self.where} was written by a newer version of pardotflow", hint="Use the version that wrote it."
            )

    def publish(self, con: duckdb.DuckDBPyConnection) -> None:
        """Send what changed of the memory that is attached as `mem`; all of it becomes the next generation, or nothing.

        Nothing may be written to it afterwards in the same session. Raises LockLost, or StateError.
        """
        with self.database.transaction():
            self._publish(con)
        # Not before the commit: what was not published must not count as a copy.
        copy_mark(self._layout.memory).write_text(self._mark())
        make_private(copy_mark(self._layout.memory))

    def _publish(self, con: duckdb.DuckDBPyConnection) -> None:
        tables = con.execute("select table_name from duckdb_tables() where database_name = 'mem'").fetchall()
        former = {
            (name, bucket): (buckets, digest)
            for name, bucket, buckets, digest in self.database.execute(
                "select name, bucket, buckets, digest from memory_parts"
            )
        }
        self._check_generation()
        for (table,) in tables:
            self._publish_table(con, table, former)
        # Last, since the heart cannot beat from here to the commit. What is ours now was ours all the time.
        self.fence()
        self._generation += 1
        self.database.execute("update about set value = ? where key = 'generation'", (str(self._generation),))

    def check_published(self) -> None:
        """Raises StateError where the memory was opened to be written and not published since."""
        if self._layout.memory.exists() and not copy_mark(self._layout.memory).exists():
            raise StateError(
                f"what was remembered is not in {self.where} yet", hint="Run: pardotflow plan. It is remembered again."
            )

    def _check_generation(self) -> None:
        now = int(self._about("generation") or 0)
        if now != self._generation:
            raise StateError(
                f"{self.where} is of generation {now}, and generation {self._generation} was at work here",
                hint="Somebody else wrote meanwhile. Run the command again.",
            )

    def _publish_table(
        self, con: duckdb.DuckDBPyConnection, table: str, former: Mapping[tuple[str, int], tuple[int, str]]
    ) -> None:
        columns = [row[0] for row in con.execute(f"describe mem.{table}").fetchall()]
        [(count,)] = con.execute(f"select count(*) from mem.{table}").fetchall()
        buckets = 1
        while count > buckets * BUCKET_ROWS and buckets < MOST_BUCKETS:
            buckets *= 2
        key = next((c for c in ("a_id", "id") if c in columns), "''")
        bucket_of = f"cast(hash({key}) % {buckets} as integer)"
        digests = dict(
            con.execute(
                f"select {bucket_of}, concat_ws('-', count(*), bit_xor(hash(t)), sum(hash(t)))"
                f" from mem.{table} t group by 1"
            ).fetchall()
        )
        for bucket, digest in sorted(digests.items()):
            if former.get((table, bucket)) != (buckets, digest):
                body = self._part(con, f"select * from mem.{table} where {bucket_of} = {bucket} order by all")
                values = (table, bucket, buckets, digest, body)
                statement = upsert("memory_parts", ("name", "bucket", "buckets", "digest", "body"), ("name", "bucket"))
                self.database.execute(statement, values)
        gone = [(name, bucket) for name, bucket in former if name == table and bucket not in digests]
        self.database.executemany("delete from memory_parts where name = ? and bucket = ?", gone)

    def _part(self, con: duckdb.DuckDBPyConnection, query: str) -> bytes:
        with tempfile.TemporaryDirectory(dir=self._layout.root) as folder:
            file = Path(folder) / "part.parquet"
            con.execute(f"copy ({query}) to {_quoted(str(file))} (format parquet, compression zstd)")
            return file.read_bytes()

    def _mark(self) -> str:
        return json.dumps({"of": self._about("id"), "generation": self._generation})

    # taking a state along

    def replace(
        self,
        rows: Mapping[str, tuple[tuple[str, ...], list[tuple[object, ...]]]],
        plans: Sequence[Path],
        con: duckdb.DuckDBPyConnection,
    ) -> None:
        """Replace everything that is kept here, or nothing: every row of a ledger (by table its columns and rows), the
        plan files, and the memory by the one that is attached as `mem`. Raises LockLost, or StateError."""
        with self.database.transaction():
            for table, (columns, lines) in rows.items():
                named = ", ".join(f'"{c}"' for c in columns)
                marks = ", ".join("?" for _ in columns)
                self.database.execute(f"delete from {table}")
                self.database.executemany(f"insert into {table} ({named}) values ({marks})", lines)
            self.database.execute("delete from plan_files")
            for path in plans:
                self.keep_plan(path.stem, path)
            self._publish(con)
        copy_mark(self._layout.memory).write_text(self._mark())

    def close(self) -> None:
        """Let go of the connection."""
        self.database.close()


def _has_links(path: Path) -> bool:
    with in_memory() as con:
        attach_memory(con, path, read_only=True)
        return con.execute("select 1 from mem.links limit 1").fetchone() is not None


def _read_mark(path: Path) -> str:
    mark = copy_mark(path)
    return mark.read_text() if mark.is_file() else ""


def _write_whole(path: Path, body: bytes) -> None:
    """A file that is there whole or not at all, and that nobody else can read."""
    moment = datetime.now(UTC).strftime("%H%M%S%f")
    part = path.with_name(f"{path.name}.{moment}.part")
    part.touch(mode=0o600)
    part.write_bytes(body)
    part.replace(path)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
