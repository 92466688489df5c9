"""Plan files made by hand, for what reads them: changes and field changes in a session with an attached plan."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from pardotflow.plan.file import TABLES


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Row:
    """One field change of one record; rows of one record have one `record`."""

    record: int
    field: str
    before: str | None
    after: str | None
    action: str = "update"
    section: str = "change"
    line: str = "syncs/people.yml:7"
    pii: str = ""
    note: str = ""
    object: str = "prospect"


@contextmanager
def open_rows(rows: Sequence[Row]) -> Iterator[duckdb.DuckDBPyConnection]:
    """A session with a plan that holds these rows, inserted in their order."""
    with duckdb.connect() as con:
        con.execute("attach ':memory:' as plan")
        con.execute(TABLES)
        for row in {r.record: r for r in rows}.values():
            con.execute(
                "insert into plan.changes values (?, 'pardot', ?, ?, ?, ?, 'update', '', '', null, true, ?)",
                [row.record, row.object, str(row.record), f"Person {row.record}", row.action, row.line],
            )
        for row in rows:
            con.execute(
                "insert into plan.field_changes"
                " values (?, 'people', ?, 'text', ?, ?, null, ?, ?, 'same', 'because', ?, ?, true)",
                [row.record, row.field, row.before, row.after, row.note, row.section, row.line, row.pii],
            )
        yield con
