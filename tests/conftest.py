"""What all tests share: the marks that stand beside those of the project's configuration."""

import gc

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Make the marks known; an unknown mark is an error."""
    config.addinivalue_line("markers", "slow: takes longer than a few seconds; leave out with -m 'not slow'")


def pytest_collection_finish() -> None:
    """Thousands of tests and the libraries stay to the end: cycles are looked for among what is made from now on, and
    as often as a command looks for them."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
