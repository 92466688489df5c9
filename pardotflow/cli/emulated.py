"""The embedded emulator of an environment: a process of its own on a free port, for the length of one command.

It reads the end of its standard input as the end of its parent, so that it never outlives the command.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pardotflow.config.project import EmulatorSettings
from pardotflow.core.errors import Unreachable, UsageError
from pardotflow.core.secret import Secret
from pardotflow.engine.connect import Endpoints


@contextmanager
def run_emulator(settings: EmulatorSettings) -> Iterator[Endpoints]:
    """Serve the environment's data file, filled from its seed where it is new. Raises UsageError or Unreachable."""
    ensure_data(settings)
    command = [sys.executable, "-m", "pardotflow.emulator", "--data", str(settings.data), "--port", "0", "--stdin-eof"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
    try:
        line = process.stdout.readline() if process.stdout else b""
        if not line.strip():
            raise Unreachable(f"the emulator did not start on {settings.data}", system="emulator")
        yield endpoints(settings.data, int(json.loads(line)["port"]))
    finally:
        if process.stdin:
            process.stdin.close()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()


def ensure_data(settings: EmulatorSettings) -> None:
    """Make the data file on first use; raises UsageError where the seed, or a file that is there, cannot be used."""
    from pardotflow.emulator import EmulatorError, NotADataFile, environment
    from pardotflow.emulator.seeding import seed

    if settings.data.exists():
        try:
            environment(settings.data, 0)
        except EmulatorError as trouble:
            is_lost = isinstance(trouble, NotADataFile)
            hint = (
                "Make it again: pardotflow emulator seed DIR --force" if is_lost else "Check its rights and its folder."
            )
            raise UsageError(str(trouble), hint=hint) from trouble
        return
    if settings.seed is None:
        settings.data.parent.mkdir(parents=True, exist_ok=True)
        return
    if not settings.seed.is_dir():
        raise UsageError(f"the emulator's seed folder {settings.seed} does not exist")
    fresh = settings.data.with_suffix(".seeding")
    fresh.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh.unlink(missing_ok=True)
    try:
        seed(fresh, settings.seed)
    except EmulatorError as trouble:
        raise UsageError(f"the emulator cannot be seeded: {trouble}") from trouble
    fresh.replace(settings.data)


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

    found: Mapping[str, str] = environment(data, port)
    salesforce: dict[str, str | Secret] = {
        "login_url": found["SF_LOGIN_URL"],
        "client_id": found["SF_CLIENT_ID"],
        "client_secret": Secret(found["SF_CLIENT_SECRET"]),
        "refresh_token": Secret(found["SF_REFRESH_TOKEN"]),
    }
    pardot: dict[str, str | Secret] = {"url": found["PARDOT_URL"], "business_unit": found["PARDOT_BUSINESS_UNIT_ID"]}
    return Endpoints(salesforce=salesforce, pardot=pardot, pardot_login=salesforce, instance=read_instance(data))
