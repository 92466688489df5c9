"""The one SQLite file that holds everything: how it is opened, written and closed.

A write is on disk when the transaction ends (WAL, synchronous=FULL). Two processes may serve one file: nothing that
matters is kept in memory, and every write transaction takes the write lock at its start. Bookkeeping that need not
survive a power cut (request log, counters) goes through a second connection that does not wait for the disk.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from pardotflow.emulator.layout import FORMAT, TABLES
from pardotflow.emulator.problem import EmulatorError, MissingDataFile, NotADataFile
from pardotflow.emulator.snapshot_files import kept_as_seeded
from pardotflow.emulator.sql_functions import add_functions
from pardotflow.emulator.write_log import NotingConnection, flush_notes, forget_notes, notes_of_part

_BUSY_SECONDS = 60.0


def _connect(path: Path, *, synchronous: str) -> sqlite3.Connection:
    db = sqlite3.connect(
        path,
        timeout=_BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=512,
        factory=NotingConnection,
    )
    db.execute(f"PRAGMA synchronous={synchronous}")
    db.execute("PRAGMA cache_size=-32000")
    db.execute("PRAGMA temp_store=MEMORY")
    add_functions(db)
    return db


class DataFile:
    """An open data file. Each thread gets its own connections; `close` closes them all."""

    def __init__(self, path: Path) -> None:
        """Open an existing file; raises `EmulatorError` where it is missing or no data file of this format."""
        if path.is_dir():
            raise NotADataFile(f"{path} is a folder, and no data file of the emulator")
        if not path.is_file():
            raise MissingDataFile(f"there is no data file {path}")
        if not os.access(path, os.W_OK):
            raise _read_only(path)
        self.path = path
        self._threads = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._opening = threading.Lock()
        self._writing = threading.RLock()
        self._check_format()

    def _check_format(self) -> None:
        try:
            row = self.read().execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
        except sqlite3.DatabaseError as cause:
            self.close()
            raise _reason(self.path, cause) from cause
        if row is None or row[0] != str(FORMAT):
            self.close()
            raise NotADataFile(f"{self.path} has another format than this version reads; seed it again")

    def _connection(self, kind: str, synchronous: str) -> sqlite3.Connection:
        db: sqlite3.Connection | None = getattr(self._threads, kind, None)
        if db is None:
            db = _connect(self.path, synchronous=synchronous)
            setattr(self._threads, kind, db)
            with self._opening:
                self._opened.append(db)
        return db

    def read(self) -> sqlite3.Connection:
        """This thread's connection; inside `write` it is the one with the open transaction."""
        return self._connection("data", "FULL")

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One durable transaction; an exception rolls it back. Inside another `write` it joins that one."""
        db = self.read()
        if db.in_transaction:
            yield db
            return
        with self._writing, _transaction(db):
            yield db

    @contextmanager
    def note(self) -> Iterator[sqlite3.Connection]:
        """One transaction of bookkeeping that does not wait for the disk."""
        db = self._connection("notes", "NORMAL")
        with self._writing, _transaction(db):
            yield db

    @contextmanager
    def alone(self) -> Iterator[sqlite3.Connection]:
        """A connection of its own, for what cannot join a transaction; this process writes nothing meanwhile."""
        with self._writing, closing(_connect(self.path, synchronous="FULL")) as db:
            db.execute("PRAGMA cache_size=-2000")
            yield db

    def close(self) -> None:
        """Close the connections of all threads. Nothing may use the file afterwards."""
        with self._opening:
            for db in self._opened:
                db.close()
            self._opened.clear()


def _read_only(path: Path) -> EmulatorError:
    return EmulatorError(f"{path} cannot be written: the file or its folder is read-only")


def _reason(path: Path, cause: sqlite3.DatabaseError) -> EmulatorError:
    """Why a file cannot be opened; without the right to write it cannot even be read, since its WAL is shared."""
    code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return _read_only(path)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return EmulatorError(f"{path} cannot be used: {cause}")
    return NotADataFile(f"{path} is no data file of the emulator")


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        flush_notes(db)
    except BaseException:
        forget_notes(db)
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


@contextmanager
def savepoint(db: sqlite3.Connection) -> Iterator[None]:
    """A part of the open transaction that an exception undoes alone."""
    with notes_of_part(db):
        db.execute("SAVEPOINT part")
        try:
            yield
        except BaseException:
            db.execute("ROLLBACK TO part")
            db.execute("RELEASE part")
            raise
        db.execute("RELEASE part")


@contextmanager
def build_file(path: Path, *, replace: bool) -> Iterator[sqlite3.Connection]:
    """Make a new data file under a temporary name and put it in place whole, or not at all; a copy is kept for `reset`.

    Raises `EmulatorError` where the file exists and `replace` is false, and where a process has it open: it would
    go on with the file that is gone.
    """
    if path.exists() and not replace:
        raise EmulatorError(f"{path} exists already")
    if path.exists() and _is_open(path):
        raise EmulatorError(f"{path} is in use by another process; stop it first")
    part = _begin(path)
    db = _connect(part, synchronous="OFF")
    try:
        db.execute("PRAGMA page_size=8192")
        with _transaction(db):
            for statement in TABLES.split(";\n"):
                db.execute(statement)
            yield db
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("PRAGMA main.wal_checkpoint(TRUNCATE)")
        db.close()
        with kept_as_seeded(part, path):
            _put_in_place(part, path, replace=replace)
    finally:
        db.close()
        part.unlink(missing_ok=True)


def _is_open(path: Path) -> bool:
    """Whether any connection has a data file open; each holds a shared lock for as long as it lives."""
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as db:
        try:
            db.execute("PRAGMA locking_mode=EXCLUSIVE")
            db.execute("BEGIN EXCLUSIVE")
        except sqlite3.DatabaseError as cause:
            return getattr(cause, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
        return False


def _begin(path: Path) -> Path:
    """The temporary file beside `path`, empty and readable by its owner only."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError as cause:
        raise EmulatorError(f"cannot write {path}: {cause.strerror}") from cause
    return part


def _put_in_place(part: Path, path: Path, *, replace: bool) -> None:
    descriptor = os.open(part, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
    # What a killed process left beside a file that is gone would be read into the new one.
    left = [beside for suffix in ("-wal", "-shm") if (beside := path.with_name(path.name + suffix)).exists()]
    if replace:
        for beside in left:
            beside.unlink(missing_ok=True)
        part.replace(path)
        return
    try:
        os.link(part, path)
    except FileExistsError:
        raise EmulatorError(f"{path} exists already") from None
    for beside in left:
        beside.unlink(missing_ok=True)
