"""Kill applies 500 times, and say how it ended: `python bench/crash.py [KILLS] [FIRST STORY]`.

Each story has an org of its own with ten kills, at steps of the journal and at random instants, under faults that the
emulator brings; its judge is the emulator's log. A story that fails is repeated by its number.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main() -> int:
    """Run the crash tests as often as asked; the exit code is theirs."""
    kills, start = (sys.argv[1:] + ["500", "1000"][len(sys.argv) - 1 :])[:2]
    variables = {**os.environ, "PARDOTFLOW_KILLS": kills, "PARDOTFLOW_KILLS_START": start}
    began = time.monotonic()
    command = [sys.executable, "-m", "pytest", "tests/crashes", "-v", "-v", "--dist", "load"]
    done = subprocess.run(command, cwd=ROOT, env=variables, check=False)
    print(f"{kills} kills from story {start}: exit {done.returncode}, {time.monotonic() - began:.0f} s")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
