"""A real project on disk between two fake systems: write the YAML, plan, apply, look at the plan.

Everything between the YAML and the connectors is the product's own; the clock moves only when a test says so.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pardotflow.config.load import load_project
from pardotflow.config.meaning import check_project
from pardotflow.config.project import Project
from pardotflow.connectors.protocol import Connector
from pardotflow.core.describe import FieldInfo
from pardotflow.core.progress import NullProgress
from pardotflow.core.values import System
from pardotflow.engine.apply import Applied, ApplyRequest, apply_plan
from pardotflow.engine.planner import PlanRequest, make_plan
from pardotflow.engine.why import explain_record
from pardotflow.plan.explanation import Explanation
from pardotflow.plan.file import filled, open_plan, read_meta
from pardotflow.plan.guardnames import full_name
from pardotflow.store.layout import Layout
from pardotflow.store.ledger import Ledger
from tests.engine.fakes import FakeConnector, Sent
from tests.engine.schema import catalog_of, objects_of
from tests.engine.vendor import FakeClock, Vendor

Yaml = Mapping[str, Any]
NO_LIMITS: Yaml = dict.fromkeys(("updates", "deletes", "opt_ins", "clears", "emails"), 10**6)
LOOSE = 10**9
PROJECT = "name: laws\nversion: 1\ndefault_environment: dev\n"
SOURCES: Yaml = {
    "sources": [
        {"source": "contacts", "connection": "salesforce", "object": "Contact"},
        {"source": "leads", "connection": "salesforce", "object": "Lead"},
        {"source": "prospects", "connection": "pardot", "object": "prospect"},
    ]
}


def people(fields: Iterable[Yaml], **more: Any) -> Yaml:
    """A sync between leads, contacts and prospects with these mappings."""
    sync: dict[str, Any] = {
        "sync": "people",
        "sides": {"salesforce": {"objects": ["Contact", "Lead"]}, "pardot": {"object": "prospect"}},
        "match": ["salesforce_id"],
        "fields": [dict(f) for f in fields],
        "guards": dict(NO_LIMITS),
    }
    return sync | more


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPlan:
    """A plan file, read into memory."""

    path: Path
    meta: Mapping[str, str]
    tables: Mapping[str, list[dict[str, Any]]]

    def __getitem__(self, table: str) -> list[dict[str, Any]]:
        return self.tables[table]

    @property
    def sendable(self) -> list[dict[str, Any]]:
        """The field changes that an apply would send, with their records."""
        records = {c["change"]: c for c in self.tables["changes"] if c["sendable"]}
        fields = [f for f in self.tables["field_changes"] if f["sendable"] and f["change"] in records]
        return [{**f, **{k: records[f["change"]][k] for k in ("system", "object", "id", "action")}} for f in fields]

    @property
    def turned(self) -> set[tuple[str, str]]:
        """Action and id of every record that goes to the recycle bin or comes out of it."""
        return {(c["action"], c["id"]) for c in self.tables["changes"] if c["action"] in ("delete", "undelete")}


TABLES = (
    "changes",
    "field_changes",
    "conflicts",
    "held",
    "accepted",
    "ambiguities",
    "skipped",
    "guards",
    "notes",
    "links",
    "bases",
    "agreed",
    "identity",
    "unsettled",
    "flipflops",
    "recycled",
    "kept",
    "mappings",
    "consent",
    "opted_out",
    "user_names",
    "left_out",
    "coverage",
    "routes",
)


def read_plan(path: Path) -> SavedPlan:
    """Every table that the tests look at. Whatever a plan holds, it says why."""
    tables = dict[str, list[dict[str, Any]]]()
    with open_plan(path) as con:
        # Most are empty, and an order that is made here is cheaper than one that is asked for.
        some = filled(con, [f"plan.{table}" for table in TABLES])
        for table in TABLES:
            tables[table] = []
            if f"plan.{table}" in some:
                found = con.execute(f"from plan.{table}")
                names = [c[0] for c in found.description or []]
                lines = sorted(found.fetchall(), key=lambda row: [(value is None, value) for value in row])
                tables[table] = [dict(zip(names, row, strict=True)) for row in lines]
                assert all(line.get("reason", "none is asked") for line in tables[table]), (table, tables[table])
        return SavedPlan(path=path, meta=read_meta(con), tables=tables)


class World:
    """A project, its two systems, and a clock."""

    def __init__(
        self,
        root: Path,
        more: Mapping[System, Iterable[FieldInfo]] | None = None,
        own: Mapping[str, Iterable[FieldInfo]] | None = None,
    ) -> None:
        self.root = root
        self.clock = FakeClock()
        infos = {s: objects_of(s, (more or {}).get(s, ()), own) for s in (System.SALESFORCE, System.PARDOT)}
        self.catalog = catalog_of(infos)
        self.crm = Vendor(System.SALESFORCE, infos[System.SALESFORCE], self.clock)
        self.unit = Vendor(System.PARDOT, infos[System.PARDOT], self.clock)
        self._log: list[Sent] = []
        self.fakes = {v.system: FakeConnector(v, self._log) for v in (self.crm, self.unit)}
        self.connectors: dict[str, Connector] = {str(s): c for s, c in self.fakes.items()}
        self.project: Project
        for folder in ("environments", "sources", "syncs"):
            (root / folder).mkdir(parents=True)
        (root / "pardotflow.yml").write_text(PROJECT, "utf-8")
        (root / "environments/dev.yml").write_text("type: emulator\n", "utf-8")
        (root / "sources/all.yml").write_text(yaml.safe_dump(SOURCES), "utf-8")
        self.layout = Layout(root=root / ".pardotflow/dev")
        self.layout.prepare()
        self.ledger = Ledger(self.layout.ledger)

    def write(self, name: str, text: str) -> None:
        """Put a file into the folder of the syncs."""
        (self.root / "syncs" / name).write_text(text, "utf-8")

    def configure(self, *syncs: Yaml) -> None:
        """Replace the syncs; the files must be without error."""
        for old in (self.root / "syncs").glob("*.yml"):
            old.unlink()
        for sync in syncs:
            self.write(f"{sync['sync']}.yml", yaml.safe_dump(dict(sync), allow_unicode=True))
        loaded = load_project(self.root, "dev", {}, environ={})
        assert loaded.project is not None, [d.message for d in loaded.diagnostics]
        wrong = [d.message for d in check_project(loaded.project, self.catalog) if d.severity == "error"]
        assert not wrong, wrong
        self.project = loaded.project

    def plan(self, **more: Any) -> SavedPlan:
        """Plan now."""
        return read_plan(make_plan(self.request(**more)))

    def why(self, record: str, **more: Any) -> Explanation:
        """Explain a record, or a field of it, now."""
        return explain_record(self.request(record=record, **more))

    def request(self, **more: Any) -> PlanRequest:
        """What a plan is asked for."""
        return PlanRequest(
            project=self.project,
            catalog=self.catalog,
            connectors=self.connectors,
            identities={s: c.identity() for s, c in self.connectors.items()},
            layout=self.layout,
            ledger=self.ledger,
            clock=self.clock,
            progress=NullProgress(),
            **more,
        )

    def apply(self, plan: SavedPlan, *, allow: Mapping[str, int] | None = None, **more: Any) -> Applied:
        """Apply a plan now; past every guard, unless a test says which may pass. `more` as in ApplyRequest."""
        request = ApplyRequest(
            project=self.project,
            catalog=self.catalog,
            connectors=self.connectors,
            identities={s: c.identity() for s, c in self.connectors.items()},
            layout=self.layout,
            ledger=self.ledger,
            clock=self.clock,
            progress=NullProgress(),
            plan=plan.path,
            allow={full_name((g["sync"], g["guard"])): LOOSE for g in plan["guards"]} if allow is None else allow,
            **more,
        )
        return apply_plan(request)

    def settle(self, wait: float = 600) -> SavedPlan:
        """Plan, apply, and wait until every read shows it; returns the plan."""
        plan = self.plan()
        self.clock.tick(20)
        self.apply(plan)
        self.clock.tick(wait)
        return plan

    @property
    def log(self) -> list[Sent]:
        """Everything that was sent, in order."""
        return self._log

    def log_since(self, before: int) -> list[Sent]:
        """What was sent after the first so many rows, in order."""
        return self.log[before:]

    def close(self) -> None:
        """Close what is open."""
        self.ledger.close()

    # People

    def pair(self, crm: Yaml, unit: Yaml, *, object_name: str = "Contact") -> tuple[str, str]:
        """A record on each side, the prospect naming the other by its id."""
        head = {"LastName": "Berg"} | ({"Company": "Acme"} if object_name == "Lead" else {})
        record = self.crm.add(object_name, {**head, **crm})
        return record, self.unit.add("prospect", {"salesforceId": record, **unit})


@contextmanager
def new_world(
    root: Path,
    more: Mapping[System, Iterable[FieldInfo]] | None = None,
    own: Mapping[str, Iterable[FieldInfo]] | None = None,
) -> Iterator[World]:
    """A world that is closed at the end; `more` fields are those of a system's people, `own` those of one object."""
    world = World(root, more, own)
    try:
        yield world
    finally:
        world.close()
