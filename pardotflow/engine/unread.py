"""Snapshot columns whose values no read of many records brings: each record is asked for them alone.

A value that was not asked for is `UNREAD`, never blank. One that was read counts until the record's stamp is another
one, and for a week at the longest; a value that was read while the cache may still have shown what was there before
the stamp does not count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb

from pardotflow.core.span import Span
from pardotflow.core.values import UNREAD
from pardotflow.engine.quote import literal, name

READ_AT = "_singly_at"
"""The column that says when the record was read alone; the time is the server's."""
KEPT_FOR = timedelta(days=7)
SETTLED = timedelta(seconds=62)
"""From when on after its stamp a record surely shows what the stamp stands for: the cache's 60 seconds and rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Singly:
    """Fields of which each record is asked alone, one call each: at most `limit` records a plan.

    `of_all` is true where an expression or a model reads one of them, of whatever record; else the records of the pairs
    count. `span` is where the limit stands, or the source that could say it.
    """

    fields: tuple[str, ...]
    of_all: bool
    limit: int
    span: Span


def add_columns(con: duckdb.DuckDBPyConnection, table: str, fields: Sequence[str]) -> None:
    """Give a snapshot the columns of these fields; its records, and those that come, hold nothing that was read."""
    known = {row[0] for row in con.execute(f"describe {table}").fetchall()}
    if fields and READ_AT not in known:
        con.execute(f"alter table {table} add column {READ_AT} timestamp")
    for field in fields:
        added = f"alter table {table} alter column {name(field)} set default {literal(UNREAD)}"
        if field not in known:
            added = f"alter table {table} add column {name(field)} varchar default {literal(UNREAD)}"
        con.execute(added)


def keep_values(con: duckdb.DuckDBPyConnection, table: str, fields: Sequence[str], at: datetime) -> None:
    """Note, before the rows of the session's table `landed` replace those of a snapshot, the values that still count
    at a moment (UTC without a zone)."""
    columns = ", ".join(name(field) for field in fields)
    con.execute(
        f"create or replace temp table kept_values as select t._id, t.{READ_AT}, {columns}"
        f" from {table} t join (select _id, _stamp from landed) l on l._id = t._id and l._stamp = t._stamp"
        f" where t.{READ_AT} >= t._stamp + interval {int(SETTLED.total_seconds())} second and t.{READ_AT} >= ?",
        [at - KEPT_FOR],
    )


def put_values_back(con: duckdb.DuckDBPyConnection, table: str, fields: Sequence[str]) -> None:
    """Give the rows that came the values that were noted for them."""
    sets = ", ".join(f"{name(field)} = k.{name(field)}" for field in (READ_AT, *fields))
    con.execute(f"update {table} t set {sets} from kept_values k where k._id = t._id")
    con.execute("drop table kept_values")


def is_unread(fields: Sequence[str]) -> str:
    """SQL that is true for a record that is there and of which not every value was read."""
    tests = " or ".join(f"{name(field)} = {literal(UNREAD)}" for field in fields)
    return f"(_visible and not _deleted and ({tests or 'false'}))"
