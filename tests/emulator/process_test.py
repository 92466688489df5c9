"""The emulator as a process: start, stop, crash, and two at once."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pardotflow.emulator import EmulatorError
from pardotflow.emulator.server import serve
from tests.emulator.running import Emulator

ANN = "/sobjects/Contact/0035e000000con1"


@contextmanager
def process(data: Path, *options: str) -> Iterator[tuple[subprocess.Popen[bytes], Emulator]]:
    command = [sys.executable, "-m", "pardotflow.emulator", "--data", str(data), "--port", "0", *options]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as made:
        assert made.stdout is not None and made.stderr is not None
        line = json.loads(made.stdout.readline())
        assert line["pid"] == made.pid and set(line) == {"port", "pid"}
        emulator = Emulator(data, line["port"])
        try:
            yield made, emulator
        finally:
            emulator.close()
            if made.poll() is None:
                made.terminate()


def test_it_ends_with_its_standard_input_and_says_nothing(data: Path) -> None:
    with process(data, "--stdin-eof") as (made, emulator):
        assert emulator.salesforce.get("/limits").status_code == 200
        out, err = made.communicate(timeout=10)
        assert (out, err, made.returncode) == (b"", b"", 0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_good_order_on_a_signal(data: Path, number: signal.Signals) -> None:
    with process(data) as (made, emulator):
        emulator.salesforce.patch(ANN, json={"Phone": "1"})
        made.send_signal(number)
        assert made.wait(10) == 0 and made.stderr is not None and made.stderr.read() == b""
    assert not data.with_name(data.name + "-wal").exists()


def test_an_acknowledged_write_survives_a_kill(data: Path) -> None:
    with process(data) as (made, emulator):
        for number in range(20):
            emulator.salesforce.patch(ANN, json={"Phone": str(number)})
            emulator.pardot.patch("/objects/prospects/1", json={"phone": str(number)})
        os.kill(made.pid, signal.SIGKILL)
        made.wait(10)
    with process(data) as (_, again):
        assert again.row("Contact", "0035e000000con1")["Phone"] == "19"
        assert again.read(1, "phone") == {"phone": "19"}
        assert len(again.requests()) == 42


def test_two_processes_serve_one_file(data: Path) -> None:
    with process(data) as (_, one), process(data) as (_, two):

        def write(emulator: Emulator, name: str) -> None:
            for number in range(25):
                emulator.create("Contact", LastName=f"{name}{number}")
                emulator.prospect(email=f"{name}{number}@x.test")

        threads = [threading.Thread(target=write, args=pair) for pair in ((one, "a"), (two, "b"))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert one.soql("SELECT COUNT() FROM Contact") == two.soql("SELECT COUNT() FROM Contact")
        assert one.soql("SELECT COUNT() FROM Contact")["totalSize"] == 53
        assert len({v["id"] for v in two.values(limit=1000)}) == 54
        one.switch(ampsea=False)
        assert two.pardot.post("/objects/prospects", json={"email": "ann@x.test"}).json()["code"] == 9
        one.plain.post("/__admin/expire-tokens")
        assert two.salesforce.get("/limits").status_code == 401


def test_a_missing_file_is_made_empty(tmp_path: Path) -> None:
    with process(tmp_path / "deep" / "new.db") as (_, emulator):
        assert emulator.soql("SELECT COUNT() FROM Contact")["totalSize"] == 0
        assert emulator.values("campaigns", fields="name") == [{"name": "Website Tracking"}]


def test_what_cannot_be_served_is_said_in_one_line(tmp_path: Path, data: Path) -> None:
    (tmp_path / "text.db").write_text("no database" * 500)
    command = [sys.executable, "-m", "pardotflow.emulator", "--data", str(tmp_path / "text.db")]
    done = subprocess.run(command, capture_output=True, timeout=20, check=False)
    assert done.returncode == 1 and done.stdout == b""
    assert done.stderr.decode() == f"{tmp_path / 'text.db'} is no data file of the emulator\n"
    with process(data) as (_, emulator):
        port = int(emulator.environment["SF_LOGIN_URL"].rsplit(":", 1)[1])
        with pytest.raises(EmulatorError, match="cannot listen on"):
            serve(data, port)
