"""The `.sql` template files: found beside this module, rendered with strict names.

A template is plain SQL with loops over fields and sides; it never sees a user's text except through the filters
`name` and `literal`.
"""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import jinja2

from pardotflow.engine.quote import literal, literals, name
from pardotflow.engine.templatecache import template_cache
from pardotflow.plan.places import first_place, place_order

FOLDER = Path(__file__).parent / "sql"


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
        keep_trailing_newline=True,
        bytecode_cache=template_cache(),
    )
    environment.filters.update(name=name, literal=literal, literals=literals)
    environment.filters.update(first_place=first_place, place_order=place_order)
    return environment


_TEMPLATES = _environment()
_KEPT_TEXTS = 500
_parsed: dict[str, tuple[duckdb.Statement, ...]] = {}


def load_templates() -> None:
    """Compile every template now, where there is nothing else to do, instead of at its first use."""
    for file in _TEMPLATES.list_templates(extensions=["sql"]):
        _TEMPLATES.get_template(file)


def render(template: str, **values: object) -> str:
    """The SQL of one template file."""
    return _TEMPLATES.get_template(f"{template}.sql").render(**values)


def execute(con: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Execute every statement of a text. A text that comes again is not parsed again: what is compared is compared a
    second time to prove the plan."""
    found = _parsed.get(sql)
    if found is None:
        while len(_parsed) >= _KEPT_TEXTS:
            del _parsed[next(iter(_parsed))]
        found = _parsed[sql] = tuple(con.extract_statements(sql))
    for statement in found:
        con.execute(statement)


def run(con: duckdb.DuckDBPyConnection, template: str, **values: object) -> None:
    """Render and execute every statement of a template file."""
    execute(con, render(template, **values))


def rows(con: duckdb.DuckDBPyConnection, query: str, *values: object) -> list[tuple[Any, ...]]:
    """All rows of a small query."""
    return con.execute(query, values or None).fetchall()


def insert_rows(con: duckdb.DuckDBPyConnection, table: str, lines: Collection[Sequence[object]]) -> None:
    """Append rows to a table, all by one statement: a statement a row costs far more than the row."""
    if lines:
        columns = [list(column) for column in zip(*lines, strict=True)]
        con.execute(f"insert into {table} select {', '.join(['unnest(?)'] * len(columns))}", columns)


def iter_rows(con: duckdb.DuckDBPyConnection, query: str, *values: object) -> Iterator[tuple[Any, ...]]:
    """The rows of a large query, read in chunks; the session runs nothing else until the last one is read."""
    yield from _in_chunks(con.execute(query, values or None))


def _in_chunks(cursor: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while chunk := cursor.fetchmany(2048):
        yield from chunk


def dicts(con: duckdb.DuckDBPyConnection, query: str, *values: object) -> Iterator[dict[str, Any]]:
    """The rows of a query as dictionaries, read in chunks."""
    cursor = con.execute(query, values or None)
    names = [column[0] for column in cursor.description or []]
    for row in _in_chunks(cursor):
        yield dict(zip(names, row, strict=True))


def one(con: duckdb.DuckDBPyConnection, query: str, *values: object) -> tuple[Any, ...]:
    """The only row of a query; raises LookupError where there is none."""
    row = con.execute(query, values or None).fetchone()
    if row is None:
        raise LookupError(query)
    return tuple(row)
