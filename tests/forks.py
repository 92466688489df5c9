"""Commands in processes of their own that need not load the libraries anew: each is forked from one that has.

Run as a script this is that process. It imports the installed package, as a command does, and then for each request
forks a child that has the arguments, the folder and the streams of a command, and that ends as one. The emulator that a
command starts is forked from it in the same way.
"""

import atexit
import importlib
import json
import os
import pkgutil
import runpy
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

LONGEST = 180
"""Seconds after which a command is taken for stuck."""
MOST_FILES = 1024
"""Files that a command may have open when it starts the emulator, which inherits none of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What a command left."""

    code: int
    out: str
    err: str


class Begun:
    """A command at work. It is over at the end of its block."""

    def __init__(self, commands: "Commands", place: Path, what: str) -> None:
        self._commands, self._place, self._what = commands, place, what
        self.pid = commands.number()
        self.returncode: int | None = None

    def __enter__(self) -> "Begun":
        return self

    def __exit__(self, *_: object) -> None:
        if self.returncode is None:
            self.wait(LONGEST)
        shutil.rmtree(self._place)

    def poll(self) -> int | None:
        """Its exit code, or nothing while it is at work."""
        return self._ended(0)

    def wait(self, timeout: float) -> int:
        """Its exit code, below zero the signal that ended it. Raises TimeoutError where it does not end by then, which
        after the longest time ends it."""
        code = self._ended(timeout)
        if code is None:
            if timeout >= LONGEST:
                self._commands.close()
            raise TimeoutError(self._what)
        return code

    def communicate(self, timeout: float = LONGEST) -> tuple[str, str]:
        """Wait for its end; what it wrote into its two streams."""
        self.wait(timeout)
        out, err = (self._place / name for name in ("out", "err"))
        return out.read_text("utf-8"), err.read_text("utf-8")

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it is still at work."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once, wherever it is."""
        self.send_signal(signal.SIGKILL)

    def _ended(self, timeout: float) -> int | None:
        if self.returncode is None and self._commands.has_number(timeout):
            self.returncode = self._commands.number()
        return self.returncode


class Commands:
    """Runs one command after the other."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, start_new_session=True
        )
        atexit.register(self.close)

    def run(self, arguments: Sequence[str], folder: Path, variables: Mapping[str, str]) -> Ended:
        """Run one in a folder, with these environment variables, to its end; raises TimeoutError where it does not come
        to one."""
        with self.begin(arguments, folder, variables) as begun:
            out, err = begun.communicate()
            return Ended(code=begun.wait(0), out=out, err=err)

    def begin(
        self, arguments: Sequence[str], folder: Path, variables: Mapping[str, str], dies: Sequence[object] = ()
    ) -> Begun:
        """Begin one; the next may begin when it is over. `dies` are a Python file, a function in it, and what that is
        called with in the command's process before the command."""
        place = Path(tempfile.mkdtemp())
        request = {
            "arguments": list(arguments),
            "folder": str(folder),
            "variables": dict(variables),
            "out": str(place / "out"),
            "err": str(place / "err"),
            "dies": list(dies),
        }
        assert self._process.stdin is not None
        self._process.stdin.write(f"{json.dumps(request)}\n".encode())
        return Begun(self, place, " ".join(arguments))

    def number(self) -> int:
        """The next that is answered: the id of the process that a command has, then its exit code."""
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())

    def has_number(self, timeout: float) -> bool:
        """True once there is one, within so many seconds."""
        assert self._process.stdout is not None
        return bool(select.select([self._process.stdout], [], [], timeout)[0])

    def close(self) -> None:
        """End the process, and a command that is stuck."""
        atexit.unregister(self.close)
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                stream.close()


class _Emulator:
    """The emulator's process, as `subprocess.Popen` would give it to the command that starts it."""

    def __init__(self, command: Sequence[str], **_: object) -> None:
        *_rest, first, module = command[:3]
        assert (first, module) == ("-m", "pardotflow.emulator"), command
        asked, self._asks = os.pipe()
        self._says, said = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if self.pid == 0:
            os.setsid()
            os.dup2(asked, 0)
            os.dup2(said, 1)
            os.closerange(3, MOST_FILES)
            sys.argv = list(command[2:])
            _end_as(emulator_main)
        os.close(asked)
        os.close(said)
        self.stdin, self.stdout = os.fdopen(self._asks, "wb"), os.fdopen(self._says, "rb")

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code; raises subprocess.TimeoutExpired."""
        until = time.monotonic() + (timeout or LONGEST)
        while time.monotonic() < until:
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            if ended:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.002)
        raise subprocess.TimeoutExpired("emulator", timeout or LONGEST)

    def kill(self) -> None:
        """End it at once."""
        os.kill(self.pid, signal.SIGKILL)


def _end_as(program: Callable[[], int]) -> NoReturn:
    """Run a program to its end as that of this process, of which nothing else is left to do."""
    code = 1
    try:
        code = program()
        sys.stdout.flush()
    finally:
        os._exit(code)


def _load() -> None:
    """Import what commands and the emulator import, but for what looks at variables and streams while it is imported:
    the command line itself. Some libraries load the larger part of themselves when it is needed first."""
    import httpcore  # noqa: F401
    import sqlglot
    import typer._adapters  # noqa: F401

    import pardotflow
    from pardotflow.connectors.http import HttpClient
    from pardotflow.engine.sqlfile import load_templates

    for module in pkgutil.walk_packages(pardotflow.__path__, "pardotflow."):
        if module.name.split(".")[1] != "cli" and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    load_templates()
    sqlglot.parse_one("1", dialect="duckdb")
    HttpClient(system="none").close()


def _next_command() -> Mapping[str, Any] | None:
    """In a new child what it is to run; None in the process itself once nobody asks any more."""
    requests, answers = os.fdopen(os.dup(0), "rb", buffering=0), os.dup(1)
    for line in requests:
        child = os.fork()
        if child == 0:
            return dict(json.loads(line))
        os.write(answers, b"%d\n" % child)
        os.write(answers, b"%d\n" % os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    return None


def _become(command: Mapping[str, Any]) -> None:
    """Take over the folder, the variables, the arguments and the streams of a command."""
    os.chdir(command["folder"])
    os.environ.clear()
    os.environ.update(command["variables"])
    sys.argv = ["pardotflow", *command["arguments"]]
    flags = os.O_WRONLY | os.O_CREAT
    for number, path, how in ((0, os.devnull, os.O_RDONLY), (1, command["out"], flags), (2, command["err"], flags)):
        opened = os.open(path, how, 0o600)
        os.dup2(opened, number)
        os.close(opened)


if __name__ == "__main__":
    _load()
    asked = _next_command()
    if asked:
        _become(asked)
        if asked["dies"]:
            file, function, *values = asked["dies"]
            runpy.run_path(file)[function](*values)
        from pardotflow.cli import emulated
        from pardotflow.cli.app import main
        from pardotflow.emulator.__main__ import main as emulator_main

        as_forks = SimpleNamespace(Popen=_Emulator, PIPE=subprocess.PIPE, TimeoutExpired=subprocess.TimeoutExpired)
        setattr(emulated, "subprocess", as_forks)  # noqa: B010
        main()
