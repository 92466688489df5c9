"""Files of sources: a value that is not of its declared type, and a line that cannot be read, stop the plan."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pardotflow.config.project import Project
from pardotflow.core.describe import Catalog
from pardotflow.core.errors import InvalidProject
from pardotflow.engine.csvsource import LONGEST_SHOWN
from pardotflow.engine.session import prepared
from pardotflow.engine.sqlfile import rows
from pardotflow.engine.warehouse import make_model_views, make_row_view, make_source_views
from tests.unit.config.folder import SOURCES, USAGE_HEAD, project


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with prepared() as session:
        yield session


def read(con: duckdb.DuckDBPyConnection, whole: Project) -> list[str]:
    """What is said while the sides of a project are read."""
    try:
        make_source_views(con, whole, Catalog(objects={}), ())
        make_model_views(con, whole, whole.models)
        for sync in whole.syncs:
            if sync.a.model:
                make_row_view(con, whole, sync.a)
    except InvalidProject as trouble:
        return [d.message for d in trouble.diagnostics]
    return []


def typed(root: Path, kind: str, *values: str) -> Project:
    """A project whose file has values of that type."""
    lines = "".join(f'a{n}@example.com,Pro,"{v}"\n' for n, v in enumerate(values))
    sources = SOURCES.replace("integer", kind)
    return project(root, {"sources/all.yml": sources, "warehouse/usage.csv": f"email,plan,seats\n{lines}"})


@pytest.mark.parametrize(
    ("kind", "fine"),
    [
        ("integer", ["3", "-3", "+3", " 3 ", "1e3", "3.00", ""]),
        ("number", ["3", "3.5", "-.5", "1e-3", "3.50", " "]),
        ("boolean", ["true", "false", "1", "0", "TRUE", ""]),
        ("date", ["2025-11-24", "2025-11-24T10:00:00Z", " 2025-11-24", ""]),
        ("datetime", ["2025-11-24T10:00:00Z", "2025-11-24", "2025-11-24T10:00:00+0100", ""]),
        ("text", ["anything", ""]),
    ],
)
def test_what_can_be_read(con: duckdb.DuckDBPyConnection, tmp_path: Path, kind: str, fine: list[str]) -> None:
    assert read(con, typed(tmp_path, kind, *fine)) == []
    blanks = sum(not v.strip() for v in fine)
    nulls = rows(con, "select count(*) from src_usage where nf_text(cast(seats as varchar)) is null")[0][0]
    assert nulls == blanks


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("integer", ["6x", "2.5", "99999999999999999999", "0x1F", "1_000"]),
        ("number", ["6,5", "nan", "inf", "1.2.3"]),
        ("boolean", ["yes", "2", "t"]),
        ("date", ["24/11/2025", "2025-02-30", "soon"]),
        ("datetime", ["10:00", "24/11/2025 10:00"]),
    ],
)
def test_what_cannot_be_read(con: duckdb.DuckDBPyConnection, tmp_path: Path, kind: str, wrong: list[str]) -> None:
    for number, value in enumerate(wrong):
        (said,) = read(con, typed(tmp_path / str(number), kind, "", value, value))
        assert said.startswith(f'warehouse/usage.csv line 3: seats is "{value}", which is not ')
        assert said.endswith(" (1 more like it)")


def test_a_long_value_is_cut(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    (said,) = read(con, typed(tmp_path, "date", "x" * 5_000))
    assert f'"{"x" * LONGEST_SHOWN}…"' in said


def test_a_value_is_hidden_that_becomes_a_personal_one(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    """Names are followed back through the models."""
    files = {
        "warehouse/usage.csv": "email,born,seats\na@example.com,x,y\n",
        "sources/all.yml": SOURCES.replace("{seats: integer}", "{born: date, seats: integer}"),
        "models/inner.sql": "select email, born as day, seats from {{ source('usage') }}\n",
        "models/usage.sql": "select email, strftime(day, '%d.%m.') as birthday, seats from {{ ref('inner') }}\n",
        "syncs/usage.yml": f"{USAGE_HEAD}fields:\n  - {{warehouse: birthday, pardot: product_plan__c, pii: other}}\n",
    }
    said = read(con, project(tmp_path, files))
    assert [line.partition(", which")[0].partition(" that")[0] for line in said] == [
        "warehouse/usage.csv line 2: born holds a value",
        'warehouse/usage.csv line 2: seats is "y"',
    ]


def test_a_line_is_counted_as_an_editor_does(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    content = 'email,plan,seats\n"a","x\ny",1\n\n"b","z",two\n'
    (said,) = read(con, project(tmp_path, {"warehouse/usage.csv": content}))
    assert said.startswith('warehouse/usage.csv line 5: seats is "two"')


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'email,plan,seats\na,"b,1\nc,d,2\n', "line 2 has a quote that is not closed"),
        (b'email,plan,seats\na,"b"x,1\n', "line 2 has a quote that is not closed"),
        (b"email,plan,seats\na,b,1\nc,d\n", "line 3 has 2 values, and the header has 3"),
        (b"email,plan,seats\na,b,1\nM\xfcller,d,2\n", "line 3 is not UTF-8"),
        (b"email,plan,seats\n" + b"a,b,1\n" * 50_000 + b"M\xfcller,d,2\n", "line 50002 is not UTF-8"),
        (b'email,"plan,seats\na,b,1\n', "line 1 has a quote that is not closed"),
        (b"email,plan,Plan\na,b,1\n", "has no header row with different column names"),
        (b"email,,plan\na,b,1\n", "has no header row with different column names"),
        (b"", "has no header row with different column names"),
    ],
)
def test_a_broken_file(con: duckdb.DuckDBPyConnection, tmp_path: Path, content: bytes, reason: str) -> None:
    (said,) = read(con, project(tmp_path, {"warehouse/usage.csv": content}))
    assert "warehouse/usage.csv" in said and reason in said


def test_a_missing_file_is_said_where_it_is_used(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    (said,) = read(con, project(tmp_path, {"warehouse/usage.csv": None}))
    assert said == "the file warehouse/usage.csv cannot be read: No such file or directory"
    more = SOURCES + "  - {source: unused, connection: warehouse, file: nothing.csv}\n"
    assert read(con, project(tmp_path / "more", {"sources/all.yml": more})) == []


def test_a_table_that_is_not_there(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    environment = "type: emulator\nconnections:\n  warehouse: {type: duckdb, path: data.duckdb}\n"
    sources = SOURCES.replace("file: usage.csv, types: {seats: integer}", "table: usage")
    duckdb.connect(str(tmp_path / "data.duckdb")).close()
    (said,) = read(con, project(tmp_path, {"environments/dev.yml": environment, "sources/all.yml": sources}))
    assert said.startswith("the table usage of source usage cannot be read: ")


def test_the_model_that_fails_is_blamed_not_the_one_that_reads_it(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    files = {
        "models/a_first.sql": "select * from {{ ref('usage') }}\n",
        "models/inner.sql": "-- ü\nselect email, cast(plan as integer) as plan, seats from {{ source('usage') }}\n",
        "models/usage.sql": "select email, plan + 1 as plan, seats from {{ ref('inner') }}\n",
    }
    whole = project(tmp_path, files)
    make_source_views(con, whole, Catalog(objects={}), ())
    by_name = {m.name: m for m in whole.models}
    make_model_views(con, whole, [by_name[n] for n in ("inner", "usage", "a_first")])
    sync = next(s for s in whole.syncs if s.a.model)
    with pytest.raises(InvalidProject) as caught:
        make_row_view(con, whole, sync.a)
    (problem,) = caught.value.diagnostics
    assert (problem.code, str(problem.span)) == ("PF201", "models/inner.sql:2:15")
    assert problem.message.startswith("the model inner cannot be run: ") and "try_cast()" in problem.help


def test_a_reserved_name_comes_with_its_way_out(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    files = {"models/usage.sql": "select email, plan, seats as _id from {{ source('usage') }}\n"}
    whole = project(tmp_path, files)
    assert read(con, whole) == ['the model usage has a column "_id"']
