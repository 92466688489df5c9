"""Runs commands in a project's folder, each in a process of its own, and says what they said.

A test never calls the package: what it knows comes from exit codes, the two streams, and files. Every command has a
process of its own, which ends, or is killed, as that of the console script does.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tests.forks import LONGEST, Begun, Commands

Json = Any
"""Whatever a JSON text holds."""
SCRIPT = Path(sys.executable).parent / "pardotflow"
EXAMPLE = Path(__file__).parents[2] / "projects" / "example"
_OURS = ("PARDOTFLOW_", "SF_", "PARDOT_", "WAREHOUSE_", "FORCE_COLOR", "COLUMNS", "HTTP_PROXY", "HTTPS_PROXY")


def clean_environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables of this process without those that would change what a command does."""
    kept = {k: v for k, v in os.environ.items() if not k.upper().startswith(_OURS)}
    return kept | {"NO_COLOR": "1"} | dict(more or {})


_idle: list[Commands] = []
"""What commands are started by that are watched at work, and has none now."""


@cache
def _commands() -> Commands:
    """What runs them, one for this test process."""
    return Commands()


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The outcome of one command."""

    code: int
    out: str
    err: str

    def expect(self, code: int) -> Said:
        """This outcome, if the exit code is the expected one; never with a traceback."""
        assert "Traceback" not in self.out + self.err, self.err
        assert "a fault in pardotflow" not in self.err, self.err
        assert self.code == code, f"exit {self.code}, expected {code}\n{self.out[-3000:]}\n{self.err}"
        return self

    @property
    def plan_id(self) -> str:
        """The id of the plan that the command showed."""
        return self.out.partition("plan ")[2].split()[0]

    @property
    def json(self) -> Json:
        """The result, where it was asked for as JSON."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project folder, and the environment variables that its commands get."""

    root: Path
    environment: str = "emulator"
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def state(self) -> Path:
        """The state folder of the environment."""
        return self.root / ".pardotflow" / self.environment

    @property
    def data(self) -> Path:
        """The data file of the environment's own emulator."""
        return self.state / "emulator.db"

    @property
    def ledger(self) -> Path:
        """Runs and journal."""
        return self.state / "ledger.sqlite"

    def run(self, *arguments: str) -> Said:
        """Run one command to its end."""
        ended = _commands().run(arguments, self.root, clean_environment(self.variables))
        return Said(code=ended.code, out=ended.out, err=ended.err)

    def run_script(self, *arguments: str) -> Said:
        """The same by the console script of this Python."""
        done = subprocess.run(
            [str(SCRIPT), *arguments],
            cwd=self.root,
            env=clean_environment(self.variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=LONGEST,
            check=False,
        )
        return Said(code=done.returncode, out=done.stdout, err=done.stderr)

    @contextmanager
    def start(self, *arguments: str, dies: Sequence[object] = ()) -> Iterator[Begun]:
        """One command at work, to be watched or killed; others may run meanwhile. `dies` as in `Commands.begin`."""
        commands = _idle.pop() if _idle else Commands()
        with commands.begin(arguments, self.root, clean_environment(self.variables), dies) as begun:
            yield begun
        _idle.append(commands)

    def plan_json(self, *arguments: str, code: int = 0) -> Json:
        """Plan, and read the plan."""
        return self.run("plan", "--quiet", "--format", "json", *arguments).expect(code).json

    def line_of(self, file: str, text: str) -> str:
        """Where the only line with that text stands, as plans name it."""
        lines = (self.root / file).read_text("utf-8").splitlines()
        (number,) = [n for n, line in enumerate(lines, start=1) if text in line]
        return f"{file}:{number}"

    def replace(self, file: str, old: str, new: str) -> None:
        """Edit a file of the project; the old text must stand in it exactly once."""
        path = self.root / file
        text = path.read_text("utf-8")
        assert text.count(old) == 1, f"{file} has {text.count(old)} times {old!r}"
        path.write_text(text.replace(old, new), "utf-8")


def copy_example(target: Path) -> Project:
    """The example project without any state."""
    shutil.copytree(EXAMPLE, target, ignore=shutil.ignore_patterns(".pardotflow", "__pycache__"))
    return Project(root=target)


def copy_project(project: Project, target: Path) -> Project:
    """A project with its state."""
    shutil.copytree(project.root, target)
    return Project(root=target, environment=project.environment, variables=project.variables)


@contextmanager
def serving(data: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """`emulator serve` over a data file: its port, and what `emulator env` exports for it."""
    with subprocess.Popen(
        [str(SCRIPT), "emulator", "serve", "--port", "0", "--data", str(data)],
        cwd=data.parent,
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stderr is not None
            line = process.stderr.readline()
            port = int(line.split("127.0.0.1:")[1].split()[0])
            yield port, exported(data, port)
        finally:
            process.terminate()
            process.wait(timeout=20)


def exported(data: Path, port: int) -> dict[str, str]:
    """The variables that `emulator env` prints, read by a shell as a user would."""
    said = Project(root=data.parent).run("emulator", "env", "--port", str(port), "--data", str(data)).expect(0)
    names = [line.removeprefix("export ").partition("=")[0] for line in said.out.splitlines()]
    script = said.out + "\n".join(f'printf "%s\\n" "${name}"' for name in names)
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    return dict(zip(names, done.stdout.splitlines(), strict=True))
