"""Tables and graphs at 80 columns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from pardotflow.views.tables import Column, GraphRow, render_graph, render_table

from .screen import check_golden, text_of

COLUMNS = (Column(title="name", style="bold"), Column(title="records", is_number=True), Column(title="described in"))
GRAPH: tuple[GraphRow, ...] = (
    ("source:salesforce.Contact", "source", 0, ()),
    ("source:pardot.prospect", "source", 0, ()),
    ("source:warehouse.product_usage", "source", 0, ()),
    ("model:usage_by_person", "model", 1, ("source:warehouse.product_usage",)),
    ("sync:people", "sync", 1, ("source:salesforce.Contact", "source:pardot.prospect")),
    ("sync:product_usage", "sync", 2, ("model:usage_by_person", "source:pardot.prospect", "sync:people")),
)


def test_table() -> None:
    rows = [
        ("people", "4,712", "syncs/people.yml:1"),
        ("ليلى", "9", "a/rather/deep/folder/that/nobody/asked/for/with/a/file/of/a/very/long/name.yml:120"),
        ("[red]x[/red]\x1b[31m", "40,012", ""),
    ]
    check_golden("table_80", text_of(render_table(COLUMNS, rows, width=80), 80))


def test_graph() -> None:
    check_golden("graph_80", text_of(render_graph(GRAPH, width=80), 80))


def test_empty() -> None:
    assert text_of(render_table(COLUMNS, [], width=80), 80) == "name  records  described in\n"
    assert text_of(render_graph((), width=80), 80) == ""


def test_a_row_of_another_length_is_an_error() -> None:
    with pytest.raises(ValueError, match="argument"):
        render_table(COLUMNS, [("people",)], width=80)


@given(st.lists(st.tuples(st.text(max_size=90), st.text(max_size=20), st.text(max_size=90)), max_size=5))
def test_no_line_of_a_table_is_too_wide(rows: list[tuple[str, str, str]]) -> None:
    lines = text_of(render_table(COLUMNS, rows, width=80), 80).split("\n")
    assert len(lines) == len(rows) + 2
    assert max(map(cell_len, lines)) <= 80


@given(
    st.lists(
        st.tuples(st.text(max_size=90), st.text(max_size=9), st.integers(0, 30), st.just(("a", "b" * 99))), max_size=5
    )
)
def test_no_line_of_a_graph_is_too_wide(rows: list[GraphRow]) -> None:
    lines = text_of(render_graph(rows, width=80), 80).split("\n")
    assert max(map(cell_len, lines)) <= 80
