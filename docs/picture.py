"""Make docs/plan.svg: the first screen of a real plan of the example project, run in a copy of it.

python docs/picture.py
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console, Group
from rich.segment import Segment, Segments

from pardotflow.plan.report import read_report
from pardotflow.views.svg import save_svg
from pardotflow.views.terminal import render_plan

HERE = Path(__file__).parent
WIDTH = 100
LINES = 58


def main() -> None:
    """Plan a fresh copy of the example and draw the top of its screen."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "example"
        shutil.copytree(HERE.parent / "projects" / "example", project, ignore=shutil.ignore_patterns(".pardotflow"))
        subprocess.run(
            [sys.executable, "-m", "pardotflow.cli", "plan", "-q"], cwd=project, check=True, stdout=subprocess.DEVNULL
        )
        plan = next((project / ".pardotflow" / "emulator" / "plans").glob("*.plan"))
        screen = render_plan(read_report(plan), width=WIDTH)
        console = Console(width=WIDTH, force_terminal=True, color_system="truecolor")
        lines = console.render_lines(screen, pad=False)[:LINES]
        top = Group(*(Segments([*line, Segment.line()]) for line in lines))
        save_svg(top, HERE / "plan.svg", "pardotflow plan", width=WIDTH)


if __name__ == "__main__":
    main()
