"""Who may import whom: the table of docs/architecture.md, read from the imports."""

import ast

import pytest

from tests.house.source import ROOT, modules

MAY_IMPORT = {
    "core": set(),
    "config": {"core"},
    "graph": {"core", "config"},
    "plan": {"core"},
    "connectors": {"core"},
    "store": {"core", "plan"},
    "engine": {"core", "config", "graph", "plan", "connectors", "store"},
    "quality": {"core", "config", "graph", "plan", "connectors", "store", "engine"},
    "schedule": {"core", "config", "graph", "plan", "connectors", "store", "engine", "quality"},
    "views": {"core", "plan"},
    "emulator": set(),
    "cli": {"core", "config", "graph", "plan", "connectors", "store", "engine", "quality", "views", "emulator"},
}


def imported(tree: ast.Module) -> set[str]:
    """Every module of the package that a tree imports, at any depth of it."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
        assert not (isinstance(node, ast.ImportFrom) and node.level), "relative imports hide the arrows"
    return {name for name in found if name.split(".")[0] == "pardotflow"}


@pytest.mark.parametrize("name", [n for n in modules() if "/" in n])
def test_no_arrow_outside_the_table(name: str) -> None:
    package = name.split("/")[0]
    for target in imported(modules()[name]):
        other = target.split(".")[1] if "." in target else ""
        assert other in MAY_IMPORT[package] | {package, ""}, f"{name} imports {target}"


def test_the_emulator_knows_nothing_of_ours() -> None:
    for name, tree in modules().items():
        if name.startswith("emulator/"):
            assert {t.split(".")[1] for t in imported(tree)} <= {"emulator"}, name


def test_core_needs_the_standard_library_only() -> None:
    outside = {"duckdb", "httpx", "jinja2", "jsonschema", "rich", "sqlglot", "starlette", "typer", "uvicorn", "yaml"}
    for name, tree in modules().items():
        if name.startswith("core/"):
            used = {a.name.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
            used |= {n.module.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module}
            assert not used & outside, name


def test_the_table_is_the_one_of_the_page() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for package in {name.split("/")[0] for name in modules() if "/" in name}:
        assert f"| `{package}` |" in page
