"""Snapshots: everything as it was, whoever serves the file meanwhile, and never half."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pardotflow.emulator import EmulatorError, read_instance
from pardotflow.emulator.certificate import write_certificate
from pardotflow.emulator.datafile import DataFile
from pardotflow.emulator.environment import key_environment
from pardotflow.emulator.seeding import seed
from pardotflow.emulator.snapshots import reset, restore_snapshot, take_snapshot
from pardotflow.emulator.testing import running_emulator
from tests.emulator.conftest import FOLDER
from tests.emulator.process_test import process
from tests.emulator.running import Emulator, running
from tests.emulator.salesforce.oauth_jwt_test import assertion, present, read_key

ANN = "0035e000000con1AAA"


@pytest.fixture
def seeded(tmp_path: Path) -> Iterator[Emulator]:
    """An emulator over a file that was seeded in its place, so that it has the copy for `reset`."""
    seed(tmp_path / "people.db", FOLDER)
    with running(tmp_path / "people.db") as made:
        yield made


def ask(emulator: Emulator, verb: str, **body: object) -> None:
    answer = emulator.plain.post(f"/__admin/{verb}", json=body)
    assert answer.status_code in {200, 201}, answer.text


def phone(emulator: Emulator) -> object:
    return emulator.row("Contact", ANN)["Phone"]


def change(emulator: Emulator, number: str) -> int:
    assert emulator.salesforce.patch(f"/sobjects/Contact/{ANN}", json={"Phone": number}).status_code == 204
    return emulator.prospect(email=f"p{number}@x.test")


def test_a_restore_brings_everything_back_and_ids_go_on_from_there(emulator: Emulator) -> None:
    change(emulator, "1")
    emulator.switch(salesforce_daily_limit=77)
    ask(emulator, "snapshot", name="before")
    made = change(emulator, "2")
    emulator.switch(salesforce_daily_limit=88)
    emulator.fault(status=418, times=9, match={"system": "pardot"})
    field = {"name": "Shoe", "fieldId": "Shoe", "type": "Text"}
    emulator.plain.delete("/__admin/faults")
    assert emulator.pardot.post("/objects/custom-fields", json=field).status_code == 201
    assert len(emulator.requests()) == 5
    instance = read_instance(emulator.data)
    ask(emulator, "restore", name="before")
    assert len(emulator.requests()) == 2 and read_instance(emulator.data) == instance
    assert phone(emulator) == "1"
    assert emulator.salesforce.get("/limits").json()["DailyApiRequests"]["Max"] == 77
    assert emulator.pardot.get(f"/objects/prospects/{made}", params={"fields": "id"}).status_code == 404
    assert change(emulator, "3") == made
    assert emulator.pardot.get(f"/objects/prospects/{made}", params={"fields": "Shoe__c"}).status_code == 400


def test_reset_is_the_state_after_seeding_and_may_be_repeated(seeded: Emulator) -> None:
    fresh = phone(seeded)
    for number in ("1", "2"):
        change(seeded, number)
        ask(seeded, "reset")
        assert phone(seeded) == fresh and seeded.values(email=f"p{number}@x.test") == []
    assert [entry["method"] for entry in seeded.requests()] == ["GET", "GET"]


def test_a_snapshot_is_replaced_by_a_later_one_of_its_name(emulator: Emulator) -> None:
    for number in ("1", "2"):
        change(emulator, number)
        ask(emulator, "snapshot", name="a.b-c_1")
    change(emulator, "3")
    ask(emulator, "restore", name="a.b-c_1")
    assert phone(emulator) == "2"
    assert emulator.plain.get("/__admin/snapshots").json() == {"snapshots": ["a.b-c_1"]}
    (copy,) = emulator.data.with_name("emulator.db.snapshots").iterdir()
    assert copy.name == "a.b-c_1.db" and copy.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("verb", "body", "words"),
    [
        ("snapshot", {}, "name is letters"),
        ("snapshot", {"name": "../etc"}, "name is letters"),
        ("snapshot", {"name": ".hidden"}, "name is letters"),
        ("snapshot", {"name": "seeded"}, "choose another name"),
        ("restore", {"name": 7}, "name is letters"),
        ("restore", {"name": "none"}, "there is no snapshot 'none'"),
        ("reset", {}, "no copy of"),
    ],
)
def test_what_cannot_be_done_is_said(shared: Emulator, verb: str, body: dict[str, object], words: str) -> None:
    answer = shared.plain.post(f"/__admin/{verb}", json=body)
    assert answer.status_code == 400 and words in answer.json()["error"]


def test_a_damaged_snapshot_changes_nothing(data: Path) -> None:
    with closing(DataFile(data)) as file:
        take_snapshot(file, "a")
        place = data.with_name(data.name + ".snapshots") / "a.db"
        place.write_bytes(b"no database" * 1000)
        with pytest.raises(EmulatorError, match="is no data file"):
            restore_snapshot(file, "a")
        assert file.read().execute("SELECT count(*) FROM sf_Contact").fetchone() == (4,)


def test_the_copy_of_another_seeding_is_no_way_back(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        seed(tmp_path / folder / "people.db", FOLDER)
    copy = "people.db.snapshots/seeded.db"
    (tmp_path / "two" / copy).replace(tmp_path / "one" / copy)
    with closing(DataFile(tmp_path / "one" / "people.db")) as file, pytest.raises(EmulatorError, match="seed it again"):
        reset(file)


def test_another_process_that_serves_the_file_goes_on_with_what_was_restored(data: Path) -> None:
    with process(data) as (_, other), closing(DataFile(data)) as file:
        take_snapshot(file, "before")
        fresh = phone(other)
        for number in ("1", "2", "3"):
            change(other, number)
            restore_snapshot(file, "before")
            assert phone(other) == fresh
        assert other.requests()[-1]["method"] == "GET"


CRASH = """
import os, signal, sys
from pathlib import Path
from pardotflow.emulator import snapshots
from pardotflow.emulator.certificate import write_certificate
from pardotflow.emulator.datafile import DataFile
from pardotflow.emulator.environment import key_environment

left = int(sys.argv[2])
def crash(status, remaining, total):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

snapshots._PAGES_AT_ONCE = 20
snapshots.restore_snapshot(DataFile(Path(sys.argv[1])), "before", progress=crash)
"""


@pytest.mark.parametrize("moment", [1, 3])
def test_a_crash_in_the_middle_leaves_the_old_state(data: Path, moment: int) -> None:
    with running(data) as emulator:
        ask(emulator, "snapshot", name="before")
        change(emulator, "after")
        done = subprocess.run([sys.executable, "-c", CRASH, str(data), str(moment)], timeout=30, check=False)
        assert done.returncode == -signal.SIGKILL
        assert phone(emulator) == "after"
        change(emulator, "more")
    with closing(sqlite3.connect(data)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with running(data) as again:
        ask(again, "restore", name="before")
        assert phone(again) != "more" and again.values(email="pmore@x.test") == []


def test_a_restore_that_is_acknowledged_survives_a_kill(data: Path) -> None:
    with process(data) as (made, emulator):
        ask(emulator, "snapshot", name="before")
        fresh = phone(emulator)
        change(emulator, "1")
        ask(emulator, "restore", name="before")
        os.kill(made.pid, signal.SIGKILL)
        made.wait(10)
    with running(data) as again:
        assert phone(again) == fresh


def test_a_fixture_goes_back_too(tmp_path: Path) -> None:
    with running_emulator(tmp_path / "a.db", folder=FOLDER, switches={"pardot_daily_limit": 5}) as made:
        made.edit(f"Contact/{ANN}", Phone="kept")
        made.snapshot("kept")
        made.edit(f"Contact/{ANN}", Phone="lost")
        made.restore("kept")
        with closing(sqlite3.connect(made.data)) as db:
            assert db.execute("SELECT Phone FROM sf_Contact WHERE Id = ?", (ANN,)).fetchone() == ("kept",)
            made.reset()
            assert db.execute("SELECT Phone FROM sf_Contact WHERE Id = ?", (ANN,)).fetchone() != ("kept",)
            assert db.execute("SELECT count(*) FROM switch").fetchone() == (0,)


def test_the_key_and_the_certificate_that_clients_hold_stay(seeded: Emulator) -> None:
    key = Path(key_environment(seeded.data)["SF_JWT_KEY_FILE"])
    certificate = write_certificate(seeded.data).public.read_bytes()
    ask(seeded, "reset")
    assert present(seeded, assertion(seeded, read_key(key))).status_code == 200
    before = key.read_bytes()
    assert Path(key_environment(seeded.data)["SF_JWT_KEY_FILE"]).read_bytes() == before
    assert write_certificate(seeded.data).public.read_bytes() == certificate
