"""Carry out a plan of 100,000 changes of which 1% is refused, take it back, and write bench/LARGE.md.

    python bench/large.py [--changes N] [--memory-limit MB] [--keep FOLDER] [--no-file]

An org is seeded in agreement with itself, people live through it (`tests/scenarios/crowd.py`), and then the command
line works at it as a user's would: processes of their own against an emulator that is served beside them over HTTP.
After each step the org's own records are asked what was done (`tests/scenarios/reckoning.py`); what is not as it was
planned ends the run.

Wall and CPU time and the peak of memory are the operating system's figures for the process of the command; the
emulator's CPU time stands beside it. Calls are counted by the emulator.
"""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from tests.scenarios.crowd import Crowd, build_crowd  # noqa: E402
from tests.scenarios.driving import Said, clean_environment  # noqa: E402
from tests.scenarios.judging import last_asked, select  # noqa: E402
from tests.scenarios.large import Lived, live_large  # noqa: E402
from tests.scenarios.live import ORG, Live  # noqa: E402

HOW_TO_READ = """
Wall time holds what the machine does besides (a load average above the number of cores lengthens it), the emulator's
work, and the waiting for jobs, which are asked about after 2, 4, 8, 16 and every 30 seconds. CPU time is the measure.
The emulator keeps every row as the services would, with its log of writes, and takes its CPU time besides.

What goes one record a call is most of the calls: cleared values in the apply, cleared ids in the revert. At the rate
that plans assume (a second a call, five at once) a thousand of them take more than three minutes.
"""

SCALE = 1024 if platform.system() == "Linux" else 1024 * 1024
"""From what the operating system counts memory in to MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one command took: seconds, MB, and calls that the systems counted."""

    name: str
    wall: float
    cpu: float
    emulator: float
    peak: float
    calls: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measuring:
    """Runs commands and keeps what each took."""

    steps: list[Step] = field(default_factory=list)

    def __call__(self, live: Live, step: str, *arguments: str) -> Said:
        """Run one command in a process of its own."""
        asked, emulated, began = last_asked(live.data), _cpu_of_children(), time.perf_counter()
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            process = subprocess.Popen(
                [sys.executable, "-m", "pardotflow.cli", *arguments],
                cwd=live.project.root,
                env=clean_environment(live.project.variables) | {"PYTHONPATH": str(HERE.parent)},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            wall = time.perf_counter() - began
            out.seek(0)
            err.seek(0)
            said = Said(code=process.returncode, out=out.read(), err=err.read())
        calls = select(
            live.data, "SELECT system, sum(api_calls) AS calls FROM request_log WHERE n > ? GROUP BY 1", asked
        )
        taken = Step(
            name=step,
            wall=wall,
            cpu=usage.ru_utime + usage.ru_stime,
            emulator=_cpu_of_children() - emulated,
            peak=usage.ru_maxrss / SCALE,
            calls={row["system"]: int(row["calls"] or 0) for row in calls},
        )
        self.steps.append(taken)
        print(row_of(taken), flush=True)
        return said


def _cpu_of_children() -> float:
    """Seconds of CPU that the processes which this one has started, and which run, took so far; 0 where the operating
    system does not tell."""
    total = 0.0
    for path in Path("/proc/self/task").glob("*/children"):
        for pid in path.read_text("ascii").split():
            # The name of the command stands in parentheses; behind it, user and system time are the 12th and 13th.
            found = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
            total += (int(found[11]) + int(found[12])) / os.sysconf("SC_CLK_TCK")
    return total


def row_of(step: Step) -> str:
    """A step as a row of the table."""
    calls = " | ".join(f"{step.calls.get(system, 0):,}" for system in ("salesforce", "pardot"))
    return f"| {step.name} | {step.wall:.1f} | {step.cpu:.1f} | {step.emulator:.1f} | {step.peak:.0f} | {calls} |"


def machine() -> str:
    """What the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = f"{os.cpu_count()} cores, load average {os.getloadavg()[1]:.1f}"
    return f"{platform.system()} {platform.machine()}, {cores}, {memory:.0f} GiB, Python {platform.python_version()}"


def outcome(crowd: Crowd, lived: Lived) -> str:
    """What became of the changes, in sentences."""
    told, back = lived.applied, lived.taken_back
    return (
        f"Of {crowd.changes:,} changes {told['confirmed']:,} were done, {told['refused']:,} refused,"
        f" {told['moved']:,} left since somebody edited the record between plan and apply, and"
        f" {told['not_started']:,} left since they wait for a record that was refused. Then people edited"
        f" {len(lived.edits.cells):,} values and {len(lived.edits.new_records)} new records; the revert changed"
        f" {back['confirmed']:,} records, and left those."
    )


def sizes(live_state: Path, lived: Lived, data: Path) -> list[str]:
    """How large the files are at the end."""
    files = {
        "the plan": lived.plan,
        "the plan of the revert": lived.revert,
        "journal (`ledger.sqlite`)": live_state / "ledger.sqlite",
        "links and bases (`memory.duckdb`)": live_state / "memory.duckdb",
        "snapshots (`snapshots.duckdb`)": live_state / "snapshots.duckdb",
        "the emulator's data file, its log included": data,
    }
    return [f"| {what} | {path.stat().st_size / 2**20:.0f} |" for what, path in files.items()]


def main() -> None:
    """Live the story, print the table and write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--changes", type=int, default=100_000, help="changes of the plan, 200 or more")
    parser.add_argument("--memory-limit", type=int, default=1024, help="MB that a command may take, 512 or more")
    parser.add_argument("--keep", type=Path, help="a new folder for the project, which stays there")
    parser.add_argument("--no-file", action="store_true", help="print only")
    chosen = parser.parse_args()
    crowd, measuring = Crowd.of(chosen.changes), Measuring()
    on = machine()
    head = "| step | wall s | cpu s | emulator's cpu s | peak MB | calls to Salesforce | to Pardot |"
    print(f"{head}\n|---|---|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        project = build_crowd(chosen.keep or Path(folder) / "crowd", crowd, chosen.memory_limit)
        lived = live_large(project, crowd, measuring)
        state = project.root / ".pardotflow" / "live"
        files = ["| at the end | MB |", "|---|---|", *sizes(state, lived, project.root / ORG)]
    table = "\n".join([head, "|---|---|---|---|---|---|---|", *map(row_of, measuring.steps)])
    peak = max(step.peak for step in measuring.steps)
    ceiling = f"`memory_limit: {chosen.memory_limit}`; the most that a command took was {peak:.0f} MB."
    text = f"{on}. {ceiling}\n\n{table}\n\n{outcome(crowd, lived)}\n\n" + "\n".join(files) + f"\n{HOW_TO_READ}"
    print(f"\n{outcome(crowd, lived)}\n\n" + "\n".join(files))
    if not chosen.no_file:
        (HERE / "LARGE.md").write_text(f"# A plan of {crowd.changes:,} changes\n\n{text}", encoding="utf-8")
    if peak > chosen.memory_limit:
        raise SystemExit(f"bench: a command took {peak:.0f} MB, and memory_limit is {chosen.memory_limit}")


if __name__ == "__main__":
    main()
