"""One emulator for the tests of a module, and both connectors to it over real HTTP. Its clock stands still: what waits
moves it, so that a job takes exactly as long as its switch says."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pardotflow.emulator.seeding import seed
from tests.emulator.running import running

from .routed import Routed

FOLDER = Path(__file__).parents[2] / "emulator/seed"


@pytest.fixture(scope="session")
def routed_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data file that is only copied, never served."""
    data = tmp_path_factory.mktemp("routed") / "template.db"
    assert not seed(data, FOLDER).problems
    return data


@pytest.fixture(scope="module")
def routed(routed_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Routed]:
    """The emulator of a module."""
    data = Path(shutil.copy(routed_template, tmp_path_factory.mktemp("served") / "emulator.db"))
    with running(data) as emulator:
        found = Routed(emulator)
        try:
            yield found
        finally:
            found.close()
