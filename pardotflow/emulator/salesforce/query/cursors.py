"""Query cursors: the ordered row numbers that matched when a query ran, kept in the data file.

Later pages hold exactly those records, with the values of the moment they are fetched.
"""

from __future__ import annotations

import sqlite3
from array import array
from dataclasses import dataclass

from pardotflow.emulator.datafile import DataFile
from pardotflow.emulator.ids import mint_id
from pardotflow.emulator.salesforce.context import Context

_FINISHED_SECONDS = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """How many rows an answer holds at most, and which rows it may see."""

    size: int
    include_deleted: bool


def open_cursor(context: Context, statement: str, numbers: array[int], paging: Paging, *, child: bool = False) -> str:
    """Keep the rows of a statement; drops the oldest cursors beyond the number that may be open.

    Those of child subqueries are not counted: one page of parents can have more of them than may be open.
    """
    now, switches = context.state.now, context.state.switches
    with context.state.file.write() as db:
        (made,) = db.execute(
            "INSERT INTO minted VALUES ('01g', 1) ON CONFLICT (prefix) DO UPDATE SET last = last + 1 RETURNING last"
        ).fetchone()
        cursor = mint_id("01g", made)
        db.execute(
            "INSERT INTO query_cursor VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?)",
            (cursor, statement, paging.include_deleted, paging.size, len(numbers), numbers.tobytes(), now, child),
        )
        db.execute(
            "DELETE FROM query_cursor WHERE opened_at < iif(finished, ?, ?) OR id IN (SELECT id FROM query_cursor"
            " WHERE NOT finished AND NOT child ORDER BY opened_at DESC, id DESC LIMIT -1 OFFSET ?)",
            (now - _FINISHED_SECONDS, now - switches.query_cursor_seconds, switches.query_cursors),
        )
    return cursor


def finish_cursor(file: DataFile, cursor: str) -> None:
    """A cursor that was read to its end frees its place, but its pages can be asked again for some minutes."""
    with file.write() as db:
        db.execute("UPDATE query_cursor SET finished = 1 WHERE id = ?", (cursor,))


def read_numbers(db: sqlite3.Connection, cursor: str, offset: int, count: int) -> list[int]:
    """The row numbers of one page."""
    (piece,) = db.execute(
        "SELECT substr(row_numbers, ?, ?) FROM query_cursor WHERE id = ?", (offset * 8 + 1, count * 8, cursor)
    ).fetchone()
    return array("q", piece).tolist()
