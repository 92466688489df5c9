"""How hard the properties of this folder are tried: `ci` is the same every time, `thorough` looks further.

Set PARDOTFLOW_HYPOTHESIS=thorough for a thousand examples of each.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.engine.harness import World, new_world

_QUIET = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture)
settings.register_profile("ci", deadline=None, derandomize=True, max_examples=40, suppress_health_check=_QUIET)
settings.register_profile("thorough", deadline=None, max_examples=int(os.environ.get("PARDOTFLOW_EXAMPLES", "1000")), suppress_health_check=_QUIET)
settings.load_profile(os.environ.get("PARDOTFLOW_HYPOTHESIS", "ci"))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world without syncs."""
    with new_world(tmp_path / "world") as made:
        yield made
