"""An emulator that runs, and short ways to ask it things."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from pardotflow.emulator import environment
from pardotflow.emulator.server import serve

DATA = "/services/data/v60.0"
OBJECTS = "/api/v5/objects"


class Emulator:
    """One running emulator; `salesforce` and `pardot` are clients with valid headers, `plain` has none."""

    def __init__(self, data: Path, port: int) -> None:
        self.data = data
        self.environment = environment(data, port)
        url = self.environment["SF_INSTANCE_URL"]
        bearer = {"Authorization": f"Bearer {self.environment['SF_ACCESS_TOKEN']}"}
        unit = {"Pardot-Business-Unit-Id": self.environment["PARDOT_BUSINESS_UNIT_ID"]}
        self.plain = httpx.Client(base_url=url, timeout=30, verify=False)
        self.salesforce = httpx.Client(base_url=url + DATA, headers=bearer, timeout=30, verify=False)
        self.pardot = httpx.Client(base_url=url + "/api/v5", headers=bearer | unit, timeout=30, verify=False)

    def close(self) -> None:
        for client in (self.plain, self.salesforce, self.pardot):
            client.close()

    # -- the emulator itself

    def switch(self, **values: bool | int | float | str) -> None:
        assert self.plain.put("/__admin/switches", json=values).status_code == 200

    def advance(self, seconds: float) -> None:
        assert self.plain.put("/__admin/clock", json={"advance": seconds}).status_code == 200

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """The clock does not move inside the block."""
        assert self.plain.put("/__admin/clock", json={"frozen": True}).status_code == 200
        try:
            yield
        finally:
            assert self.plain.put("/__admin/clock", json={"frozen": False}).status_code == 200

    def fault(self, **spec: object) -> None:
        assert self.plain.post("/__admin/faults", json=spec).status_code == 201

    def set(self, address: str, **fields: object) -> str:
        answer = self.plain.put("/__admin/set", json={"address": address, "fields": fields})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["address"])

    def requests(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.plain.get("/__admin/requests").json()["requests"]
        return found

    # -- Salesforce

    def soql(self, statement: str, verb: str = "query", **headers: str) -> dict[str, Any]:
        answer = self.salesforce.get(f"/{verb}", params={"q": statement}, headers=headers)
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()
        return result

    def column(self, statement: str, verb: str = "query") -> list[Any]:
        """The last selected value of each record."""
        return [list(record.values())[-1] for record in self.soql(statement, verb)["records"]]

    def create(self, kind: str, **fields: object) -> str:
        answer = self.salesforce.post(f"/sobjects/{kind}", json=fields)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def row(self, kind: str, record_id: str) -> dict[str, Any]:
        answer = self.salesforce.get(f"/sobjects/{kind}/{record_id}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def salesforce_error(self, answer: httpx.Response) -> tuple[int, str]:
        body = answer.json()
        assert isinstance(body, list)
        return answer.status_code, body[0]["errorCode"]

    # -- Pardot

    def prospect(self, **fields: object) -> int:
        answer = self.pardot.post("/objects/prospects", json=fields)
        assert answer.status_code == 201, answer.text
        return int(answer.json()["id"])

    def read(self, record_id: int, fields: str, collection: str = "prospects", **params: str) -> dict[str, Any]:
        answer = self.pardot.get(f"/objects/{collection}/{record_id}", params={"fields": fields, **params})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def values(self, collection: str = "prospects", **params: str | int) -> list[dict[str, Any]]:
        answer = self.pardot.get(f"/objects/{collection}", params={"fields": "id", **params})
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["values"]
        return found

    def start_import(self, table: str, **options: object) -> int:
        body = {"operation": "Upsert", "object": "Prospect", "status": "Ready", **options}
        answer = self.pardot.post("/imports", data={"input": json.dumps(body)}, files={"file": ("rows.csv", table)})
        assert answer.status_code == 201, answer.text
        return int(answer.json()["id"])

    def run_import(self, table: str, **options: object) -> dict[str, Any]:
        """Run an import to its end; its counts, and its errors as lines."""
        import_id = self.start_import(table, **options)
        self.advance(5)
        fields = "id,status,createdCount,updatedCount,errorCount"
        done: dict[str, Any] = self.pardot.get(f"/imports/{import_id}", params={"fields": fields}).json()
        assert done["status"] == "Complete"
        done["errors"] = self.pardot.get(f"/imports/{import_id}/errors").text.splitlines()[1:]
        return done


def pardot_error(answer: httpx.Response) -> tuple[int, int]:
    """Status and code of a Pardot error, whose body has these two keys and no other."""
    body = answer.json()
    assert list(body) == ["code", "message"]
    return answer.status_code, body["code"]


@contextmanager
def running(data: Path) -> Iterator[Emulator]:
    """Serve a data file in a thread of this process."""
    ports: queue.Queue[int] = queue.Queue()
    stop = threading.Event()
    thread = threading.Thread(target=serve, args=(data, 0), kwargs={"ready": ports.put, "stop": stop})
    thread.start()
    try:
        emulator = Emulator(data, ports.get(timeout=20))
        try:
            yield emulator
        finally:
            emulator.close()
    finally:
        stop.set()
        thread.join(timeout=20)
