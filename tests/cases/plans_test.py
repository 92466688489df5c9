"""Small projects, what is done to them, and what a person sees.

Each folder of `plans/` is a project, a seed for the emulator and `steps.txt`; `expected.txt` is what every step shows.
Nothing stands for the program: each step is a real command in a process of its own against the real emulator, and only
what differs from run to run (ids of plans and runs, times, the folder, calls so far) is replaced. README.md says how to add a case;
`UPDATE_GOLDEN=1` writes what is shown now, to be read before it is kept.
"""

import os
import re
import shlex
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

import pytest

from tests.forks import Commands

PLANS = Path(__file__).parent / "plans"
CASES = sorted(path for path in PLANS.iterdir() if path.is_dir())
AT_ONCE = 2

_OURS = ("PARDOTFLOW_", "SF_", "PARDOT_", "WAREHOUSE_", "FORCE_COLOR", "COLUMNS", "HTTP_PROXY", "HTTPS_PROXY")
_WITH_PROGRESS = ("plan", "apply", "why")

# What differs from run to run, and how many calls were made so far; what a plan itself costs stays. A saved path may
# take several lines; a time ends its line.
_VARYING: tuple[tuple[str, str], ...] = (
    (r"(?m)^Saved as  \S.*(?:\n {10}\S.*)*$", "Saved as  <path>"),
    (r"plan [0-9a-f]{8}\b", "plan <plan>"),
    (r"apply [0-9a-f]{8}\b", "apply <plan>"),
    (r"run [0-9a-f]{12}\b", "run <run>"),
    (r"(?m) +\d{4}-\d\d-\d\d \d\d:\d\d UTC$", "  <time>"),
    (r"changed \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", "changed <time>"),
    (r"\b(Salesforce\s+)\d{4}-\d\d-\d\d(\s+)\d\d:\d\d:\d\d,", r"\1<date>\2<hour>,"),
    (r"\b(Pardot\s+)(?:\d{4}-\d\d-\d\d(\s+))?\d\d:\d\d:\d\d(\s+UTC)", r"\1\2<hour>\3"),
    (r"since\s+\d{4}-\d\d-\d\d \d\d:\d\d UTC", "since <time>"),
    (r"as of \d{4}-\d\d-\d\d \d\d:\d\d UTC", "as of <time>"),
    (r"(?m)^(run <run>   plan <plan>) +\d.*$", r"\1  <time>"),
    (r'("(?:id)": )"[0-9a-f]{8}"(?=,?\n)', r'\1"<plan>"'),
    (r'("last_run": )"[0-9a-f]{12}"', r'\1"<run>"'),
    (r'("(?:created_at|cursor\.[^"]+|moment/[^"]+)": )"[^"]*"', r'\1"<time>"'),
    (r'"(?:sha256:)?[0-9a-f]{64}"', '"<digest>"'),
    (r'("at":)"\d{4}-[^"]*"', r'\1"<time>"'),
    (r"(?m)^(calls +)\S.*$", r"\1<calls>"),
    (r"of the [0-9,]+ left today", "of the <left> left today"),
    (r'("quota\.[a-z]+": )"[0-9]+/', r'\1"<calls>/'),
    (r"of emulator [0-9a-f]{8}", "of emulator <file>"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "<time>"),
    (r'("(?:[a-z]+_at|as_of|at)": )"\d{4}-[^"]*"', r'\1"<time>"'),
    (r'("run_id": )"[0-9a-f]{12}"', r'\1"<run>"'),
)


class Scene:
    """A case's project in a folder of its own, while its steps are taken."""

    def __init__(self, root: Path, commands: Commands) -> None:
        self.root = root
        self._commands = commands
        self.plan_id = ""

    def take(self, line: str) -> str:
        """Take one step; what it shows, under its line. A line that begins with # is for the reader."""
        if line.startswith("#"):
            return f"{line}\n"
        match shlex.split(line):
            case ["replace", file, old, new]:
                self._replace(file, old, new)
                return f"\n== {line}\n"
            case ["wait", seconds]:
                time.sleep(float(seconds))
                return f"\n== {line}\n"
            case arguments:
                return f"\n== pardotflow {line}\n{self._run(arguments)}"

    def _replace(self, file: str, old: str, new: str) -> None:
        path = self.root / file
        text = path.read_text("utf-8")
        old, new = old.replace("\\n", "\n"), new.replace("\\n", "\n")
        assert text.count(old) == 1, f"{file} has {text.count(old)} times {old!r}"
        path.write_text(text.replace(old, new), "utf-8")

    def _run(self, arguments: list[str]) -> str:
        known = [self.plan_id if argument == "<plan>" else argument for argument in arguments]
        quiet = ["--quiet"] if arguments[0] in _WITH_PROGRESS else []
        done = self._commands.run([*known, *quiet], self.root, clean_environment())
        shown = re.search(r"plan ([0-9a-f]{8})\b", done.out)
        self.plan_id = shown[1] if shown else self.plan_id
        errors = f"-- stderr\n{self._settled(done.err)}" if done.err.strip() else ""
        return f"{self._settled(done.out)}{errors}-- exit {done.code}\n"

    def _settled(self, text: str) -> str:
        for pattern, instead in _VARYING:
            text = re.sub(pattern, instead, text)
        lines = text.replace(str(self.root), "<path>").splitlines()
        return "".join(f"{line.rstrip()}\n" for line in lines).rstrip("\n") + "\n"


def clean_environment() -> Mapping[str, str]:
    """The variables of this process without those that would change what a command shows."""
    return {k: v for k, v in os.environ.items() if not k.upper().startswith(_OURS)} | {"NO_COLOR": "1"}


def seen(case: Path, free: SimpleQueue[Commands]) -> str:
    """All that the steps of a case show, run by what is free."""
    commands = free.get()
    try:
        return _played(case, commands)
    finally:
        free.put(commands)


def _played(case: Path, commands: Commands) -> str:
    with tempfile.TemporaryDirectory(prefix="case-") as folder:
        scene = Scene(Path(folder).resolve() / case.name, commands)
        shutil.copytree(case, scene.root, ignore=shutil.ignore_patterns("expected.txt", ".pardotflow"))
        lines = (case / "steps.txt").read_text("utf-8").splitlines()
        return "".join(scene.take(line) for line in lines if line.strip()).lstrip("\n")


@pytest.fixture(scope="module")
def running(request: pytest.FixtureRequest) -> Iterator[dict[Path, Future[str]]]:
    """Every chosen case, begun: much of their time a command waits for its emulator, so that two at a time are quicker."""
    names = {item.name for item in request.session.items}
    chosen = [case for case in CASES if f"test_case[{case.name}]" in names]
    running = [Commands() for _ in range(AT_ONCE if chosen else 0)]
    free = SimpleQueue[Commands]()
    for commands in running:
        free.put(commands)
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        yield {case: pool.submit(seen, case, free) for case in chosen}
        pool.shutdown(cancel_futures=True)
    for commands in running:
        commands.close()


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_case(case: Path, running: Mapping[Path, Future[str]]) -> None:
    expected = case / "expected.txt"
    text = running[case].result()
    if os.environ.get("UPDATE_GOLDEN"):
        expected.write_text(text, "utf-8")
    assert text == expected.read_text("utf-8")


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_what_is_expected_shows_no_fault_of_ours(case: Path) -> None:
    text = (case / "expected.txt").read_text("utf-8")
    assert "Traceback" not in text
    assert "a fault in pardotflow" not in text
    assert not re.search(r"\d\d:\d\d UTC", text)
    assert tempfile.gettempdir() not in text
