"""`validate`, `compile`, `list` and `graph`: look at a project, change nothing outside."""

import json

from pardotflow.cli.console import say, show, show_diagnostics, width, write
from pardotflow.cli.emulated import data_instance
from pardotflow.cli.exits import Exit
from pardotflow.cli.planning import check_format
from pardotflow.cli.state_home import read_ledger
from pardotflow.cli.watch import Watch
from pardotflow.cli.workspace import Choice, load, open_workspace
from pardotflow.config.load import load_project
from pardotflow.config.meaning import unchecked_objects
from pardotflow.config.project import Project
from pardotflow.core.describe import Catalog
from pardotflow.core.diagnostic import Diagnostic, has_errors
from pardotflow.engine.checks import check_all
from pardotflow.engine.connect import cached_catalog
from pardotflow.engine.explain import write_compiled
from pardotflow.graph.dag import build_graph
from pardotflow.views.tables import Column, render_graph, render_table


def validate(choice: Choice, *, offline: bool) -> Exit:
    """Every problem at once; against the systems' describes where they can be had."""
    loaded = load_project(choice.folder, choice.environment, choice.variables)
    if loaded.project is None:
        return _verdict(loaded.diagnostics)
    catalog = remembered(loaded.project)
    if not offline and unchecked_objects(loaded.project, catalog):
        with Watch(quiet=True) as progress, open_workspace(choice, progress, command="validate") as workspace:
            return _verdict(workspace.warnings)
    problems = check_all(loaded.project, catalog)
    unchecked = unchecked_objects(loaded.project, catalog)
    if unchecked:
        names = ", ".join(f"{connection} {item}" for connection, item in unchecked)
        say(f"The fields of {names} were not checked: nothing is remembered of them.", "yellow")
    return _verdict((*loaded.diagnostics, *problems))


def _verdict(diagnostics: tuple[Diagnostic, ...]) -> Exit:
    show_diagnostics(diagnostics)
    if has_errors(diagnostics):
        return Exit.ERROR
    say("The project is valid.", "green")
    return Exit.FINE


def remembered(project: Project) -> Catalog:
    """What is remembered of the environment's systems, without any network."""
    emulator = project.environment.emulator
    with read_ledger(project) as ledger:
        if ledger is None:
            return Catalog(objects={})
        return cached_catalog(project, ledger, data_instance(emulator) if emulator else "")


def compile(choice: Choice) -> Exit:
    """Write the SQL of every step, and the graph."""
    with Watch(quiet=True) as progress, open_workspace(choice, progress, command="compile") as workspace:
        written = write_compiled(workspace.project, workspace.catalog, workspace.layout)
    for path in written:
        write(f"{path}\n")
    return Exit.FINE


def list_parts(choice: Choice, *, format: str) -> Exit:
    """Sources, models and syncs."""
    check_format(format)
    project, warnings = load(choice)
    show_diagnostics(warnings)
    rows = [("source", s.name, f"{s.connection} {s.object or s.file}", s.span.short) for s in project.sources]
    rows += [("model", m.name, ", ".join((*m.sources, *m.refs)), m.span.file) for m in project.models]
    rows += [
        ("sync", s.name, f"{s.a.system} ↔ {s.b.system}, {len(s.fields)} fields, {s.strength}", s.span.file)
        for s in project.syncs
    ]
    if format == "json":
        keys = ("kind", "name", "what", "where")
        write(json.dumps([dict(zip(keys, row, strict=True)) for row in rows], indent=2, ensure_ascii=False) + "\n")
    else:
        columns = (Column(title="kind"), Column(title="name"), Column(title="what"), Column(title="where"))
        show(render_table(columns, rows, width=width()))
    return Exit.FINE


def graph(choice: Choice, *, format: str) -> Exit:
    """Steps and what each needs."""
    check_format(format)
    project, warnings = load(choice)
    show_diagnostics(warnings)
    steps = build_graph(project).steps
    if format == "json":
        parts = [{"step": str(s), "kind": str(s.kind), "needs": list(s.needs)} for s in steps]
        write(json.dumps(parts, indent=2, ensure_ascii=False) + "\n")
        return Exit.FINE
    depth: dict[str, int] = {}
    for step in steps:
        depth[str(step)] = max((depth[n] + 1 for n in step.needs if n in depth), default=0)
    show(render_graph([(s.name, str(s.kind), depth[str(s)], s.needs) for s in steps], width=width()))
    return Exit.FINE
