"""What the two systems were asked, and what they hold: read from the emulator's data file and the project's journal.

Everything is opened read-only, so a test can look while a command runs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Values = Mapping[str, Any]
People = Mapping[tuple[str, str], Values]
"""Every field of every person, by object and id."""

_TABLES = {"Contact": ("sf_Contact", "Id"), "Lead": ("sf_Lead", "Id"), "prospect": ("pd_prospects", "id")}
STAMPS = frozenset({"updatedAt", "updatedById", "SystemModstamp", "LastModifiedDate", "LastModifiedById"})
"""What every save moves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request that reached a system; `status` is None where no answer was given."""

    n: int
    system: str
    method: str
    path: str
    query: str
    headers: str
    body: str
    status: int | None
    api_calls: int

    @property
    def is_write(self) -> bool:
        """True for what can change a record; signing in changes none."""
        return self.method != "GET" and self.system != "oauth"


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A read-only connection to a SQLite file."""
    db = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=20)
    db.row_factory = sqlite3.Row
    try:
        yield db
    finally:
        db.close()


def asked(data: Path, since: int = 0) -> list[Asked]:
    """The requests with a number above `since`, oldest first."""
    columns = "n, system, method, path, query, headers, body, status, api_calls"
    with opened(data) as db:
        rows = db.execute(f"SELECT {columns} FROM request_log WHERE n > ? ORDER BY n", (since,)).fetchall()
    return [Asked(**{**dict(row), "body": bytes(row["body"]).decode(errors="replace")}) for row in rows]


def last_asked(data: Path) -> int:
    """The number of the newest request."""
    with opened(data) as db:
        return int(db.execute("SELECT coalesce(max(n), 0) FROM request_log").fetchone()[0])


def vendor_calls(data: Path, since: int) -> list[Asked]:
    """Requests that cost the org something: all but those of signing in."""
    return [each for each in asked(data, since) if each.system != "oauth"]


def writes(data: Path, since: int = 0) -> list[Asked]:
    """Requests that can change a record."""
    return [each for each in asked(data, since) if each.is_write]


def people(data: Path) -> People:
    """Contacts, leads and prospects, deleted ones too."""
    found: dict[tuple[str, str], Values] = {}
    with opened(data) as db:
        for kind, (table, key) in _TABLES.items():
            for row in db.execute(f'SELECT * FROM "{table}"'):
                found[kind, str(row[key])] = dict(row)
    return found


def differences(before: People, after: People) -> dict[tuple[str, str, str], tuple[Any, Any]]:
    """Every value that differs, stamps aside: (object, id, field) to (before, after). No record came or went."""
    assert before.keys() == after.keys()
    return {
        (*address, name): (value, after[address][name])
        for address, values in before.items()
        for name, value in values.items()
        if name not in STAMPS and after[address][name] != value
    }


def select(path: Path, query: str, *values: object) -> list[dict[str, Any]]:
    """Rows of a query on a ledger or a data file."""
    with opened(path) as db:
        return [dict(row) for row in db.execute(query, values)]
