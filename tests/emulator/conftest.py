"""Fixtures: a seeded data file, made once, and an emulator over a copy of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pardotflow.emulator.seeding import seed
from tests.emulator.running import Emulator, running

FOLDER = Path(__file__).parent / "seed"
TRACKING = """
salesforce:
  Lead:
    - {name: Status, trackHistory: true}
    - {name: OwnerId, trackHistory: true}
    - {name: DoNotCall, trackHistory: true}
    - {name: Description, trackHistory: true}
    - {name: Score__c, type: double, convertTo: [Contact.Rank__c, Account.Rank__c]}
  Contact:
    - {name: Phone, trackHistory: true}
    - {name: Rank__c, type: double}
  Account:
    - {name: Rank__c, type: double}
"""


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data file that is only copied, never served."""
    base = tmp_path_factory.mktemp("seed")
    report = seed(base / "template.db", FOLDER)
    assert not report.problems and not report.unknown_columns and not report.unknown_files
    return base / "template.db"


@pytest.fixture
def data(template: Path, tmp_path: Path) -> Path:
    """A data file of one test."""
    return Path(shutil.copy(template, tmp_path / "emulator.db"))


@pytest.fixture
def emulator(data: Path) -> Iterator[Emulator]:
    """A running emulator of one test."""
    with running(data) as made:
        yield made


@pytest.fixture(scope="module")
def shared(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """A running emulator for tests that only read."""
    data = Path(shutil.copy(template, tmp_path_factory.mktemp("shared") / "emulator.db"))
    with running(data) as made:
        yield made


@pytest.fixture
def tracking(tmp_path: Path) -> Iterator[Emulator]:
    """A running emulator that tracks fields and has mappings of its own, for conversions."""
    (tmp_path / "seed").mkdir()
    (tmp_path / "seed" / "schema.yml").write_text(TRACKING)
    seed(tmp_path / "people.db", tmp_path / "seed")
    with running(tmp_path / "people.db") as made:
        yield made
