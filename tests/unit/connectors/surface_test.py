"""The public names, and that both systems are connectors."""

import pytest

import pardotflow.connectors as connectors
from pardotflow.connectors import Connector, Operation, PreparedRequest
from pardotflow.connectors.times import parse_time
from pardotflow.core.values import System

from .wire import Wire, pardot, salesforce


def test_the_public_names_are_sorted_and_there() -> None:
    assert connectors.__all__ == sorted(connectors.__all__)
    assert all(hasattr(connectors, name) for name in connectors.__all__)


def test_both_systems_are_connectors() -> None:
    both: list[Connector] = [salesforce(Wire()), pardot(Wire())]
    assert [c.system for c in both] == [System.SALESFORCE, System.PARDOT]


def test_salesforce_leaves_no_jobs() -> None:
    prepared = PreparedRequest(
        system=System.SALESFORCE,
        kind=Operation.UPDATE,
        object="Lead",
        method="PATCH",
        path="/",
        headers=(),
        body=b"",
        calls=1,
        rows=(),
        ids=(),
    )
    with pytest.raises(ValueError, match="no job"):
        salesforce(Wire()).resume(prepared, "1")


def test_moments_are_utc() -> None:
    assert parse_time("2021-12-02T18:23:39.000+0000").isoformat() == "2021-12-02T18:23:39+00:00"
    assert parse_time("2025-05-16T11:27:08-07:00").isoformat() == "2025-05-16T18:27:08+00:00"
    with pytest.raises(ValueError, match="offset"):
        parse_time("2025-05-16T11:27:08")
