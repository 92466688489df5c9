"""`pardotflow emulator …` with wrong surroundings: one sentence, the way out, exit code 1, and never a traceback."""

import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from pardotflow.cli.app import app
from pardotflow.core.errors import UsageError
from pardotflow.emulator.seeding import seed
from tests.emulator.conftest import FOLDER
from tests.emulator.running import running


def refused(*arguments: str | Path) -> UsageError:
    """What a command refuses, in this process: loading the commands takes longer than running them."""
    with pytest.raises(UsageError) as caught:
        app(["emulator", *map(str, arguments)], standalone_mode=False)
    return caught.value


READERS = [["env"], ["log"], ["reset"], ["snapshot", "x"], ["restore", "x"]]


@pytest.mark.parametrize("command", [*READERS, ["set", "Contact/1#Phone=1"]])
def test_a_file_that_is_not_there(tmp_path: Path, command: list[str]) -> None:
    said = refused(*command, "--data", tmp_path / "no.db")
    assert str(said) == f"there is no data file {tmp_path / 'no.db'}" and "emulator seed DIR" in said.hint


def other_text(data: Path) -> None:
    data.write_text("This is a letter.\n" * 500)


def other_format(data: Path) -> None:
    with closing(sqlite3.connect(data, isolation_level=None)) as db:
        db.execute("UPDATE meta SET value = 'x' WHERE key = 'format'")


def half(data: Path) -> None:
    data.write_bytes(data.read_bytes()[: 40 * 8192])


@pytest.mark.parametrize("harm", [other_text, other_format, half])
@pytest.mark.parametrize("command", [*READERS, ["serve", "--port", "0"], ["set", "Contact/1#Phone=1"]])
def test_a_file_that_cannot_be_used(data: Path, harm: Callable[[Path], None], command: list[str]) -> None:
    harm(data)
    said = refused(*command, "--data", data)
    assert str(said).startswith(str(data)) and "seed DIR --force" in said.hint and "--data" in said.hint


def test_a_page_that_is_damaged(data: Path) -> None:
    with closing(sqlite3.connect(data)) as db:
        (root,) = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'request_log'").fetchone()
    with data.open("r+b") as raw:
        raw.seek((root - 1) * 8192)
        raw.write(b"\xff" * 8192)
    said = refused("log", "--data", data)
    assert str(said) == f"{data} cannot be used: database disk image is malformed"


def test_a_port_in_use(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = refused("serve", "--data", data, "--port", str(taken.getsockname()[1]))
    assert "Address already in use" in str(said) and "--port" in said.hint


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rules: [", "line 1, column 9"),
        ("rules: [{trouble: rain}]", "rule 1: there is no trouble 'rain'"),
        (None, "No such file"),
    ],
)
def test_a_fault_plan_that_cannot_be_used(data: Path, tmp_path: Path, text: str | None, words: str) -> None:
    plan = tmp_path / "plan.yml"
    if text is not None:
        plan.write_text(text)
    said = str(refused("serve", "--data", data, "--port", "0", "--faults", plan))
    assert str(plan) in said and words in said and "[Errno" not in said


def test_a_seed_that_cannot_be_used(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "seed"))
    (folder / "schema.yml").write_bytes(b"\xff\xfe")
    said = refused("seed", folder, "--data", tmp_path / "a.db")
    assert str(said).startswith(f"{folder / 'schema.yml'}: ") and said.hint == ""
    assert refused("seed", tmp_path / "none", "--data", tmp_path / "a.db").hint == ""


def test_a_file_that_is_served_is_not_seeded_anew(data: Path) -> None:
    with running(data) as emulator:
        said = refused("seed", FOLDER, "--data", data, "--force")
        assert str(said) == f"{data} is in use by another process; stop it first"
        assert emulator.salesforce.get("/limits").status_code == 200
    seed(data, FOLDER, replace=True)
    data.write_text("no data file")
    seed(data, FOLDER, replace=True)


def test_a_folder_without_records_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "folder").mkdir()
    app(["emulator", "seed", str(tmp_path / "folder"), "--data", str(tmp_path / "a.db")], standalone_mode=False)
    assert capsys.readouterr().out == "no CSV file was read: nobody is in the org\n"


def test_an_empty_file_that_is_made_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        for words in (f"{tmp_path / 'a.db'} is new, and empty\n", ""):
            refused("serve", "--data", tmp_path / "a.db", "--port", str(taken.getsockname()[1]))
            assert capsys.readouterr().err == words


def test_the_script_itself_ends_with_one(tmp_path: Path) -> None:
    seed(tmp_path / "a.db", FOLDER)
    command = [sys.executable, "-m", "pardotflow.cli", "emulator", "restore", "x", "--data", str(tmp_path / "a.db")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: there is no snapshot 'x'") and "Traceback" not in done.stderr
