"""People whose interests stand in a field that holds several values, in the emulator over real HTTP."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from pardotflow.cli.emulated import endpoints
from pardotflow.emulator.seeding import seed
from pardotflow.engine.connect import open_connectors
from tests.cycles.draws import Business
from tests.cycles.schema import ORG
from tests.cycles.world import BEGIN, World
from tests.emulator.running import Emulator, running
from tests.engine.harness import PROJECT, Yaml, people

LONG_AGO = "2026-01-10 08:00:00"
MANY: Yaml = {"salesforce": "Many__c", "pardot": "many__c", "direction": "two_way", "on_blank": "clear"}
SCHEMA: Yaml = {
    "salesforce": {
        o: [
            {"name": "Many__c", "type": "multipicklist", "picklist": ["a", "b", "c"]},
            {"name": "Text__c", "type": "string", "length": 80},
            {"name": "Key__c", "type": "string", "length": 40, "externalId": True, "unique": True},
        ]
        for o in ("Contact", "Lead")
    },
    "pardot": {
        "custom_fields": [
            {"name": "many", "fieldId": "many", "type": "Multi-Select"},
            {"name": "box", "fieldId": "box", "type": "Checkbox"},
        ]
    },
    "org": dict(ORG),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """A project and its two systems before the first plan. `crm` and `unit` are rows by id; what a row does not say is
    blank, and prospects are linked to the contact of the same number."""

    crm: Sequence[str | None] = ()
    """By contact: what it has in Many__c."""
    unit: Sequence[str | None] = ()
    """By prospect: what it has in many__c, as JSON or a single value."""
    fields: Sequence[Yaml] = (MANY,)
    sync: Mapping[str, Any] | None = None
    source: Mapping[str, Any] | None = None
    switches: Mapping[str, Any] | None = None
    several_values: str = "array"
    models: Mapping[str, str] = field(default_factory=dict)
    """By name: the SQL."""


def contact(number: int) -> str:
    """The id of a contact."""
    return f"0035e00000A{number:04d}"


@contextmanager
def opened(root: Path, setup: Setup) -> Iterator[World]:
    """The world of a set-up, whose clock stands still."""
    sync = people(setup.fields, strength="apply", **(setup.sync or {}))
    prospects = {"source": "prospects", "connection": "pardot", "object": "prospect", **(setup.source or {})}
    crm = [{"source": o.lower(), "connection": "salesforce", "object": o} for o in ("Contact", "Lead")]
    texts = {
        "pardotflow.yml": PROJECT,
        "environments/dev.yml": yaml.safe_dump({"type": "emulator"}),
        "sources/all.yml": yaml.safe_dump({"sources": [*crm, prospects]}),
        "syncs/people.yml": yaml.safe_dump(dict(sync)),
        "seed/schema.yml": yaml.safe_dump(dict(SCHEMA)),
        **{f"models/{name}.sql": sql for name, sql in setup.models.items()},
    }
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    _write_rows(root, setup)
    report = seed(root / "emulator.db", root / "seed")
    assert not report.problems, report.problems
    with running(root / "emulator.db") as emulator:
        emulator.switch(**(setup.switches or {}))
        assert emulator.plain.put("/__admin/clock", json={"now": BEGIN, "frozen": True}).status_code == 200
        world = World(root, emulator, Business(sync=sync, switches={}, rows={}))
        _write_as(world, emulator, setup.several_values)
        try:
            yield world
        finally:
            world.close()


def _write_rows(root: Path, setup: Setup) -> None:
    contacts = [
        {"Id": contact(n), "LastName": f"L{n}", "Email": f"p{n}@x.org", "Many__c": value, "SystemModstamp": LONG_AGO}
        for n, value in enumerate(setup.crm)
    ]
    prospects = [
        {
            "id": str(100 + n),
            "email": f"p{n}@x.org",
            "lastName": f"L{n}",
            "salesforceId": contact(n) if n < len(setup.crm) else None,
            "many__c": value,
            "updatedAt": LONG_AGO,
        }
        for n, value in enumerate(setup.unit)
    ]
    for file, rows in (("Contact.csv", contacts), ("prospects.csv", prospects)):
        if rows:
            with (root / "seed" / file).open("w", encoding="utf-8", newline="") as stream:
                writer = csv.DictWriter(stream, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)


def _write_as(world: World, emulator: Emulator, form: str) -> None:
    """The connection to Pardot with another form of several values."""
    where = endpoints(emulator.data, emulator.plain.base_url.port or 0)
    where = replace(where, pardot={**where.pardot, "several_values": form})
    world.connectors["pardot"].close()
    world.connectors["pardot"] = open_connectors(where, world.clock)["pardot"]
    world.connectors["pardot"].describe("prospect")


def single_reads(world: World) -> list[str]:
    """The ids of the prospects that were asked for alone since it was forgotten, in order."""
    paths = [r["path"].partition("?")[0] for r in world.requests() if r["method"] == "GET"]
    found = [p.rpartition("/")[2] for p in paths if "/objects/prospects/" in p]
    return sorted(i for i in found if i.isdecimal())


def stored(world: World) -> dict[str, tuple[Any, Any]]:
    """By number: what the contact and the prospect of a pair hold."""
    records = world.state().records
    crm = {str(row["Email"])[1:].split("@")[0]: row["Many__c"] for (o, _), row in records.items() if o == "Contact"}
    unit = {str(row["email"])[1:].split("@")[0]: row["many__c"] for (o, _), row in records.items() if o == "prospect"}
    return {n: (crm.get(n), unit.get(n)) for n in sorted({*crm, *unit}, key=int)}
