"""A memory of an earlier version is brought up to this one, and nothing in it is lost."""

from pathlib import Path

import duckdb
import pytest

from pardotflow.core.errors import StateError
from pardotflow.store.memory import VERSION, attach_memory

LINK = "insert into mem.links values ('people', 'Contact', '003', 'prospect', '1', 'found', 'r', null, null)"


def _made(path: Path, version: int, *more: str) -> None:
    with duckdb.connect(":memory:") as con:
        attach_memory(con, path, read_only=False)
        con.execute(LINK)
        con.execute(f"update mem.about set value = '{version}' where key = 'version'")
        for statement in more:
            con.execute(statement)


@pytest.mark.parametrize("read_only", [True, False])
def test_an_older_memory_is_brought_up(tmp_path: Path, read_only: bool) -> None:
    path = tmp_path / "memory.duckdb"
    old_writes = "insert into mem.writes values ('pardot', 'prospect', '1', null, null, 'u', false)"
    _made(path, 2, "drop table mem.history", "alter table mem.writes drop column run_id", old_writes)
    with duckdb.connect(":memory:") as con:
        attach_memory(con, path, read_only=read_only)
        assert con.execute("select value from mem.about").fetchall() == [(str(VERSION),)]
        assert con.execute("select b_id from mem.links").fetchall() == [("1",)]
        assert con.execute("from mem.history").fetchall() == []
        assert con.execute("select id, run_id from mem.writes").fetchall() == [("1", None)]


@pytest.mark.parametrize("version", [1, VERSION + 1])
def test_a_memory_that_cannot_be_brought_up_is_left_as_it_is(tmp_path: Path, version: int) -> None:
    path = tmp_path / "memory.duckdb"
    _made(path, version)
    with duckdb.connect(":memory:") as con, pytest.raises(StateError, match="another version"):
        attach_memory(con, path, read_only=True)
