"""The tables of a ledger's file, and how one that an older version wrote is brought up to this one.

Several commands may open the file at once, some without the lock: its version is read again in the transaction that
changes it, so that who comes second finds it done.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path

from pardotflow.core.errors import StateError
from pardotflow.store.calls import TABLE as CALLS
from pardotflow.store.database import SqliteDatabase
from pardotflow.store.decisions import TABLE as DECISIONS
from pardotflow.store.premigration import back_up_ledger
from pardotflow.store.syncerrors import MIGRATION as SYNC_ERRORS_MIGRATION
from pardotflow.store.syncerrors import TABLE as SYNC_ERRORS

VERSION = 4

TABLES = f"""
create table about (key text primary key, value text);
create table runs (
  id text primary key, plan_id text, started_at text, ended_at text, status text,
  confirmed integer default 0, refused integer default 0, unknown integer default 0,
  not_started integer default 0, moved integer default 0, calls text, continues text
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
{SYNC_ERRORS}
{CALLS}
create table describes (connection text, object text, at text, body text, primary key (connection, object));
create table identities (connection text primary key, organization text, "user" text);
{DECISIONS}
"""

MIGRATIONS: Mapping[int, str] = {
    1: DECISIONS,
    2: "delete from describes where connection = 'pardot';",
    3: f"alter table runs add column continues text; {SYNC_ERRORS_MIGRATION} {CALLS}",
}
"""By version: the statements that bring a ledger of it to the next one. What an older version described of Pardot does
not say which custom fields the vendor's connector maps, and is read again."""


def set_up(db: SqliteDatabase, path: Path, *, may_migrate: bool) -> bool:
    """Give the file that `db` has open this version's tables; true where it had none. Raises StateError for one of
    another version, and without `may_migrate` for an older one, too."""
    version = _version(db)
    if version and version in MIGRATIONS and not may_migrate:
        raise StateError(
            f"{path} was written by an older version of pardotflow",
            hint="The next command that takes the lock brings it up: pardotflow plan",
        )
    is_new = False
    if not version or version in MIGRATIONS:
        with db.transaction():
            version = _version(db)
            is_new = not version
            if is_new:
                _run(db, TABLES, VERSION)
            elif version in MIGRATIONS:
                back_up_ledger(path, version)
                for number in range(version, VERSION):
                    _run(db, MIGRATIONS[number], number + 1)
        version = _version(db)
    if version != VERSION:
        raise StateError(
            f"{path} was written by another version of pardotflow",
            hint="Use the version that wrote it, or move the file away: runs and sync errors are then forgotten.",
        )
    return is_new


def _version(db: SqliteDatabase) -> int:
    [(version,)] = db.execute("pragma user_version").fetchall()
    return int(version)


def _run(db: SqliteDatabase, script: str, version: int) -> None:
    """Within a transaction, which `run_script` would end."""
    for statement in _statements(script):
        db.execute(statement)
    db.execute(f"pragma user_version = {version}")


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for part in script.split(";"):
        statement += f"{part};"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
