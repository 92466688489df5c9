"""CSV files of Salesforce records into their tables.

Ids and stamps are taken from the file where they stand there, and made where they do not.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pardotflow.emulator.identity import Identity
from pardotflow.emulator.ids import is_id, mint_id
from pardotflow.emulator.salesforce.records.catalog import ObjectInfo
from pardotflow.emulator.salesforce.records.rows import complete_row, derive
from pardotflow.emulator.seeding.cells import salesforce_reader
from pardotflow.emulator.seeding.report import Findings
from pardotflow.emulator.seeding.table import Column, read_cells, read_header, read_table


@dataclass(frozen=True, slots=True, kw_only=True)
class Loading:
    """What all files of one seed share. `stamp` stands for times that a file does not give.

    `unit` is the number of the business unit that Pardot records go to.
    """

    db: sqlite3.Connection
    identity: Identity
    stamp: str
    findings: Findings
    unit: int = 1


def load_salesforce(loading: Loading, info: ObjectInfo, path: Path) -> None:
    """Load one CSV file into the table of its object."""
    columns = _columns(info, path, loading.findings)
    ids = _Ids(info.prefix)
    for column in columns:
        if column.name == "Id":
            ids.reserve(given for given in read_cells(path, column) if is_id(given))
    template = complete_row(
        info, {}, record_id="", stamp=loading.stamp, user_id=loading.identity.connected.salesforce_id
    )
    rows = _read_rows(loading, path, columns, ids)
    given = {column.name for column in columns} | {"Id", "PhotoUrl"} | derive(info, template).keys()
    names = [name for name, value in template.items() if value is not None or name in given]
    stored = _store(loading.db, info, names, (_complete(info, template, row, ids) for row in rows))
    ids.save(loading.db)
    loading.findings.rows[path.name] = stored


def _read_rows(loading: Loading, path: Path, columns: list[Column], ids: _Ids) -> Iterator[dict[str, Any]]:
    """The rows of a file one by one, without those whose id an earlier one has."""
    names = [column.name for column in columns]
    for line, values in read_table(path, columns, loading.findings):
        row = dict(zip(names, values, strict=True))
        given = row.get("Id")
        if given is not None and not is_id(given):
            loading.findings.problem(path.name, line, f"{given!r} is no record id; one was made")
            row["Id"] = None
        elif given is not None and not ids.take(given):
            loading.findings.problem(path.name, line, f"a second record with the id {given}")
            continue
        yield row


def _columns(info: ObjectInfo, path: Path, findings: Findings) -> list[Column]:
    columns: dict[str, Column] = {}
    for place, name in enumerate(read_header(path)):
        field = info.find(name)
        if field is None or not field.stored or field.name in columns:
            findings.unknown_columns.append((path.name, name))
            continue
        columns[field.name] = Column(name=field.name, place=place, read=salesforce_reader(field))
    return list(columns.values())


class _Ids:
    """The ids of one object: those of the file, and new ones that do not meet them."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._met: dict[str, bool] = {}
        self._last = 0

    def reserve(self, given: Iterable[str]) -> None:
        """Keep the ids of the file from being made."""
        self._met = dict.fromkeys(given, False)

    def take(self, given: str) -> bool:
        """Meet an id of the file; false where it was met before."""
        met = self._met[given]
        self._met[given] = True
        return not met

    def make(self) -> str:
        """A new id."""
        while True:
            self._last += 1
            made = mint_id(self._prefix, self._last)
            if made not in self._met:
                return made

    def save(self, db: sqlite3.Connection) -> None:
        """Let later records go on after the last id made."""
        db.execute("INSERT OR REPLACE INTO minted VALUES (?, ?)", (self._prefix, self._last))


def _complete(info: ObjectInfo, template: Mapping[str, Any], row: Mapping[str, Any], ids: _Ids) -> dict[str, Any]:
    """A stored record: defaults where the file has no column, and for what may never be empty."""
    made = dict(template)
    made["PhotoUrl"] = None
    for name, value in row.items():
        if value is not None or not (isinstance(made[name], int) or name in _NEVER_EMPTY):
            made[name] = value
    made["Id"] = row.get("Id") or ids.make()
    modified = row.get("SystemModstamp") or row.get("LastModifiedDate") or row.get("CreatedDate")
    made["SystemModstamp"] = modified or template["CreatedDate"]
    made["LastModifiedDate"] = row.get("LastModifiedDate") or made["SystemModstamp"]
    made["CreatedDate"] = row.get("CreatedDate") or made["LastModifiedDate"]
    for name, value in derive(info, made).items():
        if not row.get(name):
            made[name] = value
    if info.find("PhotoUrl"):
        made["PhotoUrl"] = row.get("PhotoUrl") or f"/services/images/photo/{made['Id']}"
    else:
        del made["PhotoUrl"]
    return made


_NEVER_EMPTY = frozenset(
    {"Id", "OwnerId", "CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById", "SystemModstamp"}
)


def _store(db: sqlite3.Connection, info: ObjectInfo, names: list[str], rows: Iterable[Mapping[str, Any]]) -> int:
    """Insert rows as they come; returns how many. Only what `names` names is filled in any of them."""
    quoted = ", ".join(f'"{name}"' for name in names)
    return db.executemany(
        f"INSERT INTO {info.table} ({quoted}) VALUES ({','.join('?' * len(names))})",
        ([row[name] for name in names] for row in rows),
    ).rowcount
