"""Steps are done where they would do something, and what others changed meanwhile is seen."""

from collections.abc import Iterator

import duckdb
import pytest

from pardotflow.engine.steps import Extent, Rows, Step, run_steps


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("create table cells (outcome varchar); create table log (step varchar)")
        yield connection


def noted(name: str, *needs: Rows, tells: bool = False) -> Step:
    """A step that leaves its name."""
    return Step(name=name, sql=f"insert into log values ('{name}')", needs=needs, tells=tells)


def done(con: duckdb.DuckDBPyConnection, *steps: Step, extent: Extent = Extent.PLAN) -> list[str]:
    run_steps(con, steps, extent, lambda _, __: None)
    return [step for (step,) in con.execute("from log").fetchall()]


SENT = Rows("cells", "outcome = 'send'")
HELD = Rows("cells", "outcome = 'held'")


def test_a_step_over_nothing_is_left_out(con: duckdb.DuckDBPyConnection) -> None:
    assert done(con, noted("always"), noted("cells", Rows("cells")), noted("sent", SENT)) == ["always"]


def test_every_step_is_done_where_all_their_tables_are_wanted(con: duckdb.DuckDBPyConnection) -> None:
    steps = noted("cells", Rows("cells")), noted("told", HELD, tells=True)
    assert done(con, *steps, extent=Extent.EVERY_STEP) == ["cells", "told"]


def test_what_only_tells_is_left_out_of_a_trial(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("insert into cells values ('held')")
    assert done(con, noted("told", HELD, tells=True), noted("held", HELD), extent=Extent.WRITES) == ["held"]


def test_a_condition_is_true_of_rows_and_not_of_blanks(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("insert into cells values (null), ('held')")
    assert done(con, noted("any", Rows("cells")), noted("sent", SENT), noted("held", HELD)) == ["any", "held"]


def test_what_a_step_changed_is_asked_for_again(con: duckdb.DuckDBPyConnection) -> None:
    fill = Step(name="fill", sql="insert into cells values ('send')", makes=("cells",))
    before, after = (noted("before", SENT), noted("none", Rows("cells"))), (noted("sent", SENT), noted("held", HELD))
    assert done(con, *before, fill, *after, noted("cells", Rows("cells"))) == ["sent", "cells"]


def test_an_error_is_explained_or_told_as_it_is(con: duckdb.DuckDBPyConnection) -> None:
    step = Step(name="wrong", sql="select nothing")
    with pytest.raises(LookupError, match="wrong"):
        run_steps(con, [step], Extent.PLAN, lambda failed, _: LookupError(failed.name))
    with pytest.raises(duckdb.Error, match="nothing"):
        run_steps(con, [step], Extent.PLAN, lambda _, __: None)
