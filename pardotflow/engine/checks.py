"""Every check of a project that needs no rows: names and types by the catalog, and its SQL by the engine itself.

Models and expressions are bound over empty relations, so that what only a plan could say is said before anything is
read. What is not known (an object without a describe, a file that is not there yet) makes nothing an error.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from graphlib import CycleError

import duckdb

from pardotflow.config.frames import with_frames
from pardotflow.config.meaning import check_project
from pardotflow.config.project import Model, Project, Source, Sync
from pardotflow.core.describe import Catalog, ObjectInfo
from pardotflow.core.diagnostic import Diagnostic, Severity
from pardotflow.core.errors import InvalidProject
from pardotflow.core.values import System
from pardotflow.engine.compile import compile_sync
from pardotflow.engine.computed import check_computed, typed_column
from pardotflow.engine.csvsource import folder_of, read_header, select_typed
from pardotflow.engine.quote import literal, name
from pardotflow.engine.session import prepared
from pardotflow.engine.warehouse import VENDORS, bind_model, describe_model
from pardotflow.graph.dag import StepKind, build_graph


def check_all(project: Project, catalog: Catalog) -> tuple[Diagnostic, ...]:
    """All that is wrong between the files, between them and the systems, and in their SQL; sorted by place."""
    with prepared() as con:
        bound = _bind_models(con, project, catalog)
        whole = Catalog(objects={**catalog.objects, **bound.models})
        problems = [*bound.problems, *check_project(project, whole)]
        # An expression with a mistake that was said already is judged once that is corrected.
        wrong = {(p.span.file, p.span.line) for p in problems if p.span and p.severity is Severity.ERROR}
        for sync in (compile_sync(s, whole) for s in project.syncs if _is_known(s, whole)):
            problems += [d for side in (sync.a, sync.b) for d in check_computed(con, sync, side, wrong)]
    return with_frames(sorted(problems, key=Diagnostic.sort_key), project.root)


def whole_catalog(project: Project, catalog: Catalog) -> Catalog:
    """The catalog with the columns of every model that can be understood, without reading a row."""
    with prepared() as con:
        return Catalog(objects={**catalog.objects, **_bind_models(con, project, catalog).models})


def _is_known(sync: Sync, catalog: Catalog) -> bool:
    return all(catalog.find(side.system, item) for side in sync.sides for item in side.names)


@dataclass(slots=True)
class _Bound:
    """What is known of the models so far, and what is wrong with them and their sources."""

    models: dict[tuple[str, str], ObjectInfo] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)


def _bind_models(con: duckdb.DuckDBPyConnection, project: Project, catalog: Catalog) -> _Bound:
    bound = _Bound()
    models = {m.name: m for m in project.models}
    used = {s for m in project.models for s in m.sources}
    ready = {s.name for s in project.sources if s.name in used and _make_empty(con, project, s, catalog, bound)}
    for model in _in_order(project, models):
        if not ready.issuperset(model.sources) or not all(_address(r) in bound.models for r in model.refs):
            continue
        problem = bind_model(con, project, model)
        if problem:
            bound.problems.append(problem)
        else:
            bound.models[_address(model.name)] = describe_model(con, model)
    return bound


def _address(model: str) -> tuple[str, str]:
    """Where the catalog has a model."""
    return str(System.WAREHOUSE), model.lower()


def _in_order(project: Project, models: dict[str, Model]) -> Iterator[Model]:
    """Every model after those that it reads; none where they stand in a circle, which is said by name."""
    try:
        steps = build_graph(project).steps
    except CycleError:
        return
    yield from (models[s.name] for s in steps if s.kind is StepKind.MODEL)


def _make_empty(
    con: duckdb.DuckDBPyConnection, project: Project, source: Source, catalog: Catalog, bound: _Bound
) -> bool:
    """The relation `src_<name>` without rows; False where its columns are not known."""
    # A table, since an error names it by its kind.
    start = f"create or replace temp table {name(f'src_{source.name}')} as "
    if source.file:
        return _empty_file(con, project, source, start, bound)
    if source.connection in VENDORS:
        info = catalog.find(source.connection, source.object)
        if info is None or not info.fields:
            return False
        parents = [f for field in source.fields if "." in field and (f := info.field(field)) is not None]
        picks = (f"{typed_column('cast(null as varchar)', f.type)} as {name(f.name)}" for f in (*info.fields, *parents))
        con.execute(f"{start} select {', '.join(picks)} limit 0")
        return True
    alias = name(f"db_{source.connection}")
    try:
        con.execute(f"attach if not exists {literal(str(folder_of(project, source)))} as {alias} (read_only)")
        con.execute(f"{start} select * from {alias}.{name(source.object)} limit 0")
    except duckdb.Error:
        # Another program may hold it for now; the plan says what is wrong.
        return False
    return True


def _empty_file(con: duckdb.DuckDBPyConnection, project: Project, source: Source, start: str, bound: _Bound) -> bool:
    connection = project.environment.connection(source.connection)
    if connection is None or connection.type != "files" or not (folder_of(project, source) / source.file).exists():
        return False
    try:
        header = read_header(project, source)
    except InvalidProject as trouble:
        bound.problems += trouble.diagnostics
        return False
    columns = ", ".join(f"cast(null as varchar) as {name(c)}" for c in header)
    con.execute(f"{start} {select_typed(source, header, f'(select {columns})')} limit 0")
    return True
