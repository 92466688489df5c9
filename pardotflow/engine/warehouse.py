"""Files and models: what the project's own SQL reads, as views in the session.

A model is blamed at its own line, also where it fails only for what another one asks of it. The objects of the vendors
appear typed, and only with records that are live.
"""

from collections.abc import Collection, Iterable, Mapping

import duckdb

from pardotflow.config.models import span_in_model
from pardotflow.config.project import Model, Project, Side, Source
from pardotflow.core.describe import Catalog, FieldInfo, ObjectInfo
from pardotflow.core.diagnostic import Diagnostic
from pardotflow.core.errors import InvalidProject
from pardotflow.core.span import Span
from pardotflow.core.values import FieldType, System
from pardotflow.engine.computed import typed_column
from pardotflow.engine.csvsource import folder_of, make_file_view
from pardotflow.engine.overlay import rows_view
from pardotflow.engine.quote import literal, name
from pardotflow.engine.sqlfault import fault_of
from pardotflow.engine.sqlfile import rows
from pardotflow.graph.dag import StepKind, build_graph, step_name

VENDORS = (System.SALESFORCE, System.PARDOT)

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
    """One view `src_<name>` for every source that a model uses; of the objects of the vendors, for those that are
    `read` (connection, object in lower case).

    Raises InvalidProject where a file is missing, cannot be read, or holds a value that is not of its declared type.
    """
    used = {name for model in project.models for name in model.sources}
    for source in project.sources:
        if source.name not in used:
            continue
        if source.file:
            make_file_view(con, project, source)
        elif source.connection in VENDORS:
            if (source.connection, source.object.lower()) in read:
                _object_view(con, source, catalog)
        else:
            _table_view(con, project, source)


def make_model_views(con: duckdb.DuckDBPyConnection, project: Project, models: Iterable[Model]) -> None:
    """One view `model_<name>` for every model, in their order; raises InvalidProject where one cannot be understood."""
    for model in models:
        problem = bind_model(con, project, model)
        if problem:
            raise InvalidProject([problem])


def bind_model(con: duckdb.DuckDBPyConnection, project: Project, model: Model) -> Diagnostic | None:
    """Make the view of one model over the views of what it reads; says why that is not possible."""
    return _refused(con, project, model, f"create or replace temp view {name(f'model_{model.name}')} as ")


def _refused(con: duckdb.DuckDBPyConnection, project: Project, model: Model, prefix: str) -> Diagnostic | None:
    fault = fault_of(con, prefix + model.sql)
    if fault is None:
        return None
    span = span_in_model(model, project.root, fault.place_in(model.sql, len(prefix)))
    message = f"the model {model.name} cannot be run: {fault.message}"
    return Diagnostic(code="PF201", message=message, span=span, help=fault.help)


def describe_models(con: duckdb.DuckDBPyConnection, project: Project) -> dict[tuple[str, str], ObjectInfo]:
    """The columns of every model with their types, for the catalog."""
    return {(str(System.WAREHOUSE), m.name.lower()): describe_model(con, m) for m in project.models}


def describe_model(con: duckdb.DuckDBPyConnection, model: Model) -> ObjectInfo:
    """The columns of a model whose view was made."""
    columns = rows(con, f"describe {name(f'model_{model.name}')}")
    fields = tuple(FieldInfo(name=c[0], type=_field_type(c[1]), updateable=False) for c in columns)
    return ObjectInfo(name=model.name, label=model.name, fields=fields)


def make_row_view(con: duckdb.DuckDBPyConnection, project: Project, side: Side) -> tuple[int, int]:
    """The rows of a warehouse side; says how many rows were left out for a blank key and for a key that repeats."""
    model, key = side.model, side.key
    relation = name(f"model_{model}")
    try:
        con.execute(f"create or replace temp table {name(f'data.{model}')} as select * from {relation}")
    except duckdb.Error as trouble:
        raise _failing_model(con, project, side, trouble) from trouble
    data = name(f"data.{model}")
    described = rows(con, f"describe {data}")
    reserved = [c[0] for c in described if c[0].startswith("_")]
    if reserved:
        help = f"Rename it in the model: select {reserved[0]} as {reserved[0].strip('_') or 'other'}."
        raise _invalid("PF204", f'the model {model} has a column "{reserved[0]}"', side.at("model"), help)
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


def _failing_model(
    con: duckdb.DuckDBPyConnection, project: Project, side: Side, trouble: duckdb.Error
) -> InvalidProject:
    """The first of the models behind a side that cannot be computed by itself."""
    behind = build_graph(project).upstream([step_name(StepKind.MODEL, side.model)]).steps
    models = {m.name: m for m in project.models}
    for step in (s for s in behind if s.kind is StepKind.MODEL):
        problem = _refused(con, project, models[step.name], 'create or replace temp table "model alone" as ')
        if problem:
            return InvalidProject([problem])
    message = f"the model {side.model} cannot be run: {_first(trouble)}"
    return _invalid("PF201", message, models[side.model].span, "Correct the model.")


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


def _table_view(con: duckdb.DuckDBPyConnection, project: Project, source: Source) -> None:
    path = folder_of(project, source)
    alias = name(f"db_{source.connection}")
    try:
        con.execute(f"attach if not exists {literal(str(path))} as {alias} (read_only)")
        con.execute(
            f"create or replace temp view {name(f'src_{source.name}')} as select * from {alias}.{name(source.object)}"
        )
    except duckdb.Error as trouble:
        message = f"the table {source.object} of source {source.name} cannot be read: {_first(trouble)}"
        help = "Correct the connection's path or the table's name, and close the programs that write the database."
        raise _invalid("PF202", message, source.at("table"), help) from trouble


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


def _invalid(code: str, message: str, span: Span, help: str) -> InvalidProject:
    return InvalidProject([Diagnostic(code=code, message=message, span=span, help=help)])
