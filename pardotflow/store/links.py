"""Look at what is remembered of records: links with their bases, tombstones, and what was written when.

Every function takes a session with the memory attached as `mem`. Nothing here writes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import duckdb

Pair = tuple[str, str, str, str, str]
"""Sync, object and id of the one side, object and id of the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link, with the number of its bases. `tombstone` is the side whose record is gone, else empty."""

    sync: str
    a_object: str
    a_id: str
    b_object: str
    b_id: str
    origin: str
    linked_at: str
    tombstone: str
    bases: int

    @property
    def pair(self) -> Pair:
        """What tells it from every other link."""
        return (self.sync, self.a_object, self.a_id, self.b_object, self.b_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What the two sides held of one field when they last agreed. `sent_side` is a or b where that half was sent and
    not read back."""

    pair: Pair
    field: str
    a_value: str | None
    b_value: str | None
    sent_side: str
    rewrites: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One write of ours that is remembered."""

    system: str
    object: str
    id: str
    field: str
    run_id: str
    written_at: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Of one sync."""

    sync: str
    links: int
    tombstones: int
    bases: int


def count_links(con: duckdb.DuckDBPyConnection) -> list[Counts]:
    """By sync, in one order; a sync with bases and no link is among them."""
    found = con.execute(
        "select sync, count(*) filter (kind = 'link' and tombstone is null) as links,"
        " count(*) filter (kind = 'link' and tombstone is not null) as tombstones,"
        " count(*) filter (kind = 'base') as bases from (select sync, tombstone, 'link' as kind from mem.links"
        " union all select sync, null, 'base' from mem.bases) group by sync order by sync"
    ).fetchall()
    return [Counts(sync=r[0], links=r[1], tombstones=r[2], bases=r[3]) for r in found]


def list_links(
    con: duckdb.DuckDBPyConnection, *, sync: str = "", record: tuple[str, str] | None = None, most: int | None = None
) -> list[Link]:
    """The links in one order, of one sync or of one record (object and id) where they are named; at most so many."""
    where, values = _where(sync, record)
    limit = f"limit {most}" if most is not None else ""
    found = con.execute(
        "select l.sync, l.a_object, l.a_id, l.b_object, l.b_id, coalesce(l.origin, ''),"
        " coalesce(strftime(l.linked_at, '%Y-%m-%d %H:%M'), ''), coalesce(l.tombstone, ''),"
        " (select count(*) from mem.bases b where b.sync = l.sync and b.a_object = l.a_object and b.a_id = l.a_id"
        " and b.b_object = l.b_object and b.b_id = l.b_id)"
        f" from mem.links l where {where} order by all {limit}",
        values,
    ).fetchall()
    return [Link(**dict(zip((f.name for f in fields(Link)), row, strict=True))) for row in found]


def list_bases(con: duckdb.DuckDBPyConnection, *, sync: str = "", record: tuple[str, str] | None = None) -> list[Base]:
    """The bases of a record's pairs."""
    where, values = _where(sync, record)
    found = con.execute(
        "select l.sync, l.a_object, l.a_id, l.b_object, l.b_id, l.field, l.a_value, l.b_value,"
        f" coalesce(l.sent_side, ''), coalesce(l.rewrites, 0) from mem.bases l where {where} order by all",
        values,
    ).fetchall()
    return [
        Base(
            pair=(row[0], row[1], row[2], row[3], row[4]),
            field=row[5],
            a_value=row[6],
            b_value=row[7],
            sent_side=row[8],
            rewrites=row[9],
        )
        for row in found
    ]


def list_written(con: duckdb.DuckDBPyConnection, records: Sequence[tuple[str, str]]) -> list[Written]:
    """What we wrote to some records, oldest first."""
    found: list[Written] = []
    for item, record in records:
        rows = con.execute(
            "select system, object, id, field, run_id, strftime(written_at, '%Y-%m-%d %H:%M'), before, after"
            " from mem.history where object = ? and id = ? order by written_at, field, run_id",
            [item, record],
        ).fetchall()
        found += [Written(**dict(zip((f.name for f in fields(Written)), row, strict=True))) for row in rows]
    return found


def _where(sync: str, record: tuple[str, str] | None) -> tuple[str, list[Any]]:
    parts, values = ["true"], list[Any]()
    if sync:
        parts.append("l.sync = ?")
        values.append(sync)
    if record:
        parts.append("((lower(l.a_object) = ? and l.a_id = ?) or (lower(l.b_object) = ? and l.b_id = ?))")
        values += [record[0].lower(), record[1]] * 2
    return " and ".join(parts), values
