"""A real PostgreSQL server over a socket of its own, for the tests of one process.

The programs are those of the wheel `pgserver`, else the system's. PostgreSQL refuses to run as root: then it runs as
nobody, in a folder of its own. Nothing is skipped: where there is no server the tests fail.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

NOBODY = 65534
START_SECONDS = 60


@contextmanager
def serving_postgres() -> Iterator[str]:
    """The address of a new, empty server, for the length of a block."""
    home = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    is_root = os.geteuid() == 0
    programs = _programs(home if is_root else None)
    if is_root:
        os.chown(home, NOBODY, NOBODY)
    try:
        _run(home, [programs / "initdb", "-D", home / "data", "-A", "trust", "-U", "postgres", "-N", "-E", "UTF8"])
        options = ["-k", str(home), "-c", "listen_addresses=", "-c", "fsync=off", "-c", "shared_buffers=16MB"]
        with (
            (home / "log").open("wb") as log,
            _start(home, [programs / "postgres", "-D", home / "data", *options], log) as server,
        ):
            try:
                url = f"postgresql://postgres@/postgres?host={home}"
                _wait(url, server, home / "log")
                yield url
            finally:
                server.terminate()
                # With connections open it waits for them after the first signal.
                server.send_signal(2)
                server.wait(timeout=20)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _programs(copy_to: Path | None) -> Path:
    """The folder with `initdb` and `postgres`; copied to where another user may read it, if it must be."""
    spec = importlib.util.find_spec("pgserver")
    if spec is not None and spec.origin:
        package = Path(spec.origin).parent
        if copy_to is None:
            return package / "pginstall" / "bin"
        # Its libraries stand beside the package, and are looked for there.
        for part in (package / "pginstall", package.with_name("pgserver.libs")):
            if part.is_dir():
                shutil.copytree(part, copy_to / part.relative_to(package.parent))
        for path in (copy_to, *copy_to.rglob("*")):
            path.chmod(0o755)
        return copy_to / "pgserver" / "pginstall" / "bin"
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    path = found[-1] if found else Path(shutil.which("initdb") or "")
    assert path.is_file(), "there is no PostgreSQL: install the development requirements"
    return path.resolve().parent


def _identity() -> dict[str, object]:
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}


def _run(home: Path, command: list[object]) -> None:
    done = subprocess.run(
        [str(c) for c in command],
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
        env=_variables(),
        **_identity(),  # type: ignore[call-overload]
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _start(home: Path, command: list[object], log: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # type: ignore[no-any-return,call-overload]
        [str(c) for c in command], cwd=home, stdout=log, stderr=subprocess.STDOUT, env=_variables(), **_identity()
    )


def _variables() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith("PG") and k != "LD_LIBRARY_PATH"} | {"TZ": "UTC"}


def _wait(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(url).close()
            return
        except psycopg.OperationalError:
            assert server.poll() is None and time.monotonic() < until, log.read_text()
            time.sleep(0.1)
