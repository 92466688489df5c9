"""Prove that what is remembered holds together: formats, links, bases, journal, and the plans that the ledger names.

Each finding is one sentence with its way out. What can be read is checked, what cannot is a finding of its own.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pardotflow.core.errors import PlanRefused, StateError, UsageError
from pardotflow.plan.file import open_plan, read_meta
from pardotflow.plan.instance import in_memory
from pardotflow.store.damage import find_damage
from pardotflow.store.database import Database
from pardotflow.store.layout import Layout
from pardotflow.store.memory import attach_memory

SAMPLES = 3
PAIR = "sync, a_object, a_id, b_object, b_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is not as it should be, how often, some of them, and what to do."""

    what: str
    count: int
    samples: tuple[str, ...]
    way_out: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """Rows of a query are what is wrong; their columns name the place."""

    what: str
    query: str
    way_out: str


_RM = "Remove what is wrong: pardotflow state rm RECORD. The next plan matches the records anew."
_MEMORY = (
    _Rule(
        what="a link is remembered twice",
        query=f"select {PAIR} from mem.links group by all having count(*) > 1",
        way_out=_RM,
    ),
    _Rule(
        what="a record has two links in one sync",
        query="select sync, a_object, a_id from mem.links where tombstone is null group by all having"
        " count(distinct (b_object, b_id)) > 1 union all select sync, b_object, b_id from mem.links"
        " where tombstone is null group by all having count(distinct (a_object, a_id)) > 1",
        way_out=_RM,
    ),
    _Rule(
        what="a link names no record on one side",
        query=f"select {PAIR} from mem.links where coalesce(a_id, '') = '' or coalesce(b_id, '') = ''"
        " or coalesce(a_object, '') = '' or coalesce(b_object, '') = '' or coalesce(sync, '') = ''",
        way_out="Restore a backup: pardotflow state restore FILE",
    ),
    _Rule(
        what="a base has no link",
        query=f"select {PAIR}, field from mem.bases b where not exists (from mem.links l where l.sync = b.sync"
        " and l.a_object = b.a_object and l.a_id = b.a_id and l.b_object = b.b_object and l.b_id = b.b_id)",
        way_out="It has no effect until the pair is linked again. Restore a backup, or: pardotflow state rm SYNC#FIELD",
    ),
    _Rule(
        what="a field of a pair has two bases",
        query=f"select {PAIR}, field from mem.bases group by all having count(*) > 1",
        way_out="Remove the field's bases: pardotflow state rm SYNC#FIELD",
    ),
    _Rule(
        what="a half of a base was sent, and it is not known which or when",
        query=f"select {PAIR}, field from mem.bases where sent_side not in ('a', 'b')"
        " or (sent_side is not null and sent_at is null)",
        way_out="Remove the field's bases: pardotflow state rm SYNC#FIELD",
    ),
)
_LEDGER = (
    _Rule(
        what="a request belongs to no run",
        query="select q.run_id, q.number from requests q where not exists (select 1 from runs r where r.id = q.run_id)",
        way_out="Restore a backup: pardotflow state restore FILE",
    ),
    _Rule(
        what="a journalled change belongs to no request",
        query="select w.run_id, w.number, w.change from request_rows w where not exists"
        " (select 1 from requests q where q.run_id = w.run_id and q.number = w.number)",
        way_out="Restore a backup: pardotflow state restore FILE",
    ),
    _Rule(
        what="a request that was sent has no time",
        query="select run_id, number from requests where status in ('sent', 'unknown', 'resolved') and sent_at is null",
        way_out="Restore a backup: pardotflow state restore FILE",
    ),
    _Rule(
        what="a run says that it ended and has no state",
        query="select id from runs where ended_at is not null and coalesce(status, 'running') = 'running'",
        way_out="Restore a backup: pardotflow state restore FILE",
    ),
)


def verify_files(layout: Layout) -> list[Finding]:
    """Files that cannot be read to their end."""
    found = []
    damage = find_damage(layout)
    if damage is not None:
        found.append(Finding(what=str(damage), count=1, samples=(), way_out=damage.hint))
    if layout.ledger.is_file():
        try:
            with closing(sqlite3.connect(f"{layout.ledger.as_uri()}?mode=ro", uri=True)) as db:
                told = [row[0] for row in db.execute("pragma integrity_check(5)")]
        except sqlite3.Error as trouble:
            told = [str(trouble)]
        if told != ["ok"]:
            way_out = "Restore a backup: pardotflow state restore FILE"
            found.append(Finding(what=f"{layout.ledger} is damaged", count=1, samples=tuple(told), way_out=way_out))
    return found


def verify_memory(path: Path) -> list[Finding]:
    """What does not hold together in links and bases."""
    try:
        with in_memory() as con:
            attach_memory(con, path, read_only=True)
            return [finding for rule in _MEMORY for finding in _judge(rule, _memory_rows(con, rule.query))]
    except StateError as trouble:
        return [Finding(what=str(trouble), count=1, samples=(), way_out=trouble.hint)]


def verify_ledger(db: Database) -> list[Finding]:
    """What does not hold together in runs and journal."""
    return [finding for rule in _LEDGER for finding in _judge(rule, db.execute(rule.query).fetchall())]


def verify_plans(plans: list[tuple[str, Path, bool]]) -> list[Finding]:
    """Saved plans that are not there or cannot be read: id, file, and whether a run needs it still."""
    found = []
    for plan_id, path, is_needed in plans:
        what, way_out = "", "Plan again: pardotflow plan"
        if not path.is_file():
            what = f"the plan {plan_id} is not where it was saved: {path}"
        else:
            try:
                with open_plan(path) as con:
                    read_meta(con)
            except (PlanRefused, UsageError) as trouble:
                what = str(trouble)
        if is_needed:
            what = what and f"{what}; a run of it is not closed"
            way_out = "Restore a backup. Without the plan what the run wrote is known by reading alone."
        if what:
            found.append(Finding(what=what, count=1, samples=(), way_out=way_out))
    return found


def _memory_rows(con: duckdb.DuckDBPyConnection, query: str) -> list[tuple[object, ...]]:
    return con.execute(f"select * from ({query}) order by all").fetchall()


def _judge(rule: _Rule, rows: list[tuple[object, ...]]) -> Iterator[Finding]:
    if rows:
        samples = tuple(" ".join(str(part) for part in row) for row in rows[:SAMPLES])
        yield Finding(what=rule.what, count=len(rows), samples=samples, way_out=rule.way_out)
