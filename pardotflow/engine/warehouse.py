"""Files and models: what the project's own SQL reads, as views in the session.

A file's columns are text unless their source declares a type; nothing is guessed from the data. The objects of the
vendors appear typed, and only with records that are live.
"""

import csv
from collections.abc import Collection, Mapping
from pathlib import Path

import duckdb

from pardotflow.config.project import Model, Project, Source
from pardotflow.core.describe import Catalog, FieldInfo, ObjectInfo
from pardotflow.core.diagnostic import Diagnostic
from pardotflow.core.errors import InvalidProject
from pardotflow.core.span import Span
from pardotflow.core.values import FieldType, System
from pardotflow.engine.overlay import rows_view
from pardotflow.engine.quote import literal, name
from pardotflow.engine.sqlfile import rows
from pardotflow.engine.syncplan import typed_column

_TYPES: Mapping[str, FieldType] = {
    "BOOLEAN": FieldType.BOOLEAN,
    "DATE": FieldType.DATE,
    "TIMESTAMP": FieldType.DATETIME,
    "TIMESTAMP WITH TIME ZONE": FieldType.DATETIME,
    "DOUBLE": FieldType.NUMBER,
    "FLOAT": FieldType.NUMBER,
}


def make_source_views(
    con: duckdb.DuckDBPyConnection, project: Project, catalog: Catalog, read: Collection[tuple[str, str]]
) -> None:
    """One view `src_<name>` for every source of which something is `read` (connection, object in lower case).

    Raises InvalidProject where a file is missing or cannot be read.
    """
    for source in project.sources:
        if source.file:
            _file_view(con, project, source)
        elif source.connection in (System.SALESFORCE, System.PARDOT):
            if (source.connection, source.object.lower()) in read:
                _object_view(con, source, catalog)
        else:
            _table_view(con, project, source)


def make_model_views(con: duckdb.DuckDBPyConnection, models: tuple[Model, ...]) -> None:
    """One view `model_<name>` for every model, in their order; raises InvalidProject with what DuckDB says."""
    for model in models:
        try:
            con.execute(f"create or replace temp view {name(f'model_{model.name}')} as {model.sql}")
        except duckdb.Error as trouble:
            raise _invalid("PF201", f"the model {model.name} cannot be run: {_first(trouble)}", model.span) from trouble


def describe_models(con: duckdb.DuckDBPyConnection, project: Project) -> dict[tuple[str, str], ObjectInfo]:
    """The columns of every model with their types, for the catalog."""
    found = {}
    for model in project.models:
        columns = rows(con, f"describe {name(f'model_{model.name}')}")
        fields = tuple(FieldInfo(name=c[0], type=_field_type(c[1]), updateable=False) for c in columns)
        found[(str(System.WAREHOUSE), model.name.lower())] = ObjectInfo(
            name=model.name, label=model.name, fields=fields
        )
    return found


def make_row_view(con: duckdb.DuckDBPyConnection, model: str, key: str, span: Span) -> tuple[int, int]:
    """The rows of a warehouse side; says how many rows were left out for a blank key and for a key that repeats."""
    relation = name(f"model_{model}")
    try:
        con.execute(f"create or replace temp table {name(f'data.{model}')} as select * from {relation}")
    except duckdb.Error as trouble:
        raise _invalid("PF201", f"the model {model} cannot be run: {_first(trouble)}", span) from trouble
    data = name(f"data.{model}")
    described = rows(con, f"describe {data}")
    reserved = [c[0] for c in described if c[0].startswith("_")]
    if reserved:
        raise _invalid("PF204", f"the model {model} has a column {reserved[0]!r}", span)
    columns = ", ".join(f"{_as_text(c[0], c[1])} as {name(c[0])}" for c in described)
    text_key = f"cast({name(key)} as varchar)"
    con.execute(
        f"create or replace temp view {rows_view('warehouse', model)} as"
        f" select {text_key} as _id, {text_key} as _name, cast(null as timestamp) as _stamp, cast(null as "
        f"varchar) as _writer,"
        " false as _deleted, true as _visible, false as _closed, cast(null as varchar) as _follow,"
        f" cast(null as timestamp) as _read_at, {columns} from {data}"
        f" where nf_text({text_key}) is not null"
        f" qualify count(*) over (partition by {text_key}) = 1"
    )
    blank = rows(con, f"select count(*) from {data} where nf_text({text_key}) is null")[0][0]
    twice = rows(
        con,
        f"select coalesce(sum(n), 0) from (select count(*) as n from {data} where nf_text({text_key}) is not null"
        f" group by {text_key} having count(*) > 1)",
    )[0][0]
    return int(blank), int(twice)


def _as_text(column: str, kind: str) -> str:
    """A model's value as the text that is compared and sent; timestamps in UTC."""
    if kind.startswith("TIMESTAMP"):
        return f"strftime({name(column)}, '%Y-%m-%dT%H:%M:%SZ')"
    return f"cast({name(column)} as varchar)"


def _field_type(kind: str) -> FieldType:
    if kind in _TYPES:
        return _TYPES[kind]
    if kind.startswith("DECIMAL"):
        return FieldType.NUMBER
    return FieldType.INTEGER if kind.endswith("INT") or kind.endswith("INTEGER") else FieldType.TEXT


def _file_view(con: duckdb.DuckDBPyConnection, project: Project, source: Source) -> None:
    path = _folder(project, source) / source.file
    header = _header(path, source)
    unknown = [column for column in source.types if column not in header]
    if unknown:
        raise _invalid("PF202", f"{source.file} has no column {unknown[0]!r}", source.span)
    picks = ", ".join(f"{typed_column(name(c), source.types.get(c, FieldType.TEXT))} as {name(c)}" for c in header)
    columns = ", ".join(f"{literal(c)}: 'VARCHAR'" for c in header)
    con.execute(
        f"create or replace temp view {name(f'src_{source.name}')} as select {picks} from "
        f"read_csv({literal(str(path))},"
        f" columns = {{{columns}}}, header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"')"
    )


def _header(path: Path, source: Source) -> list[str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            header = next(csv.reader(lines), [])
    except OSError as trouble:
        raise _invalid(
            "PF202", f"the file {path} of source {source.name} cannot be read: {trouble.strerror}", source.span
        ) from trouble
    except UnicodeDecodeError as trouble:
        raise _invalid("PF202", f"the file {path} of source {source.name} is not UTF-8", source.span) from trouble
    if not header or len(set(header)) != len(header):
        raise _invalid("PF202", f"the file {path} has no header row with different column names", source.span)
    return header


def _folder(project: Project, source: Source) -> Path:
    connection = project.environment.connection(source.connection)
    setting = str(connection.settings.get("path", ".")) if connection else "."
    return project.root / setting


def _table_view(con: duckdb.DuckDBPyConnection, project: Project, source: Source) -> None:
    path = _folder(project, source)
    alias = name(f"db_{source.connection}")
    try:
        con.execute(f"attach if not exists {literal(str(path))} as {alias} (read_only)")
        con.execute(
            f"create or replace temp view {name(f'src_{source.name}')} as select * from {alias}.{name(source.object)}"
        )
    except duckdb.Error as trouble:
        raise _invalid(
            "PF202", f"the table {source.object} of source {source.name} cannot be read: {_first(trouble)}", source.span
        ) from trouble


def _object_view(con: duckdb.DuckDBPyConnection, source: Source, catalog: Catalog) -> None:
    view = rows_view(source.connection, source.object)
    info = catalog.find(source.connection, source.object)
    known = [c[0] for c in rows(con, f"describe {view}") if not c[0].startswith("_")]
    picks = []
    for column in known:
        field = info.field(column) if info else None
        picks.append(f"{typed_column(name(column), field.type if field else FieldType.TEXT)} as {name(column)}")
    id_column = "Id" if source.connection == System.SALESFORCE else "id"
    body = ", ".join([f"_id as {name(id_column)}", *(p for p, c in zip(picks, known, strict=True) if c != id_column)])
    con.execute(
        f"create or replace temp view {name(f'src_{source.name}')} as select {body} from {view}"
        " where _visible and not _deleted and not _closed"
    )


def _first(trouble: duckdb.Error) -> str:
    return str(trouble).splitlines()[0]


def _invalid(code: str, message: str, span: Span) -> InvalidProject:
    return InvalidProject([Diagnostic(code=code, message=message, span=span)])
