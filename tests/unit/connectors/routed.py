"""Both connectors over the emulator, with its request log as the judge of what was called."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any

from pardotflow.connectors import (
    Answer,
    Batch,
    Connector,
    Limits,
    Operation,
    PardotConnector,
    PardotSettings,
    RefreshTokenGrant,
    Row,
    SalesforceConnector,
    SalesforceSettings,
    Value,
)
from pardotflow.core.secret import Secret
from tests.emulator.running import Emulator

PATIENT = Limits(first_wait=0, longest_wait=0, jitter=0, tries=2, concurrency=4)


class RoutedClock:
    """The emulator's clock, which stands still; waiting moves it."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator

    def now(self) -> datetime:
        return datetime.fromisoformat(self._emulator.plain.get("/__admin/clock").json()["now"])

    def sleep(self, seconds: float) -> None:
        self._emulator.advance(seconds)


class Routed:
    """`org` and `unit` are connectors of one emulator."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        assert emulator.plain.put("/__admin/clock", json={"frozen": True}).status_code == 200
        self.clock = RoutedClock(emulator)
        self._open: list[Connector] = []
        self.org = self.salesforce()
        self.unit = self.pardot()

    def close(self) -> None:
        for connector in self._open:
            connector.close()

    def salesforce(self, **settings: Any) -> SalesforceConnector:
        chosen = SalesforceSettings(limits=PATIENT, **settings)
        made = SalesforceConnector(self._grant(), chosen, clock=self.clock)
        self._open.append(made)
        return made

    def pardot(self, **settings: Any) -> PardotConnector:
        known = self.emulator.environment
        chosen = PardotSettings(
            business_unit_id=known["PARDOT_BUSINESS_UNIT_ID"], api_url=known["PARDOT_URL"], limits=PATIENT, **settings
        )
        made = PardotConnector(self._grant(), chosen, clock=self.clock)
        self._open.append(made)
        return made

    def _grant(self) -> RefreshTokenGrant:
        known = self.emulator.environment
        return RefreshTokenGrant(
            login_url=known["SF_LOGIN_URL"],
            client_id=known["SF_CLIENT_ID"],
            client_secret=Secret(known["SF_CLIENT_SECRET"]),
            refresh_token=Secret(known["SF_REFRESH_TOKEN"]),
        )

    def listen(self) -> None:
        """Forget what was asked so far."""
        assert self.emulator.plain.delete("/__admin/requests").status_code == 204

    def asked(self) -> list[str]:
        """Method and path of every counted call since then."""
        return [
            f"{r['method']} {r['path']}" for r in self._log() if r["path"].startswith(("/services/data", "/api/v5"))
        ]

    def written(self) -> int:
        """Records that were written since then."""
        return sum(len(r["writes"]) for r in self._log())

    def _log(self) -> list[dict[str, Any]]:
        answer = self.emulator.plain.get("/__admin/requests", params={"writes": "true", "limit": "5000"})
        found: list[dict[str, Any]] = answer.json()["requests"]
        return found

    def send(self, connector: Connector, batch: Batch) -> list[Answer]:
        """Send a batch of any size."""
        return [connector.send(connector.prepare(part)) for part in connector.split(batch)]

    def leads(self, count: int, **values: object) -> list[str]:
        """New leads, by one ingest job."""
        table = io.StringIO()
        lines = csv.writer(table, lineterminator="\n")
        lines.writerow(["LastName", "Company", *values])
        lines.writerows([f"L{n}", "C", *(str(v).format(n=n) for v in values.values())] for n in range(count))
        job = self.emulator.salesforce.post("/jobs/ingest", json={"object": "Lead", "operation": "insert"}).json()["id"]
        self.emulator.salesforce.put(
            f"/jobs/ingest/{job}/batches", content=table.getvalue().encode(), headers={"Content-Type": "text/csv"}
        )
        self.emulator.salesforce.patch(f"/jobs/ingest/{job}", json={"state": "UploadComplete"})
        self.emulator.advance(30)
        made = self.emulator.salesforce.get(f"/jobs/ingest/{job}/successfulResults/").text
        found = {row["LastName"]: row["sf__Id"] for row in csv.DictReader(io.StringIO(made))}
        assert len(found) == count
        return [found[f"L{n}"] for n in range(count)]

    def prospects(self, count: int, prefix: str, **values: object) -> list[str]:
        """New prospects, by one import."""
        head = ["email", *values]
        lines = [[f"{prefix}{n}@x.test", *(str(v).format(n=n) for v in values.values())] for n in range(count)]
        table = "\n".join(",".join(line) for line in (["matchEmail", *head], *([x[0], *x] for x in lines))) + "\n"
        done = self.emulator.run_import(table, createOnNoMatch=True)
        assert done["createdCount"] == count, done
        found = self.unit.find("prospect", "", ("id", "email"))
        ids = {str(p["email"]): str(p["id"]) for p in found}
        return [ids[line[0]] for line in lines]


def rows(ids: list[str], **values: Value) -> tuple[Row, ...]:
    return tuple(Row(key=str(n), id=i, values=values) for n, i in enumerate(ids))


def batch_of(operation: Operation, made: tuple[Row, ...], object_name: str = "Lead", key_field: str = "") -> Batch:
    return Batch(operation=operation, object=object_name, rows=made, key_field=key_field)
