"""Change what is remembered by hand: links from a file, a link of another record, bases of a renamed field, less.

Every function takes a session with the memory attached as `mem`, and a transaction that its caller ends. What they are
asked is judged by the caller, who says first what will be done.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from pardotflow.store.links import Pair

_ROW = "sync = ? and a_object = ? and a_id = ? and b_object = ? and b_id = ?"
_LINK_TABLES = ("links", "bases", "recycled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A link that holds one of the records of a pair: it is that pair, or another one."""

    pair: Pair
    tombstone: str


def find_known(con: duckdb.DuckDBPyConnection, pairs: Sequence[Pair]) -> dict[Pair, list[Known]]:
    """By pair: the links in memory, tombstones too, that have one of its two records in the same sync."""
    con.execute(
        "create or replace temp table asked (n integer, sync varchar, ao varchar, ai varchar, bo varchar, bi varchar)"
    )
    if pairs:
        con.executemany("insert into asked values (?, ?, ?, ?, ?, ?)", [[n, *pair] for n, pair in enumerate(pairs)])
    rows = con.execute(
        "select distinct n, l.sync, l.a_object, l.a_id, l.b_object, l.b_id, coalesce(l.tombstone, '') from asked q"
        " join mem.links l on l.sync = q.sync and ((l.a_object = q.ao and l.a_id = q.ai)"
        " or (l.b_object = q.bo and l.b_id = q.bi)) order by all"
    ).fetchall()
    found: dict[Pair, list[Known]] = {}
    for n, sync, a_object, a_id, b_object, b_id, tombstone in rows:
        known = Known(pair=(sync, a_object, a_id, b_object, b_id), tombstone=tombstone)
        found.setdefault(pairs[n], []).append(known)
    con.execute("drop table asked")
    return found


def add_links(con: duckdb.DuckDBPyConnection, pairs: Sequence[Pair], run_id: str) -> None:
    """Remember links as found. They have no bases yet: the next plan treats them as just linked."""
    if pairs:
        con.executemany(
            "insert into mem.links values (?, ?, ?, ?, ?, 'found', ?, now()::timestamp, null)",
            [[*pair, run_id] for pair in pairs],
        )


def move_link(con: duckdb.DuckDBPyConnection, old: Pair, new: Pair) -> int:
    """The link, its bases and what was recycled for it become those of another pair; returns the bases."""
    count = con.execute(f"select count(*) from mem.bases where {_ROW}", list(old)).fetchall()[0][0]
    for table in _LINK_TABLES:
        con.execute(
            f"update mem.{table} set sync = ?, a_object = ?, a_id = ?, b_object = ?, b_id = ? where {_ROW}",
            [*new, *old],
        )
    return int(count)


def remove_link(con: duckdb.DuckDBPyConnection, pair: Pair) -> None:
    """Forget a link with its bases."""
    for table in _LINK_TABLES:
        con.execute(f"delete from mem.{table} where {_ROW}", list(pair))


def count_bases(con: duckdb.DuckDBPyConnection, sync: str, field: str) -> int:
    """How many bases a field of a sync has."""
    query = "select count(*) from mem.bases where sync = ? and field = ?"
    return int(con.execute(query, [sync, field]).fetchall()[0][0])


def move_bases(con: duckdb.DuckDBPyConnection, sync: str, old: str, new: str, digest: str) -> None:
    """The bases of a field become those of another one, as if its mapping, which has this digest, had made them."""
    con.execute("update mem.bases set field = ?, digest = ? where sync = ? and field = ?", [new, digest, sync, old])


def remove_bases(con: duckdb.DuckDBPyConnection, sync: str, field: str) -> None:
    """Forget the bases of a field."""
    con.execute("delete from mem.bases where sync = ? and field = ?", [sync, field])
