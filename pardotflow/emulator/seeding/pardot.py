"""CSV files of Pardot records into their tables.

Headers are v5 field names; titles of the product's own export and names of older API versions are understood too.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

from pardotflow.emulator.pardot.schema.catalog import read_collections
from pardotflow.emulator.pardot.schema.objects import COLLECTIONS, Collection
from pardotflow.emulator.seeding.cells import pardot_reader
from pardotflow.emulator.seeding.report import Findings
from pardotflow.emulator.seeding.salesforce import Loading
from pardotflow.emulator.seeding.table import Column, read_cells, read_header, read_table

_FIRST_ID = 10_000_000
_ALIASES = {
    "prospectid": "id",
    "address1": "addressone",
    "address2": "addresstwo",
    "zipcode": "zip",
    "prospectaccount": "prospectaccountid",
    "campaign": "campaignid",
    "assigneduser": "userid",
    "crmfid": "salesforceid",
    "crmleadfid": "salesforceleadid",
    "crmcontactfid": "salesforcecontactid",
    "crmaccountfid": "salesforceaccountid",
    "crmownerfid": "salesforceownerid",
    "crmlastsync": "salesforcelastsync",
    "crmurl": "salesforceurl",
    "salesforcefid": "salesforceid",
    "donotemail": "isdonotemail",
    "donotcall": "isdonotcall",
    "isarchived": "isdeleted",
    "createddate": "createdat",
    "updateddate": "updatedat",
    "lastactivity": "lastactivityat",
}


def file_name(path: str) -> str:
    """The seed file of a collection; users and campaigns have a prefix, as Salesforce has files of those names."""
    plain = path.replace("-", "_")
    return f"pardot_{plain}.csv" if path in {"users", "campaigns"} else f"{plain}.csv"


SEED_FILES: Mapping[str, str] = {file_name(path): path for path, kind in COLLECTIONS.items() if not kind.outside}


def load_pardot(loading: Loading, collection: Collection, path: Path) -> None:
    """Load one CSV file into the table of its collection."""
    columns = _columns(collection, path, loading.findings)
    given = (value for column in columns if column.name == "id" for value in read_cells(path, column))
    rows = _read_rows(loading, path, columns, following=count(max(given, default=_FIRST_ID) + 1))
    complete = (complete_record(loading, collection, row, row["id"]) for row in rows)
    loading.findings.rows[path.name] = store_records(loading.db, collection, complete)


def _read_rows(
    loading: Loading, path: Path, columns: list[Column], following: Iterator[int]
) -> Iterator[dict[str, Any]]:
    """The rows of a file one by one, each with an id, without those whose id an earlier one has."""
    names = [column.name for column in columns]
    taken: set[int] = set()
    for line, values in read_table(path, columns, loading.findings):
        row = dict(zip(names, values, strict=True))
        given = row.get("id")
        if given is None:
            row["id"] = next(following)
        elif given in taken:
            loading.findings.problem(path.name, line, f"a second record with the id {given}")
            continue
        else:
            taken.add(given)
        yield row


def _columns(collection: Collection, path: Path, findings: Findings) -> list[Column]:
    normal = {_normal(name): name for name in collection.attributes}
    columns: dict[str, Column] = {}
    for place, title in enumerate(read_header(path)):
        plain = _normal(title)
        name = title if title in collection.attributes else normal.get(plain) or normal.get(_ALIASES.get(plain, ""))
        if name is None or name in columns:
            findings.unknown_columns.append((path.name, title))
            continue
        columns[name] = Column(name=name, place=place, read=pardot_reader(collection.attributes[name]))
    return list(columns.values())


def _normal(title: str) -> str:
    return re.sub(r"[^a-z0-9]", "", title.lower())


def complete_record(loading: Loading, collection: Collection, row: Mapping[str, Any], record_id: int) -> dict[str, Any]:
    """A stored record: false for empty booleans, stamps and writers where the file has none, one owner."""
    made: dict[str, Any] = {a.name: 0 if a.type == "boolean" else None for a in collection.attributes.values()}
    made.update({name: value for name, value in row.items() if value is not None})
    made["id"] = record_id
    stamp = made.get("updatedAt") or made.get("createdAt") or loading.stamp
    for name in ("createdAt", "updatedAt"):
        if name in made:
            made[name] = made[name] or stamp
    for name in ("createdById", "updatedById"):
        if name in made and made[name] is None:
            made[name] = loading.identity.admin.pardot_id
    if collection.path == "prospects":
        owner = made["userId"] if made["userId"] is not None else made["assignedToId"]
        made["userId"] = made["assignedToId"] = owner
        _link(made)
    return made


def _link(made: dict[str, Any]) -> None:
    """salesforceId, and the lead or contact id beside it, follow from each other where the file has only one."""
    made["salesforceId"] = made["salesforceId"] or made["salesforceContactId"] or made["salesforceLeadId"]
    fid = made["salesforceId"] or ""
    for prefix, name in (("00Q", "salesforceLeadId"), ("003", "salesforceContactId")):
        if fid.startswith(prefix) and made[name] is None:
            made[name] = fid


def store_records(db: sqlite3.Connection, collection: Collection, rows: Iterable[Mapping[str, Any]]) -> int:
    """Insert complete records as they come; returns how many."""
    names = list(collection.attributes)
    return db.executemany(
        f'INSERT INTO "{collection.table}" ({", ".join(collection.columns)}) VALUES ({",".join("?" * len(names))})',
        ([row[name] for name in names] for row in rows),
    ).rowcount


def load_collections(loading: Loading, folder: Path) -> None:
    """Load the files of all collections; custom fields are declared by then."""
    for path, collection in read_collections(loading.db, loading.unit).items():
        file = folder / file_name(path)
        if not collection.outside and path != "custom-fields" and file.exists():
            load_pardot(loading, collection, file)
