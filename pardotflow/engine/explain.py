"""What `compile` writes: the SQL of every sync step by step, the models, and the graph, for people to read."""

import json
from pathlib import Path

from pardotflow.config.project import Project
from pardotflow.core.describe import Catalog
from pardotflow.engine.focus import Focus
from pardotflow.engine.planner import open_rows
from pardotflow.engine.sqlfile import render
from pardotflow.engine.syncplan import second_look, statements
from pardotflow.graph.dag import build_graph
from pardotflow.store.layout import Layout, write_private


def write_compiled(project: Project, catalog: Catalog, layout: Layout) -> list[Path]:
    """Write everything into the environment's `compiled` folder; returns the files in order."""
    folder = layout.compiled
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for old in folder.glob("*.*"):
        old.unlink()
    files = {"00_normal_forms.sql": render("normal_forms")}
    for model in project.models:
        files[f"model_{model.name}.sql"] = model.sql + "\n"
    syncs, _ = open_rows(project, catalog)
    for position, sync in enumerate(syncs, start=1):
        written = statements(sync, Focus(), share=project.environment.ampsea)
        written += second_look(sync, Focus()) if sync.creates else []
        parts = [f"-- {step.name}\n{step.sql.strip()}\n" for step in written]
        files[f"{position:02d}_sync_{sync.name}.sql"] = "\n".join(parts)
    steps = [{"step": str(s), "kind": str(s.kind), "needs": list(s.needs)} for s in build_graph(project).steps]
    files["graph.json"] = json.dumps(steps, indent=2) + "\n"
    for name, text in files.items():
        write_private(folder / name, text)
    return [folder / name for name in files]
