"""The log's filters, its lines, and what each request wrote."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from pardotflow.emulator.testing import running_emulator
from tests.emulator.running import DATA, Emulator

ANN, BOB = "0035e000000con1AAA", "0035e000000con2AAA"


def entries(emulator: Emulator, **wanted: str) -> list[dict[str, Any]]:
    answer = emulator.plain.get("/__admin/requests", params=wanted)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["requests"]
    return found


def writes(emulator: Emulator) -> list[dict[str, Any]]:
    """What the newest request wrote."""
    return list(entries(emulator, writes="true")[-1]["writes"])


@pytest.fixture(name="used")
def _used(emulator: Emulator) -> Emulator:
    """One that has answered five requests: 200, 204, 404 from Salesforce, 200 from Pardot, and a dropped one."""
    emulator.salesforce.get("/limits")
    emulator.salesforce.patch(f"/sobjects/Contact/{ANN}", json={"Phone": "1"})
    emulator.salesforce.get("/nowhere")
    emulator.pardot.get("/objects/users", params={"fields": "id"})
    emulator.fault(drop="before")
    with pytest.raises(httpx.RemoteProtocolError):
        emulator.pardot.get("/objects/users")
    return emulator


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        ({"system": "salesforce"}, [1, 2, 3]),
        ({"method": "patch"}, [2]),
        ({"path": "users$"}, [4, 5]),
        ({"status": "200"}, [1, 4]),
        ({"status": "4xx"}, [3]),
        ({"status": "none"}, [5]),
        ({"system": "salesforce", "since": "1", "limit": "1"}, [2]),
        ({"path": "limits|users", "limit": "2"}, [1, 4]),
        ({"limit": "0"}, []),
        ({"system": "oauth"}, []),
    ],
)
def test_filters(used: Emulator, wanted: dict[str, str], numbers: list[int]) -> None:
    assert [entry["n"] for entry in entries(used, **wanted)] == numbers


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"system": "sap"}, "system is salesforce, pardot, oauth"),
        ({"path": "("}, "path is no regular expression"),
        ({"status": "9"}, "status is a number like 404"),
        ({"limit": "-1"}, "limit must be a number"),
        ({"since": "²"}, "since must be a number"),
    ],
)
def test_filters_that_cannot_be_meant(shared: Emulator, wanted: dict[str, str], words: str) -> None:
    answer = shared.plain.get("/__admin/requests", params=wanted)
    assert answer.status_code == 400 and words in answer.json()["error"]


def test_json_lines_over_http_and_on_the_command_line(used: Emulator) -> None:
    answer = used.plain.get("/__admin/requests?writes=true", headers={"Accept": "application/x-ndjson"})
    assert answer.headers["content-type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert lines == entries(used, writes="true") and len(lines) == 5
    command = [sys.executable, "-m", "pardotflow.cli", "emulator", "log", "--data", str(used.data), "--writes"]
    printed = subprocess.run([*command, "--status", "2xx"], capture_output=True, text=True, check=True)
    assert [json.loads(line) for line in printed.stdout.splitlines()] == [lines[n] for n in (0, 1, 3)]
    wrong = subprocess.run([*command, "--status", "x"], capture_output=True, text=True, check=False)
    assert wrong.returncode != 0 and "status is a number like 404" in wrong.stderr


def test_what_single_requests_wrote(emulator: Emulator) -> None:
    emulator.salesforce.patch(f"/sobjects/Contact/{ANN}", json={"Phone": "7"})
    one = {"system": "salesforce", "object": "Contact", "id": ANN, "action": "update"}
    (wrote,) = writes(emulator)
    assert {key: wrote[key] for key in one} == one
    assert (wrote["fields"]["Phone"], wrote["before"]["Phone"]) == ("7", "+1 1")
    made = emulator.create("Lead", LastName="New", Company="C")
    (wrote,) = writes(emulator)
    assert (wrote["object"], wrote["id"], wrote["action"], wrote["fields"]["Company"]) == ("Lead", made, "create", "C")
    emulator.salesforce.delete(f"/sobjects/Lead/{made}")
    assert [(w["id"], w["action"]) for w in writes(emulator)] == [(made, "delete")]
    emulator.salesforce.get("/limits")
    assert writes(emulator) == []


def test_what_pardot_requests_and_imports_wrote(emulator: Emulator) -> None:
    made = emulator.prospect(email="new@x.test")
    (wrote,) = writes(emulator)
    assert (wrote["system"], wrote["object"], wrote["id"]) == ("pardot", "prospects", str(made))
    assert wrote["fields"]["email"] == "new@x.test"
    emulator.pardot.patch(f"/objects/prospects/{made}", json={"phone": "3"})
    (wrote,) = writes(emulator)
    assert (wrote["action"], wrote["fields"]["phone"], wrote["before"]["phone"]) == ("update", "3", None)
    emulator.pardot.delete(f"/objects/prospects/{made}")
    assert [(w["id"], w["action"]) for w in writes(emulator)] == [(str(made), "delete")]
    emulator.run_import("matchEmail,phone\nann@example.com,9\n")
    every = [w for entry in entries(emulator, writes="true") for w in entry["writes"]]
    assert {w["fields"].get("phone") for w in every if w["object"] == "prospects"} >= {"3", "9"}


def test_what_was_undone_was_not_written(emulator: Emulator) -> None:
    good = {"attributes": {"type": "Contact"}, "id": ANN, "Phone": "7"}
    bad = {"attributes": {"type": "Contact"}, "id": BOB, "Nope": "7"}
    emulator.salesforce.patch("/composite/sobjects", json={"records": [good, bad]})
    assert [w["id"] for w in writes(emulator)] == [ANN]
    emulator.salesforce.patch("/composite/sobjects", json={"records": [good, bad], "allOrNone": True})
    assert writes(emulator) == []
    emulator.set(f"Contact/{ANN}", Phone="person")
    emulator.fault(drop="after")
    with pytest.raises(httpx.RemoteProtocolError):
        emulator.salesforce.patch(f"/sobjects/Contact/{ANN}", json={"Phone": "8"})
    (wrote,) = writes(emulator)
    assert (wrote["before"]["Phone"], wrote["fields"]["Phone"]) == ("person", "8")


def test_writes_are_forgotten_with_their_requests_and_off_with_the_log(emulator: Emulator) -> None:
    emulator.create("Lead", LastName="A", Company="C")
    assert emulator.plain.delete("/__admin/requests").status_code == 204
    with sqlite3.connect(emulator.data) as db:
        assert db.execute("SELECT count(*) FROM write_log").fetchone() == (0,)
    db.close()
    emulator.switch(log=False)
    emulator.create("Lead", LastName="B", Company="C")
    emulator.switch(log=True)
    emulator.plain.get(DATA)
    assert [entry["writes"] for entry in entries(emulator, writes="true")] == [[]]


def test_the_log_is_whole_where_no_limit_is_set(data: Path) -> None:
    with closing(sqlite3.connect(data)) as db:
        row = "(SELECT 1, 'salesforce', 'GET', '/x', '', '{}', x'', 200, x'', 0, 0, 'r' || value FROM numbers)"
        names = "at, system, method, path, query, headers, body, status, answer, api_calls, seconds, request"
        numbers = (
            "WITH RECURSIVE numbers(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM numbers WHERE value < 10050)"
        )
        db.execute(f"{numbers} INSERT INTO request_log ({names}) SELECT * FROM {row}")
        db.commit()
    with running_emulator(data) as made:
        assert len(made.requests()) == 10_050 and len(made.requests(limit=3)) == 3
        assert made.requests(limit=0) == []
        with httpx.Client(base_url=made.url, trust_env=False) as web:
            told = web.get("/__admin/requests").json()
            rest = web.get("/__admin/requests", params={"since": told["last"]}).json()
        assert (len(told["requests"]), len(rest["requests"])) == (10_000, 50)


def test_only_the_newest_requests_are_kept(emulator: Emulator) -> None:
    """Whatever is kept beyond it is forgotten with every five hundredth request."""
    emulator.switch(log_keep=10)
    for _ in range(500):
        emulator.plain.get("/services/data")
    assert [each["n"] for each in entries(emulator)] == list(range(491, 501))
