"""Run one command of pardotflow, and kill the process for real at a step of its journal.

`python killer.py STEP before|after N COMMAND …` dies by SIGKILL before or after the N-th call of that method of the
ledger. Where the command comes to fewer, it ends as usual.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from pardotflow.store.ledger import Ledger

STEPS = (
    "start_run",
    "plan_request",
    "mark_sent",
    "note_handle",
    "answer_request",
    "publish",
    "end_run",
    "close_requests",
    "resolve_rows",
    "save_plan",
)
"""Every point at which a run writes down how far it is; `publish` is where memory is complete."""


def kill_at(step: str, when: str, number: int) -> None:
    """From now on the process dies at that call."""
    original = getattr(Ledger, step)
    calls = 0

    def dying(self: Ledger, *arguments: Any, **more: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == number and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(self, *arguments, **more)
        if calls == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(Ledger, step, dying)


def main() -> None:
    """Die as the arguments say, or end with the command's exit code."""
    step, when, number, *arguments = sys.argv[1:]
    kill_at(step, when, int(number))
    sys.argv = ["pardotflow", *arguments]
    from pardotflow.cli.app import main as pardotflow

    pardotflow()


if __name__ == "__main__":
    main()
