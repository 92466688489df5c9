"""Time the command line on the example project, as whole processes, and write bench/RESULTS.md.

    python bench/run.py [-n RUNS]

Every command runs several times, in turn with the others, so that a drift of the machine's speed meets all of them.
Wall and CPU time and peak memory are the operating system's own figures for the finished process with its children;
medians are shown. Nothing is asserted.
"""

import argparse
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
EXAMPLE = HERE.parent / "projects" / "example"
TOOL = [sys.executable, "-m", "pardotflow.cli"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One command, and what has to be true of the project's copy before each run."""

    name: str
    command: tuple[str, ...]
    prepare: Callable[[Path], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one run took: seconds and megabytes."""

    wall: float
    cpu: float
    peak: float


def nothing(project: Path) -> None:
    """The project as it is."""


def forget(project: Path) -> None:
    """No state at all: the first plan also seeds the emulator."""
    shutil.rmtree(project / ".pardotflow", ignore_errors=True)


def restore(project: Path) -> None:
    """The state after the first apply, and the mapping as it stands in the repository."""
    forget(project)
    shutil.copytree(project.parent / "applied", project / ".pardotflow")
    shutil.copy(EXAMPLE / "syncs" / "people.yml", project / "syncs" / "people.yml")


def edit(project: Path) -> None:
    """The state after the first apply, and one mapping line changed."""
    restore(project)
    path = project / "syncs" / "people.yml"
    text = path.read_text(encoding="utf-8")
    if "upper(" not in text:
        raise SystemExit("bench: the example has no upper( to change")
    path.write_text(text.replace("upper(", "lower(", 1), encoding="utf-8")


CASES = (
    Case(name="python -c pass", command=(sys.executable, "-c", "pass"), prepare=nothing),
    Case(name="pardotflow --help", command=(*TOOL, "--help"), prepare=nothing),
    Case(name="validate, example", command=(*TOOL, "validate", "--offline"), prepare=restore),
    Case(name="first plan, example (seeds the emulator, reads all)", command=(*TOOL, "plan", "-q"), prepare=forget),
    Case(name="plan with nothing to send", command=(*TOOL, "plan", "-q"), prepare=restore),
    Case(name="plan after a change in one mapping line", command=(*TOOL, "plan", "-q"), prepare=edit),
)


def measure(case: Case, project: Path) -> Run:
    """Run once."""
    case.prepare(project)
    began = time.perf_counter()
    process = subprocess.Popen(case.command, cwd=project, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    wall = time.perf_counter() - began
    scale = 1024 if platform.system() == "Linux" else 1024 * 1024
    return Run(wall=wall, cpu=usage.ru_utime + usage.ru_stime, peak=usage.ru_maxrss / scale)


def applied(project: Path) -> None:
    """Apply once, and keep the state for the cases that start from it."""
    subprocess.run([*TOOL, "apply", "--yes", "-q"], cwd=project, check=True, stdout=subprocess.DEVNULL)
    subprocess.run([*TOOL, "plan", "-q"], cwd=project, check=True, stdout=subprocess.DEVNULL)
    shutil.copytree(project / ".pardotflow", project.parent / "applied")


def table(runs: dict[str, list[Run]]) -> str:
    """The medians as a Markdown table."""
    base = statistics.median(r.wall for r in runs[CASES[0].name])
    lines = ["| what | wall s (min–max) | over `python -c pass`, s | cpu s | peak MB |", "|---|---|---|---|---|"]
    for name, found in runs.items():
        wall = statistics.median(r.wall for r in found)
        spread = f"{min(r.wall for r in found):.2f}–{max(r.wall for r in found):.2f}"
        cpu, peak = statistics.median(r.cpu for r in found), statistics.median(r.peak for r in found)
        lines.append(f"| {name} | {wall:.2f} ({spread}) | {wall - base:.2f} | {cpu:.2f} | {peak:.0f} |")
    return "\n".join(lines)


def machine() -> str:
    """What the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    python = platform.python_version()
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB, Python {python}"


def main() -> None:
    """Run all cases in turn, print the table and write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=5, help="counted runs of each command")
    count = parser.parse_args().n
    runs: dict[str, list[Run]] = {case.name: [] for case in CASES}
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "example"
        shutil.copytree(EXAMPLE, project, ignore=shutil.ignore_patterns(".pardotflow"))
        applied(project)
        for number in range(count + 1):
            for case in CASES:
                run = measure(case, project)
                if number:
                    runs[case.name].append(run)
    text = table(runs)
    how = f"{machine()}. Medians of {count} runs in turn, after one uncounted."
    head = f"# What the command line takes on the example\n\n{how}\n"
    note = "\nPeak memory is that of the largest process; the emulator's time is in the figures.\n"
    (HERE / "RESULTS.md").write_text(f"{head}\n{text}\n{note}", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
