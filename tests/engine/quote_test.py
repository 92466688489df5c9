"""Any text survives as a literal and as an identifier: nobody's name becomes a statement."""

from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pardotflow.engine.quote import literal, literals, name
from tests.engine.texts import texts

MANY = settings(max_examples=max(100, settings().max_examples))
NASTY = st.sampled_from(("'", '"', "';drop table x;--", "\\", "%s", "{{ x }}", "$1", "?", "\\'", '""', "a\nb"))


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """A session that knows nothing."""
    with duckdb.connect() as made:
        yield made


@MANY
@given(st.one_of(NASTY, texts()))
def test_a_literal_is_its_text(con: duckdb.DuckDBPyConnection, text: str) -> None:
    assert con.execute(f"select {literal(text)}").fetchone() == (text,)


@MANY
@given(st.one_of(NASTY, texts(min_size=1)))
def test_a_name_is_its_text(con: duckdb.DuckDBPyConnection, text: str) -> None:
    found = con.execute(f"select 1 as {name(text)}").description
    assert found is not None
    assert found[0][0] == text


@MANY
@given(st.lists(st.one_of(NASTY, texts()), min_size=1, max_size=5))
def test_a_list_keeps_its_order(con: duckdb.DuckDBPyConnection, items: list[str]) -> None:
    assert con.execute(f"select [{literals(items)}]").fetchone() == (items,)


def test_nothing_is_null() -> None:
    assert literal(None) == "null"
    assert literals([]) == ""
