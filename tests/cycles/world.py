"""A project folder, the emulator over real HTTP, and the real connectors between.

The clock of both stands still until a test moves it, or something waits.
"""

import csv
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

import yaml

from pardotflow.cli.emulated import endpoints
from pardotflow.config.connections import Sending
from pardotflow.config.load import load_project
from pardotflow.core.progress import NullProgress
from pardotflow.emulator.seeding import seed
from pardotflow.engine.apply import Applied, ApplyRequest, apply_plan
from pardotflow.engine.checks import check_all
from pardotflow.engine.connect import open_connectors, read_catalog, read_identities
from pardotflow.engine.planner import PlanRequest, make_plan
from pardotflow.store.layout import Layout
from pardotflow.store.ledger import Ledger
from pardotflow.store.origin import bind_snapshots
from tests.cycles.draws import Business, Row
from tests.cycles.owners import GROUPS, UNIT_USERS, USERS
from tests.cycles.schema import seed_schema
from tests.cycles.state import State
from tests.emulator.running import Emulator, running
from tests.engine.harness import LOOSE, PROJECT, SOURCES, SavedPlan, read_plan

BEGIN = "2026-03-02T09:00:00Z"
VALUE_MAP = "salesforce,pardot\nWeb,web\nFair,fair\n"


class EmulatorClock:
    """The emulator's own clock, which stands still. Waiting moves it, so that what is waited for comes to be."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._now: datetime | None = None
        """Not asked again until it was moved."""
        self._lock = Lock()

    def now(self) -> datetime:
        """The time over there."""
        with self._lock:
            if self._now is None:
                self._now = datetime.fromisoformat(self._emulator.plain.get("/__admin/clock").json()["now"])
            return self._now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        with self._lock:
            self._emulator.advance(seconds)
            self._now = None


BY_JOBS = Sending(jobs_from={"salesforce": 1, "pardot": 1})
"""What can go by a job does, however few records there are."""


class World:
    """A business that is planned and applied."""

    def __init__(self, root: Path, emulator: Emulator, business: Business) -> None:
        self.root, self.emulator, self.business = root, emulator, business
        self.clock = EmulatorClock(emulator)
        self.layout = Layout(root=root / ".pardotflow/dev")
        self.layout.prepare()
        self.ledger = Ledger(self.layout.ledger)
        where = endpoints(emulator.data, emulator.plain.base_url.port or 0)
        self.connectors = open_connectors(where, self.clock, BY_JOBS if business.by_jobs else None)
        self.identities = read_identities(self.connectors, where, self.ledger)
        bind_snapshots(self.layout.snapshots, {s: i.organization_id for s, i in self.identities.items()}, renew=False)
        loaded = load_project(root, "dev", {}, environ={})
        assert loaded.project is not None, [d.message for d in loaded.diagnostics]
        self.project = loaded.project
        self.catalog = read_catalog(self.project, self.connectors, self.ledger, self.clock, NullProgress())
        wrong = [d.message for d in check_all(self.project, self.catalog) if d.severity == "error"]
        assert not wrong, wrong

    def close(self) -> None:
        """Close what is open."""
        self.ledger.close()
        for connector in self.connectors.values():
            connector.close()

    def state(self) -> State:
        """What the systems hold now."""
        return State(self.emulator.data)

    def requests(self) -> list[dict[str, Any]]:
        """What the systems were asked since it was forgotten, oldest first, each with its `writes`."""
        answer = self.emulator.plain.get("/__admin/requests", params={"writes": "true"})
        found: list[dict[str, Any]] = answer.json()["requests"]
        return found

    def forget_requests(self) -> None:
        """Begin to listen anew."""
        assert self.emulator.plain.delete("/__admin/requests").status_code == 204

    def tick(self, seconds: float) -> None:
        """Move the clock on."""
        self.clock.sleep(seconds)

    def plan(self, **more: Any) -> SavedPlan:
        """Plan now."""
        return read_plan(make_plan(PlanRequest(**self._means(), **more)))

    def apply(self, plan: SavedPlan) -> Applied:
        """Apply a plan now, past every guard."""
        allow = {g["guard"]: LOOSE for g in plan["guards"]}
        return apply_plan(ApplyRequest(**self._means(), plan=plan.path, allow=allow))

    def _means(self) -> dict[str, Any]:
        return {
            "project": self.project,
            "catalog": self.catalog,
            "connectors": self.connectors,
            "identities": self.identities,
            "layout": self.layout,
            "ledger": self.ledger,
            "clock": self.clock,
            "progress": NullProgress(),
        }


@contextmanager
def opened(root: Path, business: Business) -> Iterator[World]:
    """A world in which these people are known since a while."""
    _write_project(root, business)
    _write_seed(root / "seed", business.rows)
    data = root / "emulator.db"
    report = seed(data, root / "seed")
    assert not report.problems, report.problems
    with running(data) as emulator:
        emulator.switch(**business.switches)
        assert emulator.plain.put("/__admin/clock", json={"now": BEGIN, "frozen": True}).status_code == 200
        world = World(root, emulator, business)
        try:
            yield world
        finally:
            world.close()


def _write_project(root: Path, business: Business) -> None:
    for folder in ("environments", "sources", "syncs", "seed"):
        (root / folder).mkdir(parents=True)
    environment = {"type": "emulator", "ampsea": bool(business.switches["ampsea"])}
    (root / "pardotflow.yml").write_text(PROJECT, "utf-8")
    (root / "environments/dev.yml").write_text(yaml.safe_dump(environment), "utf-8")
    (root / "sources/all.yml").write_text(yaml.safe_dump(dict(SOURCES)), "utf-8")
    (root / "syncs/people.yml").write_text(json.dumps(business.sync, ensure_ascii=False), "utf-8")
    (root / "syncs/sources.csv").write_text(VALUE_MAP, "utf-8")


def _write_seed(folder: Path, rows: Mapping[str, tuple[Row, ...]]) -> None:
    (folder / "schema.yml").write_text(yaml.safe_dump(seed_schema()), "utf-8")
    for file, rows_of in (("User.csv", USERS), ("Group.csv", GROUPS), ("pardot_users.csv", UNIT_USERS)):
        _write_table(folder / file, [dict(row) for row in rows_of])
    stamps = {"prospect": "updatedAt", "Contact": "SystemModstamp", "Lead": "SystemModstamp"}
    for name, file in (("Contact", "Contact.csv"), ("Lead", "Lead.csv"), ("prospect", "prospects.csv")):
        _write_table(folder / file, [{**row, stamps[name]: "2026-01-10 08:00:00"} for row in rows[name]])


def _write_table(file: Path, rows: list[Row]) -> None:
    columns = dict.fromkeys(c for row in rows for c in row)
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(columns))
        writer.writeheader()
        writer.writerows(rows)
