"""Worlds that are less kind than the usual one: connectors that keep things back, and a warehouse beside the systems.

The usual fake shows every record, ignores filters and always answers; each connector here is worse in one way. The
warehouse has one table of rows with a key `k`, which the model `usage` shows as they are.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import yaml

from pardotflow.connectors.protocol import Answer, Extract, PreparedRequest, ReadRequest, Row, RowResult, ignore_handle
from pardotflow.core.errors import OutcomeUnknown, ServerTrouble, Unreachable
from pardotflow.core.values import System
from tests.engine.fakes import FakeConnector
from tests.engine.harness import NO_LIMITS, SOURCES, World, Yaml
from tests.engine.vendor import Record, Version

ENVIRONMENT = "type: emulator\nconnections:\n  warehouse: {type: files, path: warehouse}\n"
TABLE: Yaml = {"source": "usage_rows", "connection": "warehouse", "file": "usage.csv"}
PROSPECTS: Yaml = {"pardot": {"object": "prospect"}}
LEADS: Yaml = {"salesforce": {"objects": ["Lead"]}}
_TEST = re.compile(r"(\w+) ?(!?=) ?'?([^')&]*)")


class FilteringConnector(FakeConnector):
    """Shows what the filter of a request finds: `Field = 'value'`, `Field != 'value'`, or any of several."""

    def _seen(self, request: ReadRequest) -> Iterator[tuple[Record, Version]]:
        tests = _TEST.findall(request.where or "")
        for record, version in super()._seen(request):
            values = {"Id": record.id, **version.values}
            passed = [(values.get(field) == unquote(value)) == (sign == "=") for field, sign, value in tests]
            if any(passed) or not tests:
                yield record, version


class PartialConnector(FakeConnector):
    """Keeps some records back, and says that its reads are not complete."""

    def __init__(self, usual: FakeConnector, kept_back: tuple[str, ...]) -> None:
        super().__init__(usual.vendor, usual.log)
        self.kept_back = kept_back

    def _seen(self, request: ReadRequest) -> Iterator[tuple[Record, Version]]:
        return ((r, v) for r, v in super()._seen(request) if r.id not in self.kept_back)

    def read(self, request: ReadRequest, into: Path) -> Extract:
        """Land the rest."""
        return replace(super().read(request, into), complete=False)


class LosingConnector(FakeConnector):
    """Writes what it is sent, and its answer never comes; `meanwhile` happens while the request is under way."""

    def __init__(self, usual: FakeConnector, meanwhile: Callable[[], None]) -> None:
        super().__init__(usual.vendor, usual.log)
        self.meanwhile = meanwhile

    def send(self, prepared: PreparedRequest, *, note: Callable[[str], None] = ignore_handle) -> Answer:
        """Write, and break off."""
        self.meanwhile()
        super().send(prepared, note=note)
        raise OutcomeUnknown("the connection broke", system=str(self.system))


class VanishingConnector(FakeConnector):
    """Nothing that it is sent arrives, and nobody knows."""

    def send(self, prepared: PreparedRequest, *, note: Callable[[str], None] = ignore_handle) -> Answer:
        """Break off."""
        raise OutcomeUnknown("the connection broke", system=str(self.system))


class BreakingConnector(FakeConnector):
    """Writes the first request and answers with a fault of its own; after that it is not reached any more."""

    is_broken = False

    def send(self, prepared: PreparedRequest, *, note: Callable[[str], None] = ignore_handle) -> Answer:
        """Write, and break."""
        if self.is_broken:
            raise Unreachable("there is no network", system=str(self.system))
        self.is_broken = True
        super().send(prepared, note=note)
        raise OutcomeUnknown("the server broke", system=str(self.system)) from ServerTrouble("500")


class BlindConnector(FakeConnector):
    """Makes records, and tells no id: who is connected may not see them."""

    def _write(self, prepared: PreparedRequest, row: Row) -> RowResult:
        result = super()._write(prepared, row)
        return replace(result, id="", fields=None) if result.created else result


class DeafConnector(FakeConnector):
    """Confirms every row, and writes none."""

    def _write(self, prepared: PreparedRequest, row: Row) -> RowResult:
        self._keep(prepared, row, ok=True)
        return RowResult(key=row.key, ok=True, id=row.id)


@contextmanager
def instead(world: World, connector: FakeConnector) -> Iterator[None]:
    """This connector in the place of the usual one of its system, for a while."""
    system = str(connector.system)
    usual = world.connectors[system]
    world.connectors[system] = connector
    try:
        yield
    finally:
        world.connectors[system] = usual


def filtering(world: World, system: System) -> AbstractContextManager[None]:
    """For a while, filters work."""
    usual = world.fakes[system]
    return instead(world, FilteringConnector(usual.vendor, usual.log))


def partial(world: World, system: System, *kept_back: str) -> AbstractContextManager[None]:
    """For a while, these records are kept back, and the system says that something is missing."""
    return instead(world, PartialConnector(world.fakes[system], kept_back))


def lost_answers(
    world: World, system: System, meanwhile: Callable[[], None] = lambda: None
) -> AbstractContextManager[None]:
    """For a while, what is sent arrives and its answer does not."""
    return instead(world, LosingConnector(world.fakes[system], meanwhile))


def lost_requests(world: World, system: System) -> AbstractContextManager[None]:
    """For a while, nothing arrives, and nobody knows."""
    usual = world.fakes[system]
    return instead(world, VanishingConnector(usual.vendor, usual.log))


def deaf(world: World, system: System) -> AbstractContextManager[None]:
    """For a while, the system says yes and does nothing."""
    usual = world.fakes[system]
    return instead(world, DeafConnector(usual.vendor, usual.log))


def add_warehouse(world: World, *rows: str) -> None:
    """Give the project its warehouse; the first row names the columns."""
    for folder in ("warehouse", "models"):
        (world.root / folder).mkdir()
    (world.root / "environments/dev.yml").write_text(ENVIRONMENT, "utf-8")
    (world.root / "models/usage.sql").write_text("select * from {{ source('usage_rows') }}\n", "utf-8")
    sources = {"sources": [*SOURCES["sources"], TABLE]}
    (world.root / "sources/all.yml").write_text(yaml.safe_dump(sources), "utf-8")
    fill_warehouse(world, *rows)


def fill_warehouse(world: World, *rows: str) -> None:
    """Replace the rows of the table."""
    (world.root / "warehouse/usage.csv").write_text("\n".join(rows) + "\n", "utf-8")


def usage(name: str, side: Yaml, match: Iterable[Yaml], fields: Iterable[Yaml], **more: Any) -> Yaml:
    """A sync of this name from the warehouse into a side."""
    sync: dict[str, Any] = {
        "sync": name,
        "sides": {"warehouse": {"model": "usage", "key": "k"}, **side},
        "match": [dict(k) for k in match],
        "fields": [dict(f) for f in fields],
        "guards": dict(NO_LIMITS),
    }
    return sync | more
