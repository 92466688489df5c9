"""What one session leaves is nothing that the next one finds."""

import os
from pathlib import Path

import duckdb
import pytest

from pardotflow.cli.workspace import named_damage
from pardotflow.core.errors import StateError
from pardotflow.plan import instance
from pardotflow.plan.instance import MUCH, SETTINGS, SHARE, in_memory, is_much, limit_memory, use_threads
from pardotflow.store.layout import Layout

ADDED = "create macro added(x) as x + 1"


@pytest.fixture(autouse=True)
def _none_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instance, "_idle", [])


def settings(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """What a session finds set."""
    names = ", ".join(f"'{name}'" for name in SETTINGS)
    return con.execute(f"select name, value from duckdb_settings() where name in ({names}) order by name").fetchall()


def test_an_instance_serves_again_as_new(tmp_path: Path) -> None:
    file = tmp_path / "some.duckdb"
    with in_memory(ADDED) as con:
        found = settings(con)
        con.execute(f"attach '{file}' as file; create table file.kept as select 1 as x")
        use_threads(con)
        con.execute("create temp table t as select added(1) as x; set disabled_optimizers = 'top_n'")
        con.execute(f"set temp_directory = '{tmp_path}'; set TimeZone = 'Asia/Tokyo'")
        changed = settings(con)
    with in_memory(ADDED) as con:
        assert changed != settings(con) == found
        assert con.execute("select added(1)").fetchone() == (2,)
        assert con.execute("select current_setting('TimeZone') = 'Asia/Tokyo'").fetchone() == (False,)
        with pytest.raises(duckdb.CatalogException):
            con.execute("from t")
        # The file is whole, and free for any other session.
        with duckdb.connect(str(file)) as other:
            assert other.execute("from kept").fetchall() == [(1,)]
        con.execute(f"attach '{file}' as file (read_only)")
    assert len(instance._idle) == 1


def test_one_thread_works_until_there_is_much(tmp_path: Path) -> None:
    with in_memory() as con:
        assert con.execute("select current_setting('threads')").fetchone() == (1,)
        use_threads(con)
        assert con.execute("select current_setting('threads')").fetchone() == (os.cpu_count(),)
    with in_memory() as con:
        assert con.execute("select current_setting('threads')").fetchone() == (1,)
    half = tmp_path / "half"
    half.write_bytes(bytes(MUCH // 2))
    assert is_much([half, half])
    assert not is_much([half, tmp_path / "missing"])


def test_two_at_a_time_are_apart(tmp_path: Path) -> None:
    with in_memory() as one, in_memory() as other:
        one.execute(f"attach '{tmp_path / 'a.duckdb'}' as file; create table file.kept as select 1 as x")
        other.execute(f"attach '{tmp_path / 'b.duckdb'}' as file; create table file.kept as select 2 as x")
        assert one.execute("from file.kept").fetchall() == [(1,)]
    assert len(instance._idle) == 2


def test_functions_are_found_by_those_alone_who_asked_for_them() -> None:
    with in_memory(ADDED):
        pass
    with in_memory() as con, pytest.raises(duckdb.CatalogException):
        con.execute("select added(1)")


@pytest.mark.parametrize("trouble", ["select 1 / 'a'", "create table more (x int)", "create view more as select 1"])
def test_what_is_left_behind_is_nobody_s_to_find(trouble: str) -> None:
    try:
        with in_memory() as con:
            con.execute(trouble)
    except duckdb.Error:
        pass
    assert not instance._idle


def test_rows_that_do_not_fit_go_to_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instance, "_ceiling", instance._Ceiling())
    with in_memory() as con:
        unlimited = settings(con)
    limit_memory(40, tmp_path / "scratch")
    with in_memory() as con:
        # What the process has been told holds for an instance that was made before, too.
        assert settings(con) != unlimited
        (limit,) = con.execute("select current_setting('memory_limit')").fetchone() or ("",)
        assert abs(float(limit.removesuffix(" MiB")) - 40 * SHARE * 1e6 / 2**20) < 0.1
        con.execute("create temp table t as select i, md5(i::varchar) as text from range(1_000_000) r(i)")
        assert con.execute("select count(distinct text) from t").fetchone() == (1_000_000,)
        assert list((tmp_path / "scratch").iterdir())
    assert not list((tmp_path / "scratch").glob("*"))
    # An instance that has used its folder cannot serve another environment.
    assert not instance._idle
    limit_memory(0, tmp_path / "other")
    with in_memory() as con:
        assert settings(con) == unlimited


def test_too_little_memory_is_said_with_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instance, "_ceiling", instance._Ceiling())
    limit_memory(10, tmp_path / "scratch")
    layout = Layout(root=tmp_path)
    with pytest.raises(StateError, match="not enough memory") as found, named_damage(layout), in_memory() as con:
        con.execute("select list(md5(i::varchar)) from range(1_000_000) r(i)")
    assert "memory_limit" in found.value.hint
