"""What is installed is whole: every module, SQL template, table and schema that stands in the checkout."""

from importlib import metadata

import pytest

from tests.house.source import PACKAGE, ROOT


def test_the_installed_distribution_has_every_file() -> None:
    installed = {str(file) for file in metadata.files("pardotflow") or ()}
    if "pardotflow/__init__.py" not in installed:
        pytest.skip("installed as editable: nothing was packed")
    here = {path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    wanted = {str(path.relative_to(ROOT)) for path in here}
    wanted |= {f"pardotflow/schemas/{path.name}" for path in (ROOT / "schemas").glob("*.schema.json")}
    assert wanted - installed == set()
    packed = {name for name in installed if name.startswith("pardotflow/") and "__pycache__" not in name}
    assert packed - wanted == set()
