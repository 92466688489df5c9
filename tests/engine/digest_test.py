"""The digest of a plan: the same for the same contents in any order, another for any other cell."""

from collections.abc import Callable

import duckdb
import pytest

from pardotflow.plan.digest import plan_digest
from pardotflow.plan.file import ORDERS, TABLES
from tests.engine.plan_rows import Row, open_rows

ROWS = [Row(record=n, field=f, before="a", after=str(n)) for n in range(5) for f in ("city", "phone")]
Change = Callable[[duckdb.DuckDBPyConnection], object]


def digest(rows: list[Row], change: Change = lambda con: None) -> str:
    """The digest of a plan with these rows, after a change."""
    with open_rows(rows) as con:
        change(con)
        return plan_digest(con)


def sql(statement: str) -> Change:
    """A change of the plan."""
    return lambda con: con.execute(statement)


def test_the_order_of_the_rows_does_not_matter() -> None:
    assert digest(ROWS) == digest(ROWS[::-1])


@pytest.mark.parametrize(
    "statement",
    [
        "update plan.field_changes set after = 'z' where change = 3 and field = 'city'",
        "update plan.field_changes set after = null where change = 3 and field = 'city'",
        "update plan.field_changes set reason = 'why not' where change = 3 and field = 'city'",
        "update plan.changes set name = 'Somebody' where change = 1",
        "delete from plan.field_changes where change = 0 and field = 'city'",
        "insert into plan.mappings values ('people', 'city', 'd', 0)",
        "insert into plan.guards values (0, 'people', 'updates', 1, '30%', 3, true, '', '')",
        "insert into plan.seen values ('pardot', 'prospect', '1', 'd')",
        "insert into plan.notes values (0, 'note')",
    ],
)
def test_any_other_content_is_another_plan(statement: str) -> None:
    is_told = "plan.notes" not in statement
    assert (digest(ROWS, sql(statement)) != digest(ROWS)) is is_told


@pytest.mark.parametrize(
    "statement",
    [
        "insert into plan.meta values ('created_at', 'now')",
        "insert into plan.coverage values (0, 'pardot', 'prospect', 1, 0, 'full', 1, '')",
    ],
)
def test_how_the_plan_was_made_stands_outside(statement: str) -> None:
    assert digest(ROWS, sql(statement)) == digest(ROWS)


def test_a_blank_is_not_the_word_for_it() -> None:
    rows = [Row(record=0, field="city", before=None, after="x")]
    assert digest(rows) != digest([Row(record=0, field="city", before="null", after="x")])


def test_every_table_but_those_that_say_how_is_part_of_it() -> None:
    with duckdb.connect() as con:
        con.execute("attach ':memory:' as plan")
        con.execute(TABLES)
        found = con.execute("select table_name from duckdb_tables() where database_name = 'plan'").fetchall()
    assert {name for (name,) in found} - set(ORDERS) == {"meta", "coverage", "notes", "user_names"}
