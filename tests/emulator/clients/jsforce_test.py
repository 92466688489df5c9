"""jsforce, unmodified, in the version of `jsforce/package-lock.json`: a script makes the calls and tells of each."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.running import Emulator

SCRIPT = Path(__file__).parent / "jsforce"
OFFLINE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH", "ENOTCACHED")
LEAST = 40


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the script and its packages; skips where there is no Node or no registry."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("Node and npm are not installed; jsforce runs in Node")
    folder = tmp_path_factory.mktemp("jsforce")
    for file in SCRIPT.iterdir():
        shutil.copy(file, folder)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=1"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("the npm registry gives no answer")
    if done.returncode and any(word in done.stderr for word in OFFLINE):
        pytest.skip("the npm registry cannot be reached")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def told(installed: Path, shared: Emulator) -> list[dict[str, Any]]:
    """What the script tells of each call."""
    done = subprocess.run(
        ["node", "calls.mjs"],
        cwd=installed,
        env={**os.environ, **shared.environment, "NO_PROXY": "127.0.0.1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_every_call_gives_what_a_client_expects(told: list[dict[str, Any]]) -> None:
    made = [call for call in told if "missing" not in call]
    assert [call for call in made if "error" in call] == []
    assert len({call["name"] for call in made}) >= LEAST


def test_only_what_the_manual_names_lacks_a_route(told: list[dict[str, Any]]) -> None:
    missing = {call["missing"] for call in told if "missing" in call}
    assert {place.rpartition("/")[2] for place in missing} == {"recent", "search"}, missing
