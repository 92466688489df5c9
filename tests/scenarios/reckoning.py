"""What became of a large plan, by the org's own records: what was done, what was refused, what nobody touched.

The judge reads the emulator's data files (as it is, and copies of earlier moments) and the plan file, which says what
was to be. Journal, memory and snapshots of the tool are never asked.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from .driving import Json

Address = tuple[str, str]
"""Object and id."""
Cell = tuple[str, str, str]
"""Object, id and field."""

_TABLES = {"Contact": ("sf_Contact", "Id"), "Lead": ("sf_Lead", "Id"), "prospect": ("pd_prospects", "id")}
_DELETED = {"Contact": "IsDeleted", "Lead": "IsDeleted", "prospect": "isDeleted"}
_MADE_FROM = {"Lead": "Pardot_Prospect_Id__c", "prospect": "salesforceId"}
"""By the object of a new record: the field that says from which record it was made."""
_OTHER = {"Lead": "prospect", "Contact": "prospect", "prospect": "Lead"}
"""By the object of a change: where a record of whose id it speaks is made."""
_STAMPS = frozenset({"_n", "updatedAt", "updatedById", "SystemModstamp", "LastModifiedDate", "LastModifiedById"})
_FOLLOWS = {"salesforceId": ("salesforceLeadId", "salesforceContactId")}
"""Fields that the system itself keeps in step with one that is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A change of a plan: where, how, and of each field what it held and what it is to hold (`ref` where that is the id
    of a record that the plan makes)."""

    number: int
    object: str
    id: str
    action: str
    fields: Mapping[str, tuple[str | None, str | None]]
    refs: Mapping[str, str]

    @property
    def made_from(self) -> str:
        """The id of the record that a new one is made from."""
        return self.id.rpartition("/")[2]


def read_planned(plan: Path) -> list[Planned]:
    """What a plan sends."""
    query = (
        "select c.change, c.object, c.id, c.action, list([f.field, f.before, f.after, f.after_ref]) from changes c"
        " join field_changes f using (change) where c.sendable and f.sendable group by all order by 1"
    )
    with closing(duckdb.connect(str(plan), read_only=True)) as con:
        found = con.execute(query).fetchall()
    return [
        Planned(
            number=number,
            object=item,
            id=record,
            action=action,
            fields={name: (before, after) for name, before, after, _ in cells if name},
            refs={name: ref for name, _, _, ref in cells if ref},
        )
        for number, item, record, action, cells in found
    ]


@contextmanager
def org_at(data: Path) -> Iterator[sqlite3.Connection]:
    """A data file, read-only."""
    with closing(sqlite3.connect(f"{data.as_uri()}?mode=ro", uri=True, timeout=60)) as db:
        db.row_factory = sqlite3.Row
        yield db


def fates(plan: Iterable[Planned], before: Path, now: Path) -> dict[int, str]:
    """By change `done` (every field holds what was planned), `left` (all is as it was), or what else there is."""
    with org_at(before) as old, org_at(now) as new:
        return {each.number: _fate(each, old, new) for each in plan}


def _fate(each: Planned, old: sqlite3.Connection, new: sqlite3.Connection) -> str:
    if each.action == "create":
        made = _made(new, each)
        if not made:
            return "left"
        return "done" if len(made) == 1 and _holds(made[0], each, new, 1) else "not as planned"
    was, is_now = _record(old, each.object, each.id), _record(new, each.object, each.id)
    if was is None or is_now is None:
        return "gone"
    if each.action in ("delete", "undelete"):
        deleted = _DELETED[each.object]
        return "left" if is_now[deleted] == was[deleted] else "done"
    if _holds(is_now, each, new, 1):
        return "done"
    return "left" if all(is_now[name] == was[name] for name in each.fields) else "not as planned"


def _holds(row: sqlite3.Row, each: Planned, new: sqlite3.Connection, half: int) -> bool:
    for name, values in each.fields.items():
        wanted = values[half]
        if name in each.refs:
            _, _, source = each.refs[name].partition(":")
            item = _OTHER[each.object]
            made = _made_from(new, item, source.rpartition("/")[2])
            if not made or not _same(row[name], made[0][_TABLES[item][1]]):
                return False
        elif not _same(row[name], wanted):
            return False
    return True


def _made(db: sqlite3.Connection, each: Planned) -> list[sqlite3.Row]:
    return _made_from(db, each.object, each.made_from)


def _made_from(db: sqlite3.Connection, item: str, source: str) -> list[sqlite3.Row]:
    """Live records that were made from one."""
    table, _ = _TABLES[item]
    key, deleted = _MADE_FROM[item], _DELETED[item]
    return db.execute(
        f'SELECT * FROM "{table}" WHERE "{key}" IN (?, ?) AND "{deleted}" = 0', (source, source[:15])
    ).fetchall()


def _record(db: sqlite3.Connection, item: str, record: str) -> sqlite3.Row | None:
    table, key = _TABLES[item]
    found: sqlite3.Row | None = db.execute(f'SELECT * FROM "{table}" WHERE "{key}" = ?', (record,)).fetchone()
    return found


def _same(stored: Any, planned: str | None) -> bool:
    """Whether a stored value is the planned text; blanks are one, numbers compare by value, ids by 15 characters."""
    if stored is None or stored == "":
        return planned is None or planned == ""
    if planned is None:
        return False
    if isinstance(stored, int | float):
        return float(stored) == float({"true": "1", "false": "0"}.get(planned, planned))
    text, wanted = str(stored), str(planned)
    return text == wanted or (len(text) >= 15 and text[:15] == wanted[:15] and len(text + wanted) in (33, 36))


def check_carried_out(
    report: Json, plan: Iterable[Planned], found: Mapping[int, str], refused: Set[Address], *, moved: int
) -> None:
    """What the run says adds up to the plan, and is what the org says: everything was done but what the org refuses,
    what waits for a refused record, and so many that moved."""
    planned = list(plan)
    counted = Counter(found.values())
    assert counted.keys() <= {"done", "left"}, counted
    told = {name: int(report[name]) for name in ("confirmed", "refused", "moved", "unknown", "not_started")}
    assert sum(told.values()) == len(planned), (told, len(planned))
    left = {(each.object, each.made_from[:15]) for each in planned if found[each.number] == "left"}
    waiting = {
        (each.object, each.made_from[:15])
        for each in planned
        for ref in each.refs.values()
        if (_OTHER[each.object], ref.rpartition("/")[2][:15]) in refused
    }
    assert refused | waiting <= left, sorted((refused | waiting) - left)[:5]
    expected = {
        "confirmed": counted["done"],
        "refused": len(refused),
        "moved": moved,
        "unknown": 0,
        "not_started": len(waiting),
    }
    assert told == expected
    assert len(left) == len(refused) + len(waiting) + moved


def differences(before: Path, now: Path) -> tuple[dict[Cell, tuple[Any, Any]], dict[Address, bool]]:
    """Every value that is not what it was (stamps aside), and every new record with whether it is in the recycle
    bin."""
    cells: dict[Cell, tuple[Any, Any]] = {}
    made: dict[Address, bool] = {}
    with org_at(now) as db:
        db.execute("ATTACH ? AS old", (f"{before.as_uri()}?mode=ro",))
        for item, (table, key) in _TABLES.items():
            names = [row["name"] for row in db.execute(f'PRAGMA table_info("{table}")')]
            compared = [name for name in names if name not in _STAMPS and name != key]
            differs = " OR ".join(f'n."{name}" IS NOT o."{name}"' for name in compared)
            both = f'main."{table}" n JOIN old."{table}" o ON o."{key}" = n."{key}"'
            columns = ", ".join(f'n."{name}", o."{name}"' for name in compared)
            for row in db.execute(f'SELECT n."{key}", {columns} FROM {both} WHERE {differs}'):
                values = tuple(row)
                for place, name in enumerate(compared):
                    new, old = values[1 + 2 * place : 3 + 2 * place]
                    if new != old:
                        cells[item, str(values[0]), name] = (old, new)
            fresh = f'SELECT "{key}", "{_DELETED[item]}" FROM main."{table}" WHERE "{key}" NOT IN'
            for record, deleted in db.execute(f'{fresh} (SELECT "{key}" FROM old."{table}")'):
                made[item, str(record)] = bool(deleted)
            (lost,) = db.execute(
                f'SELECT count(*) FROM old."{table}" WHERE "{key}" NOT IN (SELECT "{key}" FROM main."{table}")'
            ).fetchone()
            assert lost == 0, f"{lost} records of {item} are not there any more"
    return cells, made


def check_nothing_else(before: Path, now: Path, plan: Iterable[Planned], found: Mapping[int, str]) -> None:
    """The org differs from before in what the done changes say, and in nothing else."""
    cells, made = differences(before, now)
    done = [each for each in plan if found[each.number] == "done"]
    allowed = set[Cell]()
    for each in done:
        names = [_DELETED[each.object]] if each.action in ("delete", "undelete") else list(each.fields)
        names += [name for written in each.fields for name in _FOLLOWS.get(written, ())]
        allowed |= {(each.object, each.id, name) for name in names}
    assert cells.keys() <= allowed, sorted(cells.keys() - allowed)[:5]
    assert len(made) == sum(each.action == "create" for each in done)
    assert not any(made.values())


def check_taken_back(before: Path, now: Path, edits: Mapping[Cell, object], kept: Set[Address]) -> None:
    """After a revert every value is what it was before the run, but for those that somebody edited since, which are as
    that person left them; what the run made is in the recycle bin, but for what somebody touched."""
    cells, made = differences(before, now)
    on_old = {cell: value for cell, value in edits.items() if cell[:2] not in made}
    assert cells.keys() == on_old.keys(), sorted(cells.keys() ^ on_old.keys())[:5]
    wrong = {cell: new for cell, (_, new) in cells.items() if new != on_old[cell]}
    assert not wrong, wrong
    assert {address for address, deleted in made.items() if not deleted} == kept
