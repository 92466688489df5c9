"""Systems are read at the same time; a failure of one ends the others."""

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from pardotflow.connectors.protocol import Connector, Extract, ReadRequest
from pardotflow.core.errors import ServerTrouble
from pardotflow.core.progress import NullProgress
from pardotflow.engine.extract import Refreshed, Wanted, refresh
from pardotflow.engine.session import open_session
from pardotflow.store.layout import Layout

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
WANTED = tuple(
    Wanted(connection=connection, object=item, fields=("email",), where="", sweep=())
    for connection, item in (("salesforce", "Contact"), ("salesforce", "Lead"), ("pardot", "prospect"))
)


@dataclass
class Reads:
    """A connector that waits for another one before it answers."""

    meets: threading.Barrier
    fails: bool = False
    asked: list[str] = field(default_factory=list)
    closed: bool = False

    def read(self, request: ReadRequest, into: Path) -> Extract:
        self.asked.append(request.object)
        if len(self.asked) == 1:
            self.meets.wait(timeout=20)
        if self.fails:
            raise ServerTrouble("it is down", system="x")
        into.mkdir(parents=True)
        return Extract(files=(), rows=0, calls=1, server_time_at_start=NOW, complete=True, records_pointer="/records")

    def close(self) -> None:
        self.closed = True


def refreshed(root: Path, salesforce: Reads, pardot: Reads) -> list[Refreshed]:
    layout = Layout(root=root)
    connectors = {"salesforce": cast(Connector, salesforce), "pardot": cast(Connector, pardot)}
    with open_session(layout) as con:
        try:
            return refresh(con, connectors, WANTED, layout, NOW, NullProgress())
        finally:
            assert not layout.landing.exists()


def test_two_systems_are_read_at_the_same_time(tmp_path: Path) -> None:
    meets = threading.Barrier(2)
    salesforce, pardot = Reads(meets), Reads(meets)
    found = refreshed(tmp_path, salesforce, pardot)
    assert [(r.coverage.system, r.coverage.object) for r in found] == [(w.connection, w.object) for w in WANTED]
    assert (salesforce.asked, pardot.asked) == (["Contact", "Lead"], ["prospect"])


def test_after_a_failure_nothing_more_is_asked(tmp_path: Path) -> None:
    meets = threading.Barrier(2)
    salesforce, pardot = Reads(meets, fails=True), Reads(meets)
    with pytest.raises(ServerTrouble):
        refreshed(tmp_path, salesforce, pardot)
    assert salesforce.asked == ["Contact"]
    assert (salesforce.closed, pardot.closed) == (True, True)
