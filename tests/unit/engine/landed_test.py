"""Pages become one row a record, whatever they are split into."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pardotflow.connectors.protocol import Extract
from pardotflow.engine import landed as landing
from pardotflow.engine.columns import Columns
from pardotflow.engine.landed import landed
from pardotflow.engine.session import prepared

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
COLUMNS = Columns(id="Id", stamp="Stamp", writer="Writer", deleted="Gone", follow=("Master",))
PICKS = "_id, _stamp, _writer, _deleted, _follow, Name"


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with prepared() as connection:
        yield connection


def record(id: str, minute: int = 0, **values: object) -> dict[str, object]:
    head = {"attributes": {"type": "X"}, "Id": id, "Stamp": f"2026-03-01T10:{minute:02}:00.000+0000", "Writer": "005"}
    return head | {"Gone": False, "Master": None} | values


def extract(folder: Path, *pages: Sequence[object], passes: int = 1) -> Extract:
    files = tuple(folder / f"{number:06}.json" for number in range(len(pages)))
    for file, page in zip(files, pages, strict=True):
        file.write_text(json.dumps({"totalSize": len(page), "records": page}), encoding="utf-8")
    rows = sum(map(len, pages))
    return Extract(
        files=files,
        rows=rows,
        calls=len(pages),
        server_time_at_start=AT,
        complete=True,
        records_pointer="/records",
        passes=passes,
    )


def read(con: duckdb.DuckDBPyConnection, found: Extract, fields: Sequence[str], picks: str) -> list[tuple[Any, ...]]:
    with landed(con, COLUMNS, fields, found):
        return con.execute(f"select {picks} from landed order by _id").fetchall()


@pytest.mark.parametrize("batch", [1, 10_000])
def test_the_newest_copy_counts_over_all_pages(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(landing, "BATCH_BYTES", batch)
    pages: tuple[list[object], ...] = (
        [record("1", Name="old"), record("2", Name="two", Gone=True, Master="1")],
        [record("1", 5, Name="new", Writer="006")],
        [],
    )
    assert read(con, extract(tmp_path, *pages), ["Name"], PICKS) == [
        ("1", datetime(2026, 3, 1, 10, 5), "006", False, None, "new"),
        ("2", datetime(2026, 3, 1, 10, 0), "005", True, "1", "two"),
    ]
    assert con.execute("select count(*) from duckdb_tables()").fetchall() == [(0,)]


def test_passes_hold_other_fields_of_the_same_record(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    found = extract(tmp_path, [record("1", Name="A")], [record("1", 7, City="Oslo")], passes=2)
    assert read(con, found, ["Name", "City"], "Name, City") == [("A", "Oslo")]


def test_who_came_in_one_pass_alone_is_not_half_blank(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    """Somebody changed 2 between the passes, so that only the second one brought it."""
    found = extract(
        tmp_path, [record("1", Name="A")], [record("1", City="Oslo"), record("2", 7, City="Rome")], passes=2
    )
    assert read(con, found, ["Name", "City"], "_id, Name, City") == [("1", "A", "Oslo")]


def test_every_value_is_its_text(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    values = (1.5, 10**25, True, "", None, {"a": [1]}, ["x", "y"], "naïve \U0001f600 \u05d0")
    found = extract(tmp_path, [record(str(number), Name=value) for number, value in enumerate(values)])
    texts = ["1.5", str(10**25), "true", "", None, '{"a":[1]}', '["x","y"]', "naïve \U0001f600 \u05d0"]
    assert [name for (name,) in read(con, found, ["Name"], "Name")] == texts


def test_names_are_names(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    odd = 'it\'s an "odd" name'
    found = extract(tmp_path, [record("1") | {odd: "kept"}])
    with landed(con, COLUMNS, [odd], found):
        assert con.execute("from landed").fetchall()[0][-1] == "kept"


def test_a_path_leads_into_the_parent(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    account = {"Name": "Acme", "Owner": {"Name": "Ana"}}
    found = extract(tmp_path, [record("1", Account=account), record("2", Account=None), record("3", Account={})])
    rows = read(con, found, ["Account.Name", "Account.Owner.Name"], '_id, "Account.Name", "Account.Owner.Name"')
    assert rows == [("1", "Acme", "Ana"), ("2", None, None), ("3", None, None)]
