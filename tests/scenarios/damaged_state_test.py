"""State files that were cut, overwritten or are in the way: the message names the file and the way out, which works."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from .driving import Project
from .surroundings_test import only

BACKUP = "Restore it from a backup"
REFRESH = "made again by: pardotflow plan --refresh"


def _garbage(path: Path) -> None:
    _clear(path)
    path.write_bytes(b"this is not what it should be " * 400)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _folder(path: Path) -> None:
    _clear(path)
    path.mkdir()


def _flip(path: Path) -> None:
    """Spoil every block but the headers."""
    content = bytearray(path.read_bytes())
    for position in range(3 * 4096 + 100, len(content), 4096):
        content[position] ^= 0xFF
    path.write_bytes(content)


def _clear(path: Path) -> None:
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()


@pytest.mark.parametrize("spoil", [_garbage, _cut, _flip])
@pytest.mark.parametrize(
    ("name", "way_out"), [("memory.duckdb", BACKUP), ("ledger.sqlite", BACKUP), ("snapshots.duckdb", REFRESH)]
)
def test_a_damaged_file(name: str, way_out: str, spoil: Callable[[Path], None], settled: Project) -> None:
    path = settled.state / name
    spoil(path)
    only(settled.run("plan", "--quiet"), 1, str(path), way_out)
    if way_out is REFRESH:
        assert "No changes." in settled.run("plan", "--quiet", "--refresh").expect(0).out
        assert "No changes." in settled.run("plan", "--quiet").expect(0).out


@pytest.mark.parametrize("name", ["memory.duckdb", "snapshots.duckdb", "ledger.sqlite"])
def test_a_folder_in_the_place_of_a_file(name: str, planned: Project) -> None:
    _folder(planned.state / name)
    only(planned.run("plan", "--quiet"), 1, f"{planned.state / name} is a folder", "Move it away.")
    only(planned.run("plan", "--quiet", "--refresh"), 1, f"{planned.state / name} is a folder")


@pytest.mark.parametrize("place", [".pardotflow", ".pardotflow/emulator/plans", ".pardotflow/emulator/compiled"])
def test_a_file_in_the_place_of_a_folder(place: str, planned: Project) -> None:
    path = planned.root / place
    if path.exists():
        shutil.rmtree(path)
    path.write_text("in the way")
    command = "compile" if place.endswith("compiled") else "plan"
    only(planned.run(command), 1, str(path), "ove it away.")


@pytest.mark.parametrize("lose", [Path.unlink, lambda path: path.write_bytes(b"")], ids=["missing", "empty"])
def test_a_ledger_that_is_lost_is_told(lose: Callable[[Path], None], settled: Project) -> None:
    lose(settled.ledger)
    said = settled.run("plan", "--quiet").expect(0)
    assert f"{settled.ledger} was missing or empty: former runs and sync errors are not known any more." in said.err
    assert settled.run("plan", "--quiet").expect(0).err == ""
