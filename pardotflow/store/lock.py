"""One writer an environment: who holds it, since when, doing what; and how long without a sign of life it stays held.

The lock is one row beside what it protects: in a SQLite file of the environment's folder, or in the remote state. Its
holder moves `beat_at` on while it works. A holder whose process is gone on this machine is followed at once; one of
another machine once EXPIRY has passed without a beat, by the clock of the database. A holder that could not beat for
that long takes its lock for lost, so that there are never two.
"""

import os
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, fields, replace
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path

from pardotflow.core.errors import StateError
from pardotflow.store.database import Database, Row, Rows, SqliteDatabase
from pardotflow.store.layout import make_private
from pardotflow.store.machine import CAN_TELL, Process, is_gone

BEAT = 10.0
"""Seconds between two signs of life."""
EXPIRY = 60.0
"""Seconds without a sign of life after which a holder of another machine counts as gone."""

TABLE = """
create table if not exists holder (
  one integer primary key, token text, owner text, host text, machine text, pid integer, born text, command text,
  reason text, since text, beat_at text, expires_after double precision, beneath text
);
"""


class LockLost(StateError):
    """The lock expired, or somebody broke it: nothing more may be written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """The row of the lock."""

    token: str
    owner: str
    host: str
    machine: str
    pid: int
    born: str
    command: str
    reason: str
    """Why a person holds it; empty for a command at work."""
    since: str
    """ISO 8601 in UTC, as `beat_at`."""
    beat_at: str
    expires_after: float
    """Seconds without a beat; 0 for a lock that stays until it is released."""

    @property
    def is_kept(self) -> bool:
        """A person keeps it, for maintenance: no process belongs to it."""
        return not self.expires_after

    @property
    def process(self) -> Process:
        """The process that took it."""
        return Process(owner=self.owner, host=self.host, machine=self.machine, pid=self.pid, born=self.born)

    def describe(self, now: datetime) -> str:
        """Who holds it, since when, doing what."""
        since = datetime.fromisoformat(self.since)
        told = f"since {since:%Y-%m-%d %H:%M:%S} UTC ({_ago(now - since)})"
        if self.is_kept:
            return f"{self.owner} on {self.host}, {told}: {self.reason}"
        return f"{self.command} by {self.owner} on {self.host}, process {self.pid}, {told}"


class Fate(Enum):
    """What a lock that is held means to somebody who wants it."""

    HELD = "held"
    GONE = "gone"
    """Its process does not run any more."""
    EXPIRED = "expired"


def judge(holder: Holder, now: datetime, here: str) -> Fate:
    """Whether a holder still holds. A process that runs on this machine holds however long it was silent."""
    if holder.is_kept:
        return Fate.HELD
    if is_gone(holder.process, here):
        return Fate.GONE
    silent = (now - datetime.fromisoformat(holder.beat_at)).total_seconds()
    if (holder.machine != here or not CAN_TELL) and silent > holder.expires_after:
        return Fate.EXPIRED
    return Fate.HELD


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The lock is ours. `from_holder` is who held it and is gone, if anybody; `fate` says how that is known."""

    holder: Holder
    from_holder: Holder | None = None
    fate: Fate | None = None
    now: datetime


class Lock:
    """The row of one environment's lock over one connection. `where` names the environment's state for people."""

    def __init__(self, database: Database, where: str) -> None:
        self._db = database
        self.where = where

    def read(self) -> Holder | None:
        """Who holds it, or None."""
        row = self._db.execute(f"select {_COLUMNS} from holder where one = 1").fetchone()
        return _holder(row) if row else None

    def take(
        self, me: Process, command: str, *, expires_after: float = EXPIRY, reason: str = "", within: bool = False
    ) -> Taken | Holder:
        """Take it where it is free or its holder is gone; else who holds it. With a `reason` it is kept until it is
        released; with `within` a command of the person who keeps it may work meanwhile, and it is kept afterwards."""
        with self._db.only("holder"):
            row = self._db.execute(f"select {_COLUMNS}, beneath from holder where one = 1").fetchone()
            held = _holder(row[:-1]) if row else None
            beneath = row[-1] if row else None
            now = self._db.moment()
            fate = judge(held, now, me.machine) if held else None
            if held and held.is_kept and within and _same_person(held, me):
                beneath = held.reason
                held = fate = None
            elif held and fate is Fate.HELD:
                return held
            elif held and beneath and not (within and _same_person(held, me)):
                # Who worked within it is gone; the lock that was kept is kept on.
                kept = _kept(held, beneath)
                self._write(kept, None)
                return kept
            mine = Holder(
                token=os.urandom(8).hex(),
                owner=me.owner,
                host=me.host,
                machine=me.machine,
                pid=me.pid,
                born=me.born,
                command=command,
                reason=reason,
                since=now.isoformat(timespec="seconds"),
                beat_at=now.isoformat(),
                expires_after=0.0 if reason else expires_after,
            )
            self._write(mine, beneath)
        return Taken(holder=mine, from_holder=held, fate=fate, now=now)

    def _write(self, holder: Holder, beneath: str | None) -> None:
        self._db.execute("delete from holder")
        marks = ", ".join("?" for _ in range(len(_NAMES) + 2))
        self._db.execute(
            f"insert into holder (one, {_COLUMNS}, beneath) values ({marks})", (1, *astuple(holder), beneath)
        )

    def beat(self, token: str) -> bool:
        """A sign of life; False where the lock is not ours any more."""
        with self._db.only("holder"):
            # The moment is that of the write: it may have waited for others.
            now = self._db.moment().isoformat()
            return self._db.execute("update holder set beat_at = ? where token = ?", (now, token)).rowcount > 0

    def release(self, token: str) -> bool:
        """Let go of it; False where it was not ours any more. What was kept beneath is kept again."""
        with self._db.only("holder"):
            row = self._db.execute(f"select {_COLUMNS}, beneath from holder where token = ?", (token,)).fetchone()
            if row is None:
                return False
            if row[-1]:
                self._write(_kept(_holder(row[:-1]), row[-1]), None)
            else:
                self._db.execute("delete from holder where token = ?", (token,))
        return True

    def unlock(self, me: Process, *, force: bool) -> Holder | None:
        """Release what this person keeps, or what nobody holds any more; with `force` whatever holds it. Returns who
        held it; raises StateError where it is held by somebody else, or by a command at work."""
        with self._db.only("holder"):
            held = self.read()
            if held is None:
                return None
            now = self._db.moment()
            if (
                not force
                and judge(held, now, me.machine) is Fate.HELD
                and not (held.is_kept and _same_person(held, me))
            ):
                raise StateError(
                    f"{self.where} is held: {held.describe(now)}",
                    hint="Wait until it ends. If it surely is gone: pardotflow state unlock --force",
                )
            self._db.execute("delete from holder")
        return held

    def moment(self) -> datetime:
        """The clock by which it expires."""
        return self._db.moment()

    def close(self) -> None:
        """Let go of the connection; what is held stays held."""
        self._db.close()


class LockFile(SqliteDatabase):
    """The SQLite file of a lock. Raises StateError."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            # It need not survive the machine: then its holder is gone as well.
            super().__init__(path, timeout=5, pragmas=("synchronous = off",))
        except sqlite3.Error as trouble:
            raise StateError(
                f"the lock {path} cannot be opened: {trouble}", hint="Check the folder's rights."
            ) from trouble
        make_private(path)
        self.execute(TABLE)

    def execute(self, sql: str, values: Sequence[object] = ()) -> Rows:
        """One statement."""
        try:
            return super().execute(sql, values)
        except sqlite3.Error as trouble:
            hint = "Remove it and try again."
            raise StateError(f"the lock {self._path} cannot be used: {trouble}", hint=hint) from trouble


def open_lock_file(path: Path) -> Lock:
    """The lock of the environment whose folder holds the file, made on first use. Raises StateError."""
    return Lock(LockFile(path), str(path.parent))


OpenLock = Callable[[], Lock]
"""Opens the lock over a connection of its own: a heart beats in a thread, and connections are not shared."""


def refusal(held: Holder, where: str, now: datetime) -> StateError:
    """Somebody else holds it: who, since when, doing what, and the way out."""
    if held.is_kept:
        return StateError(
            f"{where} is locked by {held.describe(now)}",
            hint=f"Ask {held.owner}; it is released by: pardotflow state unlock (--force for somebody else's).",
        )
    return StateError(
        f"another pardotflow command is at work in {where}: {held.describe(now)}",
        hint="Wait until it ends and try again."
        " Or add --wait SECONDS. If it surely is gone: pardotflow state unlock --force",
    )


def takeover(taken: Taken) -> str:
    """What is said of a lock that was taken from somebody who is gone; empty where it was free."""
    former = taken.from_holder
    if former is None:
        return ""
    who = former.describe(taken.now)
    if taken.fate is Fate.GONE:
        return f"The lock was taken over: its process is gone. It was {who}."
    silent = _ago(taken.now - datetime.fromisoformat(former.beat_at))
    return f"The lock was taken over: no sign of life for {silent}. It was {who}."


def _kept(within: Holder, reason: str) -> Holder:
    """The lock that was kept before its keeper's command took it."""
    return replace(within, command="state lock", reason=reason, expires_after=0.0)


def _same_person(held: Holder, me: Process) -> bool:
    """The user of a machine. A container may share the name of another one, but hardly user and name."""
    return held.owner == me.owner and held.host == me.host


_NAMES = tuple(field.name for field in fields(Holder))
_COLUMNS = ", ".join(_NAMES)


def _holder(row: Row) -> Holder:
    return Holder(**dict(zip(_NAMES, row, strict=True)))


def _ago(span: timedelta) -> str:
    seconds = max(0, int(span.total_seconds()))
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            number = seconds // size
            return f"{number} {word}" if number == 1 else f"{number} {word}s"
    return f"{seconds} s"
