"""What all tests share: the marks that stand beside those of the project's configuration."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Make the marks known; an unknown mark is an error."""
    config.addinivalue_line("markers", "slow: takes longer than a few seconds; leave out with -m 'not slow'")
