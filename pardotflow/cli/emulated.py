"""The embedded emulator of an environment: a process of its own on a free port, for the length of one command.

It reads the end of its standard input as the end of its parent, so that it never outlives the command. While it starts
the command loads its own libraries, and while it ends the command shows its result.
"""

from __future__ import annotations

import atexit
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pardotflow.config.connections import EmulatorSettings
from pardotflow.core.errors import Unreachable, UsageError
from pardotflow.core.secret import Secret

if TYPE_CHECKING:
    from pardotflow.engine.connect import Endpoints


AGAIN = "Name another file with --data, or make this one anew: pardotflow emulator seed DIR --force"


@contextmanager
def run_emulator(settings: EmulatorSettings) -> Iterator[Callable[[], Endpoints]]:
    """Serve the environment's data file, filled from its seed where it is new; yields what waits until it listens.

    Raises UsageError; what is yielded raises Unreachable.
    """
    ensure_data(settings)
    command = [sys.executable, "-m", "pardotflow.emulator", "--data", str(settings.data), "--port", "0", "--stdin-eof"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)

    def listening() -> Endpoints:
        line = process.stdout.readline() if process.stdout else b""
        if not line.strip():
            raise Unreachable(f"the emulator did not start on {settings.data}", system="emulator")
        return endpoints(settings.data, int(json.loads(line)["port"]))

    atexit.register(_end, process)
    try:
        yield listening
    finally:
        for stream in (process.stdin, process.stdout):
            if stream:
                stream.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Wait until the emulator has ended, which the end of its standard input told it to."""
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def ensure_data(settings: EmulatorSettings) -> None:
    """Make the data file on first use; raises UsageError where the seed, or a file that is there, cannot be used."""
    from pardotflow.emulator import EmulatorError, NotADataFile, environment

    if settings.data.exists():
        try:
            environment(settings.data, 0)
        except EmulatorError as trouble:
            hint = AGAIN if isinstance(trouble, NotADataFile) else "Check its rights and its folder."
            raise UsageError(str(trouble), hint=hint) from trouble
        return
    if settings.seed is None:
        settings.data.parent.mkdir(parents=True, exist_ok=True)
        return
    if not settings.seed.is_dir():
        raise UsageError(f"the emulator's seed folder {settings.seed} does not exist")
    from pardotflow.emulator.seeding import seed

    settings.data.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        seed(settings.data, settings.seed)
    except EmulatorError as trouble:
        if not settings.data.exists():  # else another process was faster, and its file is as good
            raise UsageError(f"the emulator cannot be seeded: {trouble}") from trouble


def data_instance(settings: EmulatorSettings) -> str:
    """Which data file the environment has; empty where it has none yet. Raises UsageError."""
    from pardotflow.emulator import read_instance

    if not settings.data.exists():
        return ""
    ensure_data(settings)
    return read_instance(settings.data)


def endpoints(data: Path, port: int) -> Endpoints:
    """The emulator as connections."""
    from pardotflow.emulator import environment, read_instance
    from pardotflow.engine.connect import Endpoints

    found: Mapping[str, str] = environment(data, port)
    salesforce: dict[str, str | Secret] = {
        "login_url": found["SF_LOGIN_URL"],
        "client_id": found["SF_CLIENT_ID"],
        "client_secret": Secret(found["SF_CLIENT_SECRET"]),
        "refresh_token": Secret(found["SF_REFRESH_TOKEN"]),
    }
    pardot: dict[str, str | Secret] = {"url": found["PARDOT_URL"], "business_unit": found["PARDOT_BUSINESS_UNIT_ID"]}
    return Endpoints(salesforce=salesforce, pardot=pardot, pardot_login=salesforce, instance=read_instance(data))
