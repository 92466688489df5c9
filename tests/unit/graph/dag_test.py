"""The steps of a project: what each needs, and the one order in which they run."""

from graphlib import CycleError
from pathlib import Path

import pytest

from pardotflow.config.load import load_project
from pardotflow.config.project import Project
from pardotflow.graph.dag import build_graph

FILES = {
    "pardotflow.yml": "name: acme\nversion: 1\n",
    "environments/dev.yml": "type: emulator\nconnections: {warehouse: {type: files, path: warehouse}}\n",
    "sources/all.yml": """sources:
  - {source: usage, connection: warehouse, file: usage.csv}
  - {source: leads, connection: salesforce, object: Lead}
  - {source: prospects, connection: pardot, object: prospect}
""",
    "models/a_late.sql": "select email, plan from {{ ref('early') }} join {{ source('leads') }} using (email)\n",
    "models/early.sql": "select email, plan from {{ source('usage') }}\n",
    "syncs/usage.yml": """sync: usage
sides: {pardot: {object: prospect}, warehouse: {model: a_late, key: email}}
match: [email]
fields: [{warehouse: plan, pardot: source}]
""",
    "syncs/people.yml": """sync: people
sides: {pardot: {object: prospect}, salesforce: {object: lead}}
match: [email]
fields: [{salesforce: City, pardot: city}]
""",
}


def read(root: Path, **changed: str) -> Project:
    for name, text in {**FILES, **{f"models/{k}.sql": v for k, v in changed.items()}}.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text)
    loaded = load_project(root, None, {})
    assert loaded.project is not None, loaded.diagnostics
    return loaded.project


def test_every_step_comes_after_what_it_needs_and_else_in_the_order_of_the_files(tmp_path: Path) -> None:
    graph = build_graph(read(tmp_path))
    assert [str(s) for s in graph.steps] == [
        "source:usage",
        "source:leads",
        "source:prospects",
        "model:early",
        "model:a_late",
        "sync:people",
        "sync:usage",
    ]
    assert graph.step("model:a_late").needs == ("source:leads", "model:early")
    assert graph.step("sync:people").needs == ("source:leads", "source:prospects")
    assert graph.step("sync:usage").needs == ("model:a_late", "source:prospects")


def test_the_part_that_a_step_needs(tmp_path: Path) -> None:
    graph = build_graph(read(tmp_path))
    assert [str(s) for s in graph.upstream(["model:a_late"]).steps] == [
        "source:usage",
        "source:leads",
        "model:early",
        "model:a_late",
    ]
    assert graph.upstream(str(s) for s in graph.steps) == graph
    with pytest.raises(KeyError):
        graph.upstream(["sync:nothing"])


def test_a_circle_has_no_order(tmp_path: Path) -> None:
    with pytest.raises(CycleError):
        build_graph(read(tmp_path, early="select email, plan from {{ ref('a_late') }}"))


def test_equal_projects_have_equal_graphs(tmp_path: Path) -> None:
    assert build_graph(read(tmp_path)) == build_graph(read(tmp_path))
