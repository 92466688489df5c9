"""How hard the properties of this folder are tried: `ci` is the same every time, `thorough` looks further.

Set PARDOTFLOW_HYPOTHESIS=thorough for a thousand examples of each (or PARDOTFLOW_EXAMPLES), and to have a failing
example made small, for which `ci` takes no time.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.engine.harness import World, new_world

_QUIET = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture)
_EXAMPLES = int(os.environ.get("PARDOTFLOW_EXAMPLES", "1000"))
_ALL_BUT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
settings.register_profile(
    "ci",
    deadline=None,
    derandomize=True,
    max_examples=24,
    phases=_ALL_BUT_SHRINKING,
    report_multiple_bugs=False,
    suppress_health_check=_QUIET,
)
settings.register_profile("thorough", deadline=None, max_examples=_EXAMPLES, suppress_health_check=_QUIET)
settings.load_profile(os.environ.get("PARDOTFLOW_HYPOTHESIS", "ci"))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world without syncs."""
    with new_world(tmp_path / "world") as made:
        yield made
