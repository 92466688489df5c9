"""A PostgreSQL server for the tests of what is remembered."""

from collections.abc import Iterator

import pytest

from tests.postgres import serving_postgres


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of an empty server."""
    with serving_postgres() as url:
        yield url
