"""Before a migration the file is copied; a process that is killed in the middle leaves what was there."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from pardotflow.core.errors import StateError
from pardotflow.plan.instance import in_memory
from pardotflow.store import ledgertables, memory
from pardotflow.store.ledger import Ledger
from pardotflow.store.memory import attach_memory
from pardotflow.store.premigration import list_backups

LINK = "insert into mem.links values ('people', 'Contact', '003', 'prospect', '1', 'found', 'r', null, null)"

# Each kills itself in the middle of the last step of the migration.
KILLED = {
    "ledger.sqlite": """
import os, signal, sqlite3, sys
from pathlib import Path
from pardotflow.store import ledgertables
from pardotflow.store.ledger import Ledger
real = sqlite3.connect
def connect(*a, **k):
    db = real(*a, **k)
    db.create_function("die", 0, lambda: os.kill(os.getpid(), signal.SIGKILL))
    return db
sqlite3.connect = connect
step = "delete from about; create table half (x text); select die();"
ledgertables.MIGRATIONS = {**ledgertables.MIGRATIONS, ledgertables.VERSION - 1: step}
Ledger(Path(sys.argv[1]))
""",
    "memory.duckdb": """
import os, signal, sys, threading, time
from pathlib import Path
import duckdb
from pardotflow.store import memory
from pardotflow.store.premigration import list_backups
path = Path(sys.argv[1])
def kill():
    until = time.monotonic() + 10
    while not list_backups(path.parent) and time.monotonic() < until:
        time.sleep(0.01)
    # By then the migration is in its last statement, which takes far longer.
    time.sleep(0.7)
    os.kill(os.getpid(), signal.SIGKILL)
threading.Thread(target=kill, daemon=True).start()
endless = "select count(*) from range(1000000000) a, range(1000) b where a.range % 7 = b.range % 5"
step = f"delete from mem.links; create table mem.half (x text); {endless};"
memory.MIGRATIONS = {**memory.MIGRATIONS, memory.VERSION - 1: step}
memory.attach_memory(duckdb.connect(":memory:", config={"threads": 1}), path, read_only=False)
""",
}


def _old_ledger(path: Path) -> None:
    Ledger(path).close()
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("insert into about values ('kept', 'yes')")
        db.executescript("alter table runs drop column continues; drop table calls")
        db.execute(f"pragma user_version = {ledgertables.VERSION - 1}")


def _old_memory(path: Path) -> None:
    with in_memory() as con:
        attach_memory(con, path, read_only=False)
        con.execute(LINK)
        con.execute(f"update mem.about set value = '{memory.VERSION - 1}' where key = 'version'")


def _ledger_rows(path: Path) -> tuple[int, list[tuple[str]]]:
    with closing(sqlite3.connect(path)) as db:
        tables = {row[0] for row in db.execute("select name from sqlite_master")}
        assert "half" not in tables
        return db.execute("pragma user_version").fetchone()[0], db.execute("select value from about").fetchall()


def _memory_rows(path: Path) -> tuple[int, list[tuple[str]]]:
    with duckdb.connect(str(path), read_only=True) as con:
        assert con.execute("from duckdb_tables() where table_name = 'half'").fetchall() == []
        [(version,)] = con.execute("select value from about where key = 'version'").fetchall()
        return int(version), con.execute("select b_id from links").fetchall()


@pytest.mark.parametrize("name", KILLED)
def test_a_migration_that_is_killed_leaves_what_was_there(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    is_ledger = name.startswith("ledger")
    (_old_ledger if is_ledger else _old_memory)(path)
    read, now = (_ledger_rows, ledgertables.VERSION) if is_ledger else (_memory_rows, memory.VERSION)
    before = read(path)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED[name], str(path)], check=False, capture_output=True, timeout=60
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    [copy] = list_backups(tmp_path)
    assert read(copy) == before and read(path) == before == (now - 1, before[1]), "old file and copy are both whole"
    assert copy.stat().st_mode & 0o777 == 0o600 and copy.name.startswith(f"{name}.before-v{now}.20")
    if is_ledger:
        Ledger(path).close()
    else:
        with in_memory() as con:
            attach_memory(con, path, read_only=True)
    assert read(path) == (now, before[1])


def test_no_copy_is_made_where_nothing_is_migrated(tmp_path: Path) -> None:
    for _ in range(2):
        Ledger(tmp_path / "ledger.sqlite").close()
        with in_memory() as con:
            attach_memory(con, tmp_path / "memory.duckdb", read_only=False)
    assert list_backups(tmp_path) == frozenset()


@pytest.mark.parametrize("version", [0, 3])
def test_two_commands_that_open_a_ledger_at_once_both_find_it_whole(version: int, tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    if version:
        _old_ledger(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as busy, ThreadPoolExecutor(2) as pool:
        busy.execute("pragma journal_mode = wal")
        # Both have seen by then which version it has.
        busy.execute("begin immediate")
        opened = [pool.submit(lambda: Ledger(path).is_new) for _ in range(2)]
        time.sleep(0.3)
        busy.execute("rollback")
        assert sorted(each.result() for each in opened) == [False, not version]
    assert len(list_backups(tmp_path)) == bool(version)


def test_who_holds_no_lock_does_not_migrate(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    _old_ledger(path)
    with pytest.raises(StateError, match="by an older version") as refused:
        Ledger(path, may_migrate=False)
    assert "pardotflow plan" in refused.value.hint and not list_backups(tmp_path)
    Ledger(path).close()
    Ledger(path, may_migrate=False).close()
