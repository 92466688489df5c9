"""Why a statement fails and which word of it, in characters of the user's own text."""

import duckdb
import pytest

from pardotflow.config.sql_text import SqlPlace
from pardotflow.engine.sqlfault import fault_of


def test_a_statement_that_runs_has_no_fault() -> None:
    with duckdb.connect(":memory:") as con:
        assert fault_of(con, "select 1") is None


@pytest.mark.parametrize(
    ("text", "place", "help"),
    [
        ("uper('x')", SqlPlace(line=1, column=1, length=9), 'Did you mean "upper"?'),
        ("'Grüße' ||\n  uper('x')", SqlPlace(line=2, column=3, length=9), 'Did you mean "upper"?'),
        ("t.emial", SqlPlace(line=1, column=1, length=7), 'Did you mean "email"?'),
        ("date_diff('day', email, 1)", SqlPlace(line=1, column=1, length=26), "Correct the SQL: it is that of DuckDB."),
    ],
)
def test_a_word_is_found_in_the_text(text: str, place: SqlPlace, help: str) -> None:
    before = "select 'ü' as x, "
    with duckdb.connect(":memory:") as con:
        con.execute("create table t (email varchar)")
        fault = fault_of(con, f"{before}{text} from t")
    assert fault is not None
    assert (fault.place_in(text, len(before)), fault.help) == (place, help)


def test_a_cast_is_blamed_on_the_cast_and_the_session_stays_as_it_was() -> None:
    with duckdb.connect(":memory:") as con:
        fault = fault_of(con, "select cast(x as integer) from (select 'a' as x union all select 'b') as t")
        settings = con.execute("select current_setting('errors_as_json'), current_setting('disabled_optimizers')")
        assert settings.fetchall() == [(False, "")]
    assert fault is not None and fault.help.startswith("Use try_cast()")
    assert "{" not in fault.message and "\n" not in fault.message


def test_a_word_outside_the_text_is_its_start() -> None:
    with duckdb.connect(":memory:") as con:
        fault = fault_of(con, "select nope, 1 + 1")
    assert fault is not None
    assert fault.place_in("1 + 1", len("select nope, ")) == SqlPlace()
