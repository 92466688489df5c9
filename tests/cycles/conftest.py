"""Which businesses are tried: the same few in CI, as many others as PARDOTFLOW_CYCLES asks for.

`PARDOTFLOW_CYCLES=1000 pytest tests/cycles` runs a thousand cycles from a random start, which the head of the run
shows. PARDOTFLOW_CYCLES_START sets the start, so that a run, or one failing number, can be had again.
"""

import os
from collections import Counter
from collections.abc import Iterator
from random import SystemRandom

import pytest

from tests.cycles.happened import missing
from tests.cycles.turn import CYCLES

IN_CI = 60
COUNT, START = "PARDOTFLOW_CYCLES", "PARDOTFLOW_CYCLES_START"
PARTS = ("cycles_a_test", "cycles_b_test", "cycles_c_test", "cycles_d_test")
"""Modules that share the numbers, because one worker runs a whole module."""


def pytest_configure(config: pytest.Config) -> None:
    """Choose a start before the workers begin, so that all of them have the same."""
    if os.environ.get(COUNT) and not os.environ.get(START):
        os.environ[START] = str(SystemRandom().randrange(10**6, 10**9))


def pytest_report_header(config: pytest.Config) -> str:
    """Where the numbers begin."""
    return f"cycles: {asked()} from {start()}"


def asked() -> int:
    """The number of cycles."""
    return int(os.environ.get(COUNT) or IN_CI)


def start() -> int:
    """The first number."""
    return int(os.environ.get(START) or 0)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give every part its share of the numbers."""
    if "business" in metafunc.fixturenames:
        part = PARTS.index(metafunc.module.__name__.rpartition(".")[2])
        count = -(-asked() // CYCLES)
        metafunc.parametrize("business", [start() + n for n in range(count) if n % len(PARTS) == part])


@pytest.fixture(scope="module")
def lived() -> Iterator[list[Counter[str]]]:
    """What happened in each business of a module; fails at its end where something that people try never came about."""
    businesses: list[Counter[str]] = []
    yield businesses
    never = missing(businesses)
    assert not never, f"in {len(businesses)} businesses this never happened: {never}"
