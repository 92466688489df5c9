"""A server that is killed in the middle of writes: what it acknowledged is there, the rest whole or not at all."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from pardotflow.emulator.creation import create_data
from tests.emulator.process_test import process
from tests.emulator.running import Emulator, running

KILLS = 6
TOGETHER = 5
ANN = "/sobjects/Contact/0035e000000con1"


@dataclass
class Acknowledged:
    """What was answered over all lives of the server, and what was asked for."""

    contacts: dict[str, str] = field(default_factory=dict)
    prospects: dict[int, str] = field(default_factory=dict)
    together: set[str] = field(default_factory=set)
    counted: int = 0
    asked: int = 0


Write = Callable[[Emulator, Acknowledged, str], None]


def create_contact(emulator: Emulator, known: Acknowledged, name: str) -> None:
    known.contacts[emulator.create("Contact", LastName=name)] = name


def create_prospect(emulator: Emulator, known: Acknowledged, name: str) -> None:
    known.prospects[emulator.prospect(email=f"{name}@kill.test")] = f"{name}@kill.test"


def create_together(emulator: Emulator, known: Acknowledged, name: str) -> None:
    record = {"attributes": {"type": "Lead"}, "LastName": name, "Company": "Together"}
    answer = emulator.salesforce.post("/composite/sobjects", json={"allOrNone": True, "records": [record] * TOGETHER})
    assert all(told["success"] for told in answer.json())
    known.together.add(name)


def count(emulator: Emulator, known: Acknowledged, name: str) -> None:
    known.asked += 1
    assert emulator.salesforce.patch(ANN, json={"Phone": str(known.asked)}).status_code == 204
    known.counted = known.asked


WRITES: tuple[Write, ...] = (create_contact, create_prospect, create_together, count)


def keep_writing(write: Write, emulator: Emulator, known: Acknowledged, life: int) -> None:
    """Write until the connection ends; what else goes wrong in a thread fails the test as a warning of pytest."""
    with suppress(httpx.TransportError):
        for number in range(100_000):
            write(emulator, known, f"{write.__name__}-{life}-{number}")


def live_and_die(data: Path, known: Acknowledged, life: int) -> None:
    """Serve, write from several threads, and end with SIGKILL while they write."""
    with process(data) as (made, emulator):
        check(emulator, known)
        threads = [threading.Thread(target=keep_writing, args=(write, emulator, known, life)) for write in WRITES]
        for thread in threads:
            thread.start()
        time.sleep(0.15 + 0.037 * life)
        os.kill(made.pid, signal.SIGKILL)
        made.wait(10)
        for thread in threads:
            thread.join(10)
    assert not any(thread.is_alive() for thread in threads)


def check(emulator: Emulator, known: Acknowledged) -> None:
    """Everything that was acknowledged is there; of what was written together all or nothing."""
    contacts = records(emulator, "SELECT Id, LastName FROM Contact WHERE LastName LIKE 'create_contact-%'")
    assert known.contacts.items() <= {record["Id"]: record["LastName"] for record in contacts}.items()
    for record_id, address in known.prospects.items():
        assert emulator.read(record_id, "email") == {"email": address}
    leads = Counter(
        record["LastName"] for record in records(emulator, "SELECT LastName FROM Lead WHERE Company = 'Together'")
    )
    assert known.together <= leads.keys() and set(leads.values()) <= {TOGETHER}
    assert known.counted <= int(emulator.row("Contact", "0035e000000con1")["Phone"].replace("+1 1", "0")) <= known.asked


def records(emulator: Emulator, statement: str) -> list[dict[str, Any]]:
    """All pages of a query."""
    page = emulator.soql(statement)
    found: list[dict[str, Any]] = page["records"]
    while not page["done"]:
        page = emulator.plain.get(page["nextRecordsUrl"], headers=emulator.salesforce.headers).json()
        found += page["records"]
    return found


def test_nothing_acknowledged_is_lost_over_several_kills(data: Path) -> None:
    known = Acknowledged()
    for life in range(KILLS):
        live_and_die(data, known, life)
    assert known.contacts and known.prospects and known.together and known.counted
    with process(data) as (_, emulator):
        check(emulator, known)
        assert emulator.create("Contact", LastName="After") not in known.contacts
    with sqlite3.connect(data) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    db.close()


def test_what_a_killed_server_left_does_not_get_into_a_new_file(tmp_path: Path) -> None:
    data = tmp_path / "people.db"
    create_data(data)
    with process(data) as (made, emulator):
        emulator.create("Lead", LastName="Old", Company="Gone")
        made.kill()
        made.wait(10)
    assert (tmp_path / "people.db-wal").stat().st_size
    data.unlink()
    create_data(data)
    with running(data) as anew:
        assert anew.column("SELECT LastName FROM Lead") == []
