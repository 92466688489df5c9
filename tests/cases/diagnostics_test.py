"""Broken projects and what a person is told about them.

Each folder of `diagnostics/` is a project with one kind of mistake; `expected.txt` is everything that is said, and
`case.yml` may give `environment`, `variables` and `environ`, and `rows: true` where the models are computed too. Where
there is a folder `tests`, its cases are run. Set
PARDOTFLOW_UPDATE=1 to write what is said now, and read the difference before you keep it.
"""

import os
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from pardotflow.config.findings import Findings
from pardotflow.config.frames import with_frames
from pardotflow.config.load import load_project
from pardotflow.config.project import Project
from pardotflow.core.describe import Catalog, FieldInfo, ObjectInfo
from pardotflow.core.diagnostic import Diagnostic, has_errors
from pardotflow.core.errors import InvalidProject
from pardotflow.core.values import FieldType
from pardotflow.engine.checks import check_all
from pardotflow.engine.session import prepared
from pardotflow.engine.warehouse import make_model_views, make_row_view, make_source_views
from pardotflow.quality.load import load_tests
from pardotflow.quality.run import run_tests
from pardotflow.views.diagnostics import render_diagnostic

HERE = Path(__file__).parent
CASES = sorted(p for p in (HERE / "diagnostics").iterdir() if p.is_dir())


def read_catalog() -> Catalog:
    """The small catalog that all cases share."""
    content = yaml.safe_load((HERE / "catalog.yml").read_text("utf-8"))
    objects = {}
    for connection, items in content.items():
        for name, fields in items.items():
            known = tuple(read_field(f) for f in fields)
            objects[(connection, name.lower())] = ObjectInfo(name=name, label=name, fields=known)
    return Catalog(objects=objects)


def read_field(value: dict[str, Any]) -> FieldInfo:
    """One field of the catalog; lists become tuples."""
    known: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in value.items()}
    known["type"] = FieldType(value.get("type", "text"))
    return FieldInfo(**known)


def told(folder: Path) -> str:
    """All diagnostics of a case as a person sees them."""
    file = folder / "case.yml"
    case = yaml.safe_load(file.read_text("utf-8")) if file.is_file() else {}
    loaded = load_project(folder, case.get("environment"), case.get("variables", {}), environ=case.get("environ", {}))
    found = loaded.diagnostics
    if loaded.project is not None:
        found += check_all(loaded.project, read_catalog())
        found += computed(loaded.project) if case.get("rows") and not has_errors(found) else ()
        found += of_cases(loaded.project) if (folder / "tests").is_dir() else ()
    text = "\n\n".join(render_diagnostic(d) for d in found) + "\n"
    return text.replace(str(folder), "PROJECT")


def computed(project: Project) -> tuple[Diagnostic, ...]:
    """What a plan says once it reads the rows of the project's files."""
    try:
        with prepared() as con:
            make_source_views(con, project, read_catalog(), ())
            make_model_views(con, project, project.models)
            for sync in project.syncs:
                make_row_view(con, project, sync.a)
    except InvalidProject as trouble:
        return with_frames(trouble.diagnostics, project.root)
    return ()


def of_cases(project: Project) -> tuple[Diagnostic, ...]:
    """What is said of the project's decision tests."""
    findings = Findings()
    run_tests(project, read_catalog(), load_tests(project.root, (), findings), findings)
    return with_frames(findings.diagnostics, project.root)


@pytest.mark.parametrize("folder", CASES, ids=[p.name for p in CASES])
def test_case(folder: Path) -> None:
    expected = folder / "expected.txt"
    if os.environ.get("PARDOTFLOW_UPDATE"):
        expected.write_text(told(folder), "utf-8")
    assert told(folder) == expected.read_text("utf-8")


def test_every_case_is_an_error_or_a_warning() -> None:
    assert len(CASES) >= 25
    assert all("[PF" in (folder / "expected.txt").read_text("utf-8") for folder in CASES)
